import type { Clock } from '../base/index.ts'
import type { Mac } from '../contract/index.ts'

/** Messages a second, on average. */
export interface RateLimits {
  /** From one client; ten seconds' worth may come at once, since a boot is a few exchanges in a row. */
  perClient: number
  /** From all the machines together that have neither a lease nor a name here; a second's worth may come at once. */
  strangers: number
}

/** Clients remembered: more than any room has; one that was forgotten starts with a full bucket again. */
const rememberedClients = 8192
const burstSeconds = 10

/** How many messages are let through (token buckets). Its size is bounded, whatever MACs are made up. */
export class RateLimiter {
  readonly #limits: RateLimits
  readonly #clock: Clock
  readonly #clients = new Map<Mac, Bucket>()
  readonly #strangers: Bucket
  #refused = 0

  constructor(limits: RateLimits, clock: Clock) {
    this.#limits = limits
    this.#clock = clock
    this.#strangers = new Bucket(limits.strangers, limits.strangers, clock.monotonic())
  }

  /** @param isStranger strangers share one bucket beside their own, so that a flood of them is no worse than one */
  admits(mac: Mac, isStranger: boolean): boolean {
    const now = this.#clock.monotonic()
    const isAdmitted = (!isStranger || this.#strangers.take(now)) && this.#bucketOf(mac, now).take(now)
    if (!isAdmitted) this.#refused++
    return isAdmitted
  }

  /** How many were refused since it was last asked. */
  takeRefused(): number {
    const refused = this.#refused
    this.#refused = 0
    return refused
  }

  get size(): number {
    return this.#clients.size
  }

  /** The one heard last is forgotten last. */
  #bucketOf(mac: Mac, now: number): Bucket {
    const { perClient } = this.#limits
    const bucket = this.#clients.get(mac) ?? new Bucket(perClient, perClient * burstSeconds, now)
    this.#clients.delete(mac)
    this.#clients.set(mac, bucket)
    if (this.#clients.size > rememberedClients) {
      const [oldest] = this.#clients.keys()
      if (oldest !== undefined) this.#clients.delete(oldest)
    }
    return bucket
  }
}

class Bucket {
  readonly #perSecond: number
  readonly #size: number
  #tokens: number
  #filledAt: number

  /** @param now milliseconds, of a clock that never goes backwards */
  constructor(perSecond: number, size: number, now: number) {
    this.#perSecond = perSecond
    this.#size = size
    this.#tokens = size
    this.#filledAt = now
  }

  take(now: number): boolean {
    this.#tokens = Math.min(this.#size, this.#tokens + ((now - this.#filledAt) / 1000) * this.#perSecond)
    this.#filledAt = now
    if (this.#tokens < 1) return false
    this.#tokens--
    return true
  }
}
