import type { Clock } from '../base/index.ts'
import type { Ipv4 } from '../contract/index.ts'
import { formatIpv4 } from '../network/index.ts'
import type { Address } from './address.ts'

/** Does anybody answer at this address? Whatever it throws counts as no. */
export type InUse = (address: Ipv4) => Promise<boolean>

/** How long an offer waits for somebody else to answer. */
const longestWaitMs = 500
/** How many addresses are tried at once; while a whole room starts, the others are offered untried. */
const atOnce = 16
/** How long an address that nobody answered at is taken for free. */
const trustedForMs = 300_000
const remembered = 4096

/** Tries addresses before they are offered (RFC 2131 §3.1 (2)), within bounds of time and number. */
export class AddressProber {
  readonly #inUse: InUse
  readonly #clock: Clock
  readonly #running = new Map<Address, Promise<boolean>>()
  readonly #trustedUntil = new Map<Address, number>()

  constructor(inUse: InUse, clock: Clock) {
    this.#inUse = inUse
    this.#clock = clock
  }

  /** @returns whether somebody uses it, once that is known; undefined when there is nothing to wait for */
  try(address: Address): Promise<boolean> | undefined {
    const running = this.#running.get(address)
    if (running) return running
    if ((this.#trustedUntil.get(address) ?? -Infinity) > this.#clock.monotonic()) return undefined
    if (this.#running.size >= atOnce) return undefined
    const outcome = this.#ask(address)
    this.#running.set(address, outcome)
    return outcome
  }

  async #ask(address: Address): Promise<boolean> {
    let cancel = (): void => {}
    const tooLate = new Promise<boolean>((resolve) => {
      cancel = this.#clock.after(longestWaitMs, () => resolve(false))
    })
    const isUsed = await Promise.race([this.#inUse(formatIpv4(address)).catch(() => false), tooLate])
    cancel()
    this.#running.delete(address)
    if (!isUsed) this.#trust(address)
    return isUsed
  }

  #trust(address: Address): void {
    this.#trustedUntil.delete(address)
    this.#trustedUntil.set(address, this.#clock.monotonic() + trustedForMs)
    if (this.#trustedUntil.size <= remembered) return
    const [oldest] = this.#trustedUntil.keys()
    if (oldest !== undefined) this.#trustedUntil.delete(oldest)
  }
}
