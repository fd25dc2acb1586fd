import { withoutWaitingForDisk, type Database } from '../storage/index.ts'
import type { Address } from './address.ts'
import { leaseStates, type LeaseRecord } from './leases.ts'

/** Records brought into the table of leases in one go: less than a millisecond, which is not felt between two datagrams. */
const slice = 64
/** Rows of the history that are kept: years of a room, and looked through in a few milliseconds. */
export const keptHistory = 50_000

type Row = [
  address: Address,
  key: string,
  mac: string,
  uuid: string,
  hostName: string,
  state: string,
  startsAt: number,
  expiresAt: number,
]

interface Entry {
  network: string
  record: LeaseRecord
}

/**
 * Leases on their way to the disk. A batch is one row at the end of one table, so that saving it touches a page or two
 * however the addresses lie; the table of leases, where each has a page of its own to be read, changed and written, is
 * brought up to date in slices while there is time. What a client's boot changes three times gets there once. The
 * history of leases is written with it.
 *
 * A batch is durable once `append` returns. A run that was killed is caught up with by the next journal.
 */
export class LeaseJournal {
  readonly #database: Database
  readonly #insert
  readonly #upsert
  readonly #remember
  readonly #forget
  readonly #trimHistory
  /** What was appended since the last folding began, the latest record of each address. */
  #fresh = new Map<string, Entry>()
  /** Leases that began and ended meanwhile: only the history will know of them. */
  #passed: Entry[] = []
  #lastId = 0
  /** What is being brought into the table: when it is empty, the rows up to `#foldingId` have served. */
  #folding: Entry[] = []
  #foldingId = 0

  constructor(database: Database) {
    this.#database = database
    this.#insert = database.prepare<[string, string]>('INSERT INTO lease_journal (network, records) VALUES (?, ?)')
    this.#forget = database.prepare<[number]>('DELETE FROM lease_journal WHERE id <= ?')
    this.#upsert = database.prepare<[string, ...Row]>(`
      INSERT INTO leases (network, address, client_key, mac, uuid, host_name, state, starts_at, expires_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (network, address) DO UPDATE SET
        client_key = excluded.client_key, mac = excluded.mac, uuid = excluded.uuid,
        host_name = excluded.host_name, state = excluded.state,
        starts_at = excluded.starts_at, expires_at = excluded.expires_at`)
    this.#remember = database.prepare<[string, number, string, string, string, string, number, number]>(`
      INSERT INTO lease_history (network, address, client_key, mac, host_name, state, starts_at, expires_at)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (network, address, starts_at, client_key) DO UPDATE SET
        host_name = excluded.host_name, state = excluded.state, expires_at = excluded.expires_at`)
    this.#trimHistory = database.prepare<[number]>(
      'DELETE FROM lease_history WHERE id <= (SELECT max(id) FROM lease_history) - ?',
    )
    this.#catchUp()
  }

  /** Saves a batch, all of it or nothing. @throws what SQLite throws */
  append(network: string, records: readonly LeaseRecord[]): void {
    for (const { state } of records) if (!leaseStates.includes(state)) throw new Error(`no such state: ${state}`)
    const { lastInsertRowid } = this.#insert.run(network, JSON.stringify(records.map(rowOf)))
    this.#lastId = Number(lastInsertRowid)
    for (const record of records) {
      const place = `${network} ${record.address}`
      const before = this.#fresh.get(place)
      if (before && !isSameLease(before.record, record)) this.#passed.push(before)
      this.#fresh.set(place, { network, record })
    }
  }

  /** Brings a slice into the table of leases. @returns whether something is left. @throws what SQLite throws */
  fold(): boolean {
    if (this.#folding.length === 0) this.#beginFolding()
    if (this.#folding.length === 0) return false
    const rest = this.#folding.slice(slice)
    this.#write(
      this.#folding.slice(0, slice).map(({ network, record }) => [network, ...rowOf(record)]),
      rest.length === 0 ? this.#foldingId : undefined,
    )
    this.#folding = rest
    return rest.length > 0 || this.#fresh.size > 0
  }

  foldAll(): void {
    while (this.fold());
  }

  #beginFolding(): void {
    // Neighbours share a page.
    // What passed comes before what took its place: of one address, the last one written is what `leases` keeps.
    this.#folding = [...this.#passed, ...this.#fresh.values()].sort((a, b) => a.record.address - b.record.address)
    this.#passed = []
    this.#foldingId = this.#lastId
    this.#fresh = new Map()
  }

  /** What a run left behind that did not come to its end. */
  #catchUp(): void {
    const left = this.#database
      .prepare<[], { id: number; network: string; records: string }>(
        'SELECT id, network, records FROM lease_journal ORDER BY id',
      )
      .all()
    const last = left.at(-1)
    if (!last) return
    const rows = left.flatMap(({ network, records }) =>
      (JSON.parse(records) as Row[]).map((row): [string, ...Row] => [network, ...row]),
    )
    this.#write(rows, last.id)
  }

  /**
   * Waiting for the disk is not needed: until this is there for good, so are the rows that it takes away.
   * @param served the last row of the journal that is not needed any more
   */
  #write(rows: readonly [string, ...Row][], served: number | undefined): void {
    withoutWaitingForDisk(this.#database, () =>
      this.#database.transaction(() => {
        for (const row of rows) {
          this.#upsert.run(...row)
          const [network, address, key, mac, , hostName, state, startsAt, expiresAt] = row
          this.#remember.run(network, address, key, mac, hostName, state, startsAt, expiresAt)
        }
        if (served === undefined) return
        this.#forget.run(served)
        this.#trimHistory.run(keptHistory)
      })(),
    )
  }
}

const rowOf = ({ address, key, mac, uuid, hostName, state, startsAt, expiresAt }: LeaseRecord): Row => [
  address,
  key,
  mac,
  uuid ?? '',
  hostName,
  state,
  startsAt,
  expiresAt,
]

const isSameLease = (a: LeaseRecord, b: LeaseRecord): boolean => a.key === b.key && a.startsAt === b.startsAt

const journals = new WeakMap<Database, LeaseJournal>()

/** One journal for each database, whoever asks: what one of its users appended, another must not miss. */
export function leaseJournalOf(database: Database): LeaseJournal {
  const journal = journals.get(database) ?? new LeaseJournal(database)
  journals.set(database, journal)
  return journal
}
