import type { PortView, SelfTestView } from '../../src/contract/index.ts'
import type { Client } from './client.ts'

const shownPings = 60
const pingEveryMs = 1000
const askEveryMs = 500

/** The self-test and the tools at hand. */
export class Checks {
  selfTest = $state.raw<SelfTestView>()
  isTesting = $state(false)
  ports = $state.raw<readonly PortView[]>([])
  /** Milliseconds each, null where nobody answered; the newest last. */
  pings = $state.raw<readonly (number | null)[]>([])
  pinged = $state('')
  sent = $state(0)
  answered = $state(0)

  readonly #client: Client
  #stopPing: (() => void) | undefined

  constructor(client: Client) {
    this.#client = client
  }

  get isPinging(): boolean {
    return this.pinged !== ''
  }

  async loadLast(): Promise<void> {
    const reply = await this.#client.call('selfTest.last', undefined)
    if (reply.ok && reply.value) this.selfTest = reply.value
  }

  /** Shows the steps as they are taken. */
  async runSelfTest(): Promise<void> {
    if (this.isTesting) return
    this.isTesting = true
    this.selfTest = undefined
    const timer = setInterval(() => void this.#follow(), askEveryMs)
    const answer = await this.#client.ask('selfTest.run', undefined)
    clearInterval(timer)
    this.isTesting = false
    if (answer) this.selfTest = answer.value
  }

  async #follow(): Promise<void> {
    const reply = await this.#client.call('selfTest.last', undefined)
    if (this.isTesting && reply.ok && reply.value?.running) this.selfTest = reply.value
  }

  async loadPorts(): Promise<void> {
    const answer = await this.#client.ask('tool.ports', undefined)
    if (answer) this.ports = answer.value
  }

  startPing(address: string): void {
    this.stopPing()
    this.pinged = address
    this.pings = []
    this.sent = 0
    this.answered = 0
    let waiting = false
    const send = async (): Promise<void> => {
      if (waiting) return
      waiting = true
      const reply = await this.#client.call('tool.ping', address)
      waiting = false
      if (this.pinged !== address) return
      const ms = reply.ok ? reply.value : null
      this.sent += 1
      if (ms !== null) this.answered += 1
      this.pings = [...this.pings, ms].slice(-shownPings)
    }
    void send()
    const timer = setInterval(() => void send(), pingEveryMs)
    this.#stopPing = () => clearInterval(timer)
  }

  stopPing(): void {
    this.#stopPing?.()
    this.#stopPing = undefined
    this.pinged = ''
  }

  /** @returns whether the call left. */
  async wake(mac: string): Promise<boolean> {
    return (await this.#client.ask('tool.wake', mac)) !== undefined
  }

  /** @returns where it was saved; undefined when it was not. */
  async saveBundle(keepsMacs: boolean): Promise<string | undefined> {
    const answer = await this.#client.ask('bundle.save', { keepsMacs })
    return answer?.value ?? undefined
  }
}
