import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { z } from 'zod'
import type { Cancel, Clock, Emit } from '../base/index.ts'
import { CodedError, isGuarded, type CommandName, type PinChoice, type PinView } from '../contract/index.ts'

/** 32 MiB and a tenth of a second a try, on a thread of its own. */
const cost = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 2 ** 20 }
const hashBytes = 32
const freeTries = 5
const firstWaitMs = 30_000
const longestWaitMs = 15 * 60_000
const usualMinutes = 10

const keptSchema = z.object({
  salt: z.string().regex(/^[0-9a-f]{32}$/),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  minutes: z.number().int().min(1).max(60),
  /** In a row. */
  failures: z.number().int().min(0),
  failedAt: z.number(),
})
type Kept = z.infer<typeof keptSchema>

export interface TechnicianPinDeps {
  /** Beside the database and not in it: neither a backup nor practice data brings another one. */
  file: string
  clock: Clock
  emit: Emit
  onChange(): void
}

/**
 * An optional PIN for what an unattended console must not let anybody do. It is asked for where commands arrive, so that a
 * page that was taken over cannot go around it. It keeps hands off; it does not keep a secret from whoever may use this
 * computer's account, who can take it away (`amorce pin forget`).
 */
export class TechnicianPin {
  readonly #deps: TechnicianPinDeps
  #kept: Kept | 'damaged' | undefined
  /** On the clock that never goes backwards. */
  #openUntil = 0
  #cancelLock: Cancel = () => {}

  constructor(deps: TechnicianPinDeps) {
    this.#deps = deps
    this.#kept = readKept(deps.file)
  }

  get view(): PinView {
    const kept = this.#kept
    const leftMs = this.#openUntil - this.#deps.clock.monotonic()
    return {
      isSet: kept !== undefined,
      minutes: typeof kept === 'object' ? kept.minutes : usualMinutes,
      ...(kept && leftMs > 0 && { openUntil: this.#deps.clock.now() + leftMs }),
    }
  }

  get isLocked(): boolean {
    return this.#kept !== undefined && this.#deps.clock.monotonic() >= this.#openUntil
  }

  /**
   * Before a command is run.
   * @param argument as its schema has accepted it
   * @throws CodedError `pin.needed`
   */
  mustAllow(name: CommandName, argument: unknown): void {
    if (this.isLocked && isGuarded(name, argument)) throw new CodedError('pin.needed', `${name} is locked`)
  }

  /** @throws CodedError `pin.wrong`, `pin.wait` */
  async unlock(pin: string): Promise<PinView> {
    await this.#mustBe(pin)
    if (this.#kept) {
      this.#open()
      this.#deps.emit({ type: 'pin.unlocked', at: this.#deps.clock.now() })
    }
    return this.view
  }

  lock(): PinView {
    this.#cancelLock()
    this.#openUntil = 0
    this.#deps.onChange()
    return this.view
  }

  /** @throws CodedError `pin.wrong`, `pin.wait`, `file.notWritten` */
  async set({ current, pin, minutes }: PinChoice): Promise<PinView> {
    await this.#mustBe(current)
    const change = this.#kept ? 'changed' : 'set'
    const salt = randomBytes(16)
    const hash = await hashOf(pin, salt)
    this.#keep({ salt: salt.toString('hex'), hash: hash.toString('hex'), minutes, failures: 0, failedAt: 0 })
    this.#open()
    this.#deps.emit({ type: 'pin.changed', at: this.#deps.clock.now(), change })
    return this.view
  }

  /** @throws CodedError `pin.wrong`, `pin.wait`, `file.notWritten` */
  async remove(current: string): Promise<PinView> {
    await this.#mustBe(current)
    this.#takeAway('removed')
    return this.view
  }

  /** The way out when it is lost: from the command line of this very computer alone. Whether there was one. */
  forget(): boolean {
    const was = this.#kept !== undefined
    if (was) this.#takeAway('forgotten')
    return was
  }

  close(): void {
    this.#cancelLock()
  }

  #takeAway(change: 'removed' | 'forgotten'): void {
    this.#keep(undefined)
    this.lock()
    this.#deps.emit({ type: 'pin.changed', at: this.#deps.clock.now(), change })
  }

  #open(): void {
    const ms = this.view.minutes * 60_000
    this.#cancelLock()
    this.#openUntil = this.#deps.clock.monotonic() + ms
    this.#cancelLock = this.#deps.clock.after(ms, () => this.lock())
    this.#deps.onChange()
  }

  /** Counted as wrong before it is looked at, so that many at once are no more than as many one after the other. */
  async #mustBe(pin: string): Promise<void> {
    const { clock, emit } = this.#deps
    if (this.#kept === undefined) return
    if (this.#kept === 'damaged') throw new CodedError('pin.damaged', `${this.#deps.file} cannot be read`)
    const before = this.#kept
    const waitMs = waitOf(before, clock.now())
    if (waitMs > 0) throw new CodedError('pin.wait', 'too many wrong PINs', { seconds: Math.ceil(waitMs / 1000) })
    this.#keep({ ...before, failures: before.failures + 1, failedAt: clock.now() })
    if (!timingSafeEqual(await hashOf(pin, Buffer.from(before.salt, 'hex')), Buffer.from(before.hash, 'hex'))) {
      emit({ type: 'pin.refused', at: clock.now(), failures: before.failures + 1 })
      throw new CodedError('pin.wrong', 'that is not the PIN')
    }
    // Unless it was changed while this one was looked at.
    if (typeof this.#kept === 'object' && this.#kept.hash === before.hash)
      this.#keep({ ...this.#kept, failures: 0, failedAt: 0 })
  }

  #keep(kept: Kept | undefined): void {
    const { file } = this.#deps
    try {
      if (kept) {
        mkdirSync(dirname(file), { recursive: true })
        writeFileSync(`${file}.new`, JSON.stringify(kept), { mode: 0o600 })
        renameSync(`${file}.new`, file)
      } else rmSync(file, { force: true })
    } catch (error) {
      throw new CodedError('file.notWritten', String(error), { file, reason: String(error) })
    }
    this.#kept = kept
  }
}

/** A clock that was set back does not make it longer than it would be. */
function waitOf({ failures, failedAt }: Kept, now: number): number {
  if (failures < freeTries) return 0
  const wait = Math.min(firstWaitMs * 2 ** (failures - freeTries), longestWaitMs)
  return Math.min(failedAt + wait - now, wait)
}

const hashOf = (pin: string, salt: Buffer): Promise<Buffer> =>
  new Promise((resolve, reject) =>
    scrypt(pin, salt, hashBytes, cost, (error, hash) => (error ? reject(error) : resolve(hash))),
  )

/** One that is there and cannot be read locks: nobody gets past it by spoiling the file from the console. */
function readKept(file: string): Kept | 'damaged' | undefined {
  try {
    return keptSchema.parse(JSON.parse(readFileSync(file, 'utf8')))
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT' ? undefined : 'damaged'
  }
}
