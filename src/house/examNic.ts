import type { Clock, Emit, Logger } from '../base/index.ts'
import { CodedError, serviceNames, type NicView } from '../contract/index.ts'
import type { Supervisor, Venue } from '../exam/index.ts'

/** `gone`, `noAddress`: nothing can be served there now. `back`: it can, and could not before. `replaced`: unplugged and back at once. */
export type ExamNicChange = 'gone' | 'noAddress' | 'back' | 'replaced' | 'up' | 'down'

/** What happened to the exam's NIC between two listings; undefined when nothing that matters did. */
export function examNicChange(
  { nic: name, address }: Pick<Venue, 'nic' | 'address'>,
  before: readonly NicView[],
  after: readonly NicView[],
): ExamNicChange | undefined {
  const was = before.find((nic) => nic.name === name)
  const is = after.find((nic) => nic.name === name)
  const hasAddress = (nic: NicView): boolean => nic.addresses.some((own) => own.address === address)
  const couldServe = was !== undefined && hasAddress(was)
  if (!is) return was ? 'gone' : undefined
  if (!hasAddress(is)) return couldServe ? 'noAddress' : undefined
  if (!couldServe) return 'back'
  if (was.index !== is.index) return 'replaced'
  if (was.link !== is.link) return is.link === 'down' ? 'down' : 'up'
  return undefined
}

export interface ExamNicGuardOptions {
  clock: Clock
  emit: Emit
  logger: Logger
  supervisor: Supervisor
  /** Where an exam is being held, if one is. */
  venue(): Venue | undefined
}

/** Follows the NIC of the exam: its sockets are dead once it went away, and are opened anew when it returns. */
export class ExamNicGuard {
  readonly #options: ExamNicGuardOptions
  #isLost = false
  /** What is done about one change is done before the next one is looked at. */
  #turn: Promise<void> = Promise.resolve()

  constructor(options: ExamNicGuardOptions) {
    this.#options = options
  }

  /** Two listings of the NICs, one after the other. Settles, always well, when the services have followed. */
  look(before: readonly NicView[], after: readonly NicView[]): Promise<void> {
    const venue = this.#options.venue()
    if (!venue || venue.simulated) {
      this.#isLost = false
      return Promise.resolve()
    }
    const change = examNicChange(venue, before, after)
    if (!change) return Promise.resolve()
    this.#turn = this.#turn
      .then(() => this.#follow(venue, change))
      .catch((error: unknown) =>
        this.#options.logger.error('the services did not follow their NIC', { change, error: String(error) }),
      )
    return this.#turn
  }

  async #follow({ nic, address }: Venue, change: ExamNicChange): Promise<void> {
    switch (change) {
      case 'up':
      case 'down':
        return this.#tell(nic, change)
      case 'gone':
        this.#tell(nic, 'gone')
        return this.#lose(new CodedError('nic.notFound', `${nic} went away`, { nic }))
      case 'noAddress':
        return this.#lose(new CodedError('nic.noAddress', `${nic} lost ${address}`, { nic, address }))
      case 'replaced':
        this.#tell(nic, 'gone')
        await this.#lose(new CodedError('nic.notFound', `${nic} was unplugged`, { nic }))
        return this.#regain(nic)
      case 'back':
        if (this.#isLost) await this.#regain(nic)
    }
  }

  #tell(nic: string, change: 'up' | 'down' | 'gone' | 'back'): void {
    this.#options.emit({ type: 'nic.changed', at: this.#options.clock.now(), nic, change })
  }

  async #lose(error: CodedError): Promise<void> {
    this.#isLost = true
    await Promise.all(serviceNames.map((service) => this.#options.supervisor.fail(service, error)))
  }

  async #regain(nic: string): Promise<void> {
    this.#isLost = false
    this.#tell(nic, 'back')
    const { supervisor } = this.#options
    // The exam may have been stopped meanwhile: there is nothing to restart then.
    if (this.#options.venue()) await Promise.all(supervisor.failed().map((service) => supervisor.restart(service)))
  }
}
