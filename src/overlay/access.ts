import { createHash, timingSafeEqual } from 'node:crypto'
import type { Clock } from '../base/index.ts'
import type { Ipv4, Mac } from '../contract/index.ts'
import type { Database } from '../storage/index.ts'

export interface BootAccessDeps {
  database: Database
  clock: Clock
  randomBytes(length: number): Buffer
  /** Of the machine's present boot; another one for each. */
  bootOf(mac: Mac): string
}

/** What one boot of one machine is handed once, with its overlay. */
export interface BootSecrets {
  profileId: number
  /** Of the agent. */
  token: string
  /** Of the exam's page. */
  pageKey: string
}

/** The present boot of a machine into an exam system. */
export interface OpenBoot {
  mac: Mac
  address: Ipv4
  profileId: number
}

/**
 * Why something of an exam is not handed out: the first word of the answer, in the log, and the text of the incident that it
 * is where it takes a hand to bring it about.
 */
export type AccessRefusal =
  /** No boot into an exam is open there, or it was cancelled by the next one. */
  | 'access.noBoot'
  /** It was made for another address or another machine. */
  | 'access.otherMachine'
  | 'access.wrongSecret'
  /** Minutes have gone by since the script. */
  | 'access.expired'
  /** The agent has it already. */
  | 'access.spent'

interface Row {
  mac: Mac
  address: Ipv4
  profile_id: number
  boot: string
  opened_at: number
  spoken_at: number | null
  token: string
  page_key: string
}

/** From its script on, a machine has this long to fetch its overlay: a slow room's worth of downloads. */
const ticketMs = 10 * 60_000
/** And this long to fetch the files of its system. */
const filesMs = 30 * 60_000
/** A machine whose agent is silent for longer has been switched off, and may have come back on its own disk. */
const silenceMs = 30 * 60_000

/**
 * Who may have what of an exam. A boot is opened by the script of a machine, at the address that it was leased, and holds
 * three secrets: the ticket, in the script, is good for the overlay, for minutes, at that address, until the agent has
 * spoken; the agent's token and the page's key are inside the overlay and are good at that address until the machine or the
 * address boots again.
 *
 * Once the agent has spoken, nothing of that boot is handed out any more: a candidate who asks for the script of their own
 * machine gets none until the machine really boots, which takes a DHCP exchange of its firmware.
 */
export class BootAccess {
  readonly #deps: BootAccessDeps
  /** In memory only: a machine whose script is older than this console asks for another. */
  readonly #tickets = new Map<Mac, { ticket: string; secrets: BootSecrets; address: Ipv4; until: number }>()
  readonly #heard = new Map<Mac, number>()
  readonly #byAddress
  readonly #byMac
  readonly #write
  readonly #forget
  readonly #setSpoken

  constructor(deps: BootAccessDeps) {
    this.#deps = deps
    const { database } = deps
    this.#byAddress = database.prepare<[Ipv4], Row>('SELECT * FROM boot_access WHERE address = ?')
    this.#byMac = database.prepare<[Mac], Row>('SELECT * FROM boot_access WHERE mac = ?')
    this.#forget = database.prepare<[Mac, Ipv4]>('DELETE FROM boot_access WHERE mac = ? OR address = ?')
    this.#setSpoken = database.prepare<[number, Mac]>('UPDATE boot_access SET spoken_at = ? WHERE mac = ?')
    const insert = database.prepare<[Mac, Ipv4, number, string, number, string, string]>(`
      INSERT INTO boot_access (mac, address, profile_id, boot, opened_at, token, page_key)
      VALUES (?, ?, ?, ?, ?, ?, ?)`)
    this.#write = database.transaction((row: Parameters<typeof insert.run>) => {
      this.#forget.run(row[0], row[1])
      insert.run(...row)
    })
  }

  /**
   * A machine's script is made; what it had been given before is worth nothing any more.
   * @returns the ticket for its overlay; undefined when this boot has its exam already.
   */
  open(mac: Mac, address: Ipv4, profileId: number): string | undefined {
    const { clock, randomBytes, bootOf } = this.#deps
    const boot = bootOf(mac)
    const before = this.#byMac.get(mac)
    if (before && before.spoken_at !== null && before.boot === boot) return undefined
    const now = clock.now()
    const ticket = randomBytes(18).toString('base64url')
    const secrets = { profileId, token: randomBytes(32).toString('hex'), pageKey: randomBytes(16).toString('hex') }
    this.#heard.delete(mac)
    this.#write([mac, address, profileId, boot, now, digest(secrets.token), digest(secrets.pageKey)])
    this.#tickets.set(mac, { ticket, secrets, address, until: now + ticketMs })
    this.#dropTickets(now)
    return ticket
  }

  /** The machine boots something that is no exam. */
  close(mac: Mac, address: Ipv4): void {
    this.#tickets.delete(mac)
    this.#heard.delete(mac)
    this.#forget.run(mac, address)
  }

  /** What goes into the overlay of who shows the ticket, from the address it was made for; else why it does not. */
  redeem(mac: Mac, address: Ipv4, ticket: string): BootSecrets | AccessRefusal {
    const made = this.#tickets.get(mac)
    const row = this.#byMac.get(mac)
    if (!made) return row && row.spoken_at !== null ? 'access.spent' : 'access.noBoot'
    if (made.address !== address) return 'access.otherMachine'
    if (made.until < this.#deps.clock.now()) return 'access.expired'
    return isSame(Buffer.from(ticket), Buffer.from(made.ticket)) ? made.secrets : 'access.wrongSecret'
  }

  /** The boot that goes on at an address; undefined for a machine that is in no exam system. */
  at(address: Ipv4): OpenBoot | undefined {
    const row = this.#byAddress.get(address)
    return row && { mac: row.mac, address: row.address, profileId: row.profile_id }
  }

  /** Whether its agent is heard, or is about to be: nothing else may then speak for the machine. */
  isLive(address: Ipv4): boolean {
    const row = this.#byAddress.get(address)
    return row !== undefined && this.#deps.clock.now() - (this.#heard.get(row.mac) ?? row.opened_at) <= silenceMs
  }

  /** The machine whose agent speaks from this address with this token. */
  agentAt(address: Ipv4, token: string): OpenBoot | undefined {
    const row = this.#byAddress.get(address)
    if (!row || !isSame(Buffer.from(digest(token)), Buffer.from(row.token))) return undefined
    this.#heard.set(row.mac, this.#deps.clock.now())
    if (row.spoken_at === null) {
      this.#setSpoken.run(this.#deps.clock.now(), row.mac)
      this.#tickets.delete(row.mac)
    }
    return { mac: row.mac, address: row.address, profileId: row.profile_id }
  }

  holdsPageKey(address: Ipv4, key: string): boolean {
    const row = this.#byAddress.get(address)
    return row !== undefined && isSame(Buffer.from(digest(key)), Buffer.from(row.page_key))
  }

  /** Whether the machine at this address is on its way into the system of this profile. */
  mayFetch(address: Ipv4, profileId: number): boolean {
    const row = this.#byAddress.get(address)
    return row?.profile_id === profileId && this.#deps.clock.now() - row.opened_at <= filesMs
  }

  #dropTickets(now: number): void {
    for (const [mac, { until }] of this.#tickets) if (until < now) this.#tickets.delete(mac)
  }
}

const digest = (secret: string): string => createHash('sha256').update(secret).digest('hex')
const isSame = (a: Buffer, b: Buffer): boolean => a.length === b.length && timingSafeEqual(a, b)
