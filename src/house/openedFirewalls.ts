import { openFirewall, type CloseFirewall, type FirewallNeed } from '../network/index.ts'

/** The firewalls that were opened for an exam: they are closed again after it. */
export class OpenedFirewalls {
  readonly #open: (need: FirewallNeed) => Promise<CloseFirewall>
  #close: CloseFirewall[] = []
  /** One at a time: each may ask the person for a password. Settles, always well. */
  #turn: Promise<void> = Promise.resolve()

  constructor(open: (need: FirewallNeed) => Promise<CloseFirewall> = openFirewall) {
    this.#open = open
  }

  /** @throws CodedError `firewall.*` */
  open(need: FirewallNeed): Promise<void> {
    return this.#inTurn(async () => {
      this.#close.push(await this.#open(need))
    })
  }

  /** What cannot be closed now is tried again the next time. @throws what the first failure threw */
  close(): Promise<void> {
    return this.#inTurn(async () => {
      const left: CloseFirewall[] = []
      const errors: unknown[] = []
      for (const close of this.#close.reverse())
        await close().catch((error: unknown) => {
          left.unshift(close)
          errors.push(error)
        })
      this.#close = left
      if (errors.length > 0) throw errors[0]
    })
  }

  #inTurn(task: () => Promise<void>): Promise<void> {
    const done = this.#turn.then(task)
    this.#turn = done.catch(() => {})
    return done
  }
}
