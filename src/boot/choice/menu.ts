import { scryptSync, timingSafeEqual } from 'node:crypto'
import type { Clock } from '../../base/index.ts'
import type { BootMenuInput, BootMenuView, Mac } from '../../contract/index.ts'
import type { Database } from '../../storage/index.ts'

/** The boot menu's settings, and the technician's code. */
export interface BootMenu {
  readonly view: BootMenuView
  save(menu: BootMenuInput): void
  /** Whether it is the technician's code; always, when there is none. A machine that keeps guessing waits. */
  accepts(code: string, mac: Mac): boolean
}

/** Wrong codes that one machine may send before it has to wait. */
const guesses = 5
const waitMs = 60_000
/** How many machines' guesses are remembered: more than a room holds; the oldest are forgotten first. */
const remembered = 1024

interface MenuRow {
  timeout_seconds: number
  code_salt: Buffer | null
  code_digest: Buffer | null
}

export function createBootMenu(database: Database, clock: Clock, randomBytes: (bytes: number) => Buffer): BootMenu {
  const select = database.prepare<[], MenuRow>('SELECT * FROM boot_menu WHERE id = 1')
  const change = database.prepare<[number]>('UPDATE boot_menu SET timeout_seconds = ? WHERE id = 1')
  const changeCode = database.prepare<[Buffer | null, Buffer | null]>(
    'UPDATE boot_menu SET code_salt = ?, code_digest = ? WHERE id = 1',
  )
  const wrong = new Map<Mac, { count: number; until: number }>()

  const isRight = (code: string): boolean => {
    const { code_salt: salt, code_digest: digest } = select.get()!
    return salt === null || digest === null || timingSafeEqual(digestOf(code, salt), digest)
  }

  return {
    get view() {
      const row = select.get()!
      return { timeoutSeconds: row.timeout_seconds, hasCode: row.code_digest !== null }
    },
    save: database.transaction(({ timeoutSeconds, code }: BootMenuInput) => {
      change.run(timeoutSeconds)
      if (code === undefined) return
      const salt = code === '' ? null : randomBytes(16)
      changeCode.run(salt, salt && digestOf(code, salt))
    }),
    accepts(code, mac) {
      const now = clock.now()
      const before = wrong.get(mac)
      const recent = before && before.until > now ? before : undefined
      if (recent && recent.count >= guesses) return false
      // Too long for any code: not worth the work.
      if (code.length <= 64 && isRight(code)) {
        wrong.delete(mac)
        return true
      }
      wrong.delete(mac)
      wrong.set(mac, { count: (recent?.count ?? 0) + 1, until: now + waitMs })
      for (const oldest of wrong.keys()) {
        if (wrong.size <= remembered) break
        wrong.delete(oldest)
      }
      return false
    },
  }
}

/** Slow on purpose (RFC 7914): the file alone gives no short code away at once. */
const digestOf = (code: string, salt: Buffer): Buffer => scryptSync(code, salt, 32, { N: 16_384, r: 8, p: 1 })
