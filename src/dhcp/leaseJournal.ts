import { withoutWaitingForDisk, type Database } from '../storage/index.ts'
import type { Address } from './address.ts'
import { leaseStates, type LeaseRecord } from './leases.ts'

/** Records brought into the table of leases in one go: a millisecond or two, which is not felt between two datagrams. */
const slice = 256

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
 * brought up to date in slices while there is time. What a client's boot changes three times gets there once.
 *
 * A batch is durable once `append` returns. A run that was killed is caught up with by the next journal.
 */
export class LeaseJournal {
  readonly #database: Database
  readonly #insert
  readonly #upsert
  readonly #forget
  /** What was appended since the last folding began, the latest record of each address. */
  #fresh = new Map<string, Entry>()
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
    this.#catchUp()
  }

  /** Saves a batch, all of it or nothing. @throws what SQLite throws */
  append(network: string, records: readonly LeaseRecord[]): void {
    for (const { state } of records) if (!leaseStates.includes(state)) throw new Error(`no such state: ${state}`)
    const { lastInsertRowid } = this.#insert.run(network, JSON.stringify(records.map(rowOf)))
    this.#lastId = Number(lastInsertRowid)
    for (const record of records) this.#fresh.set(`${network} ${record.address}`, { network, record })
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
    this.#folding = [...this.#fresh.values()].sort((a, b) => a.record.address - b.record.address)
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
        for (const row of rows) this.#upsert.run(...row)
        if (served !== undefined) this.#forget.run(served)
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

const journals = new WeakMap<Database, LeaseJournal>()

/** One journal for each database, whoever asks: what one of its users appended, another must not miss. */
export function leaseJournalOf(database: Database): LeaseJournal {
  const journal = journals.get(database) ?? new LeaseJournal(database)
  journals.set(database, journal)
  return journal
}
