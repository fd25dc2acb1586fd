import type { TftpAttemptView, TftpRequest, ViewUpdate } from '../../src/contract/index.ts'
import type { Client } from './client.ts'

/** The form of the TFTP client, as it is typed in. */
export interface TftpDraft {
  action: TftpRequest['action']
  host: string
  port: string
  file: string
  mode: TftpRequest['mode']
  blockSize: string
  windowSize: string
  timeoutSeconds: string
  askSize: 'yes' | 'no'
  nic: string
}

/** The TFTP client: what is asked of it, and what became of it. The form is kept while other places are looked at. */
export class TftpClient {
  attempts = $state.raw<readonly TftpAttemptView[]>([])
  draft: TftpDraft = {
    ...{ action: 'get', host: '', port: '69', file: '', mode: 'octet', blockSize: '1468' },
    ...{ windowSize: '4', timeoutSeconds: '0', askSize: 'yes', nic: '' },
  }
  readonly #client: Client

  readonly isRunning = $derived(this.attempts[0]?.state === 'running')

  constructor(client: Client) {
    this.#client = client
  }

  apply(update: ViewUpdate): void {
    if (update.tftpClient) this.attempts = update.tftpClient.attempts
  }

  start(request: TftpRequest): Promise<unknown> {
    return this.#client.ask('tftpClient.start', request)
  }

  cancel(): Promise<unknown> {
    return this.#client.ask('tftpClient.cancel', undefined)
  }
}
