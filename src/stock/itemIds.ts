import type { itemSortFields } from '../contract/index.ts'
import { folded, type Database } from '../storage/index.ts'

export type SortField = (typeof itemSortFields)[number]

/** Each has an index, and goes on by the id, so that pages neither repeat nor skip an item. */
const orders: Record<SortField, string> = {
  assetTag: 'asset_tag COLLATE NOCASE',
  type: 'type',
  model: 'model COLLATE NOCASE',
  serial: 'serial COLLATE NOCASE',
  location: 'location COLLATE NOCASE',
  state: 'state',
  updatedAt: 'updated_at',
  purchasedOn: 'purchased_on',
  warrantyUntil: 'warranty_until',
}
/** What an item need not say. */
export const optionalSorts: ReadonlySet<SortField> = new Set([
  'model',
  'serial',
  'location',
  'purchasedOn',
  'warrantyUntil',
])

/** What the ids of items are taken from, each from an index of its own; items that were removed may be among them. */
const conditions = {
  states: 'id FROM items WHERE removed_at IS NULL AND state IN (SELECT value FROM json_each(@states))',
  types: 'id FROM items WHERE removed_at IS NULL AND type IN (SELECT value FROM json_each(@types))',
  location: 'id FROM items WHERE location_id IN (SELECT value FROM json_each(@locations))',
  supplier: 'id FROM items WHERE supplier_id = @supplier',
  warranty: 'id FROM items WHERE removed_at IS NULL AND warranty_until < @warrantyBefore',
  purchase: 'id FROM items WHERE removed_at IS NULL AND purchased_on < @purchasedBefore',
  proposals: 'item_id FROM item_proposals WHERE refused_at IS NULL',
  customText: `item_id FROM item_values WHERE field_id = @field AND instr(text, ${folded('@contains')})`,
  customNumber: 'item_id FROM item_values WHERE field_id = @field AND number BETWEEN @min AND @max',
  // What a file brought may be no day.
  customDate:
    "item_id FROM item_values WHERE field_id = @field AND text BETWEEN @from AND @to AND text GLOB '????-??-??'",
  customChoice: `item_id FROM item_values WHERE field_id = @field AND text IN (SELECT ${folded('value')} FROM json_each(@values))`,
}
export type Condition = keyof typeof conditions

/** The ids of items in an order, and of those that meet a condition: 1 at each of these, 0 or nothing at the others. */
export interface ItemIds {
  /** Those on the shelf that say something there. */
  inOrder(sort: SortField): Uint32Array
  /** Those that say something in a custom field, also what was removed. */
  inCustomOrder(field: number, by: keyof typeof customOrders): Uint32Array
  meeting(condition: Condition, parameters: Record<string, unknown>): Uint8Array
  /** Those that a person chose; there may be no such items any more. */
  among(ids: readonly number[]): Uint8Array
  /** @param words FTS5 queries; what is in all of the sets has all of them */
  having(words: readonly string[]): Uint8Array[]
  /** An item is found by other words, though nothing was written in it. */
  reworded(id: number): void
}

/** Nine orders, and the conditions and words that a person goes to and fro between: ten megabytes with 100,000 items. */
const mostKept = 64
/** When more were written, all is read again. */
const mostWritten = 400
/** For a word, which FTS5 looks for once for each of them. */
const mostReworded = 4
/** What a custom field is sorted by: in the order of an index, and whether one of two items comes before the other. */
const customOrders = {
  text: { by: 'text, item_id', isBefore: '(one.text, one.item_id) < (other.text, other.item_id)' },
  // What is no number comes first.
  number: {
    by: 'number, text, item_id',
    isBefore: `coalesce(one.number < other.number, one.number IS NULL AND other.number IS NOT NULL)
      OR (one.number IS other.number AND (one.text, one.item_id) < (other.text, other.item_id))`,
  },
}

/** Room for the ids of the items to come. */
const idsAhead = 1024

/**
 * Reading a hundred thousand ids takes some ten milliseconds, and something is written every moment while an exam is running.
 * So they are kept, and of the items that were written since, and of those alone, it is asked anew where they belong.
 */
export function createItemIds(database: Database): ItemIds {
  const written = noteWritten(database)
  const idsOf = (sql: string) => database.prepare<[object], number>(sql).pluck()
  const isWritten = 'IN (SELECT value FROM json_each(@written))'
  const selectOrders = mapValues(orders, (order, sort) => {
    const isThere = `removed_at IS NULL${optionalSorts.has(sort) ? ` AND ${order} > ''` : ''}`
    return {
      all: idsOf(`SELECT id FROM items WHERE ${isThere} ORDER BY ${order}, id`),
      written: idsOf(`SELECT id FROM items WHERE ${isThere} AND id ${isWritten} ORDER BY ${order}, id`),
      isBefore: database
        .prepare<[number, number], number>(
          `SELECT one.${order} < other.${order} OR (one.${order} = other.${order} AND one.id < other.id)
           FROM items AS one, items AS other WHERE one.id = ? AND other.id = ?`,
        )
        .pluck(),
    }
  })
  const selectCustomOrders = mapValues(customOrders, ({ by, isBefore }) => ({
    all: idsOf(`SELECT item_id FROM item_values WHERE field_id = @field ORDER BY ${by}`),
    written: idsOf(`SELECT item_id FROM item_values WHERE field_id = @field AND item_id ${isWritten} ORDER BY ${by}`),
    isBefore: database
      .prepare<[object], number>(
        `SELECT ${isBefore} FROM item_values AS one, item_values AS other
         WHERE one.field_id = @field AND other.field_id = @field AND one.item_id = @one AND other.item_id = @other`,
      )
      .pluck(),
  }))
  const selectMeeting = mapValues(conditions, (ids) => {
    const [id] = ids.split(' ')
    return { all: idsOf(`SELECT ${ids}`), written: idsOf(`SELECT ${ids} AND ${id} ${isWritten}`) }
  })
  const selectHaving = {
    all: idsOf('SELECT rowid FROM items_search WHERE items_search MATCH @match'),
    written: idsOf(`SELECT rowid FROM items_search WHERE items_search MATCH @match AND rowid ${isWritten}`),
  }
  const selectHighest = database.prepare<[], number | null>('SELECT max(id) FROM items').pluck()
  const selectVersion = database.prepare<[], number>('PRAGMA data_version').pluck()

  interface Kept<Ids> {
    ids: Ids
    /** How much of what was written it knows of. */
    upTo: number
  }
  const kept = new Map<string, Kept<Uint8Array | Uint32Array>>()
  let version: number | undefined
  const current = <Ids extends Uint8Array | Uint32Array>(
    name: string,
    read: () => Ids,
    mend: (ids: Ids, written: readonly number[]) => Ids,
    mostMended = mostWritten,
  ): Ids => {
    // What is written in a transaction may be taken back.
    if (database.inTransaction) return read()
    const now = selectVersion.get()
    // Another connection wrote, or this one a lot.
    if (now !== version || written.length > mostWritten) {
      kept.clear()
      written.length = 0
    }
    version = now
    const known = kept.get(name) as Kept<Ids> | undefined
    const since = known && [...new Set(written.slice(known.upTo))]
    const canMend = known && since && since.length <= mostMended
    const ids = !canMend ? read() : since.length === 0 ? known.ids : mend(known.ids, since)
    kept.delete(name)
    kept.set(name, { ids, upTo: written.length })
    const [oldest] = kept.keys()
    if (kept.size > mostKept && oldest !== undefined) kept.delete(oldest)
    return ids
  }

  const marked = (
    what: string,
    select: Record<'all' | 'written', ReturnType<typeof idsOf>>,
    parameters: Record<string, unknown>,
    mostMended?: number,
  ): Uint8Array =>
    current<Uint8Array>(
      nameOf(what, parameters),
      () => marksOf(select.all.all(parameters), (selectHighest.get() ?? 0) + idsAhead),
      (marks, ofThose) => {
        const meeting = select.written.all({ ...parameters, written: JSON.stringify(ofThose) })
        const highest = Math.max(...meeting, 0)
        const changed = new Uint8Array(highest < marks.length ? marks.length : highest + idsAhead)
        changed.set(marks)
        // Those that it has no room for meet nothing so far.
        for (const id of ofThose) if (id < changed.length) changed[id] = 0
        for (const id of meeting) changed[id] = 1
        return changed
      },
      mostMended,
    )

  const ordered = (
    name: string,
    select: Record<'all' | 'written', ReturnType<typeof idsOf>>,
    parameters: Record<string, unknown>,
    isBefore: (one: number, other: number) => boolean,
  ): Uint32Array =>
    current<Uint32Array>(
      `in order of ${name}`,
      () => Uint32Array.from(select.all.all(parameters)),
      (ids, ofThose) => {
        const added = select.written.all({ ...parameters, written: JSON.stringify(ofThose) })
        return merged(without(ids, ofThose), added, isBefore)
      },
    )

  return {
    inOrder(sort) {
      const select = selectOrders[sort]
      return ordered(sort, select, {}, (one, other) => select.isBefore.get(one, other) === 1)
    },
    inCustomOrder(field, by) {
      const select = selectCustomOrders[by]
      const isBefore = (one: number, other: number): boolean => select.isBefore.get({ field, one, other }) === 1
      return ordered(`field ${field} as ${by}`, select, { field }, isBefore)
    },
    // No longer than the stock is, whatever was sent: an id beyond it marks nothing.
    among: (ids) => marksOf(ids, (selectHighest.get() ?? 0) + 1),
    meeting: (condition, parameters) => marked(condition, selectMeeting[condition], parameters),
    having(words) {
      // Of what is typed, all but the last word was there a moment ago. What is new is asked at once: what all of it leaves
      // is found sooner than what each of it does.
      const isKnown = (word: string): boolean => kept.has(nameOf('words', { match: word }))
      const asked = words.filter((word) => !isKnown(word)).join(' ')
      return [...words.filter(isKnown), ...(asked === '' ? [] : [asked])].map((match) =>
        marked('words', selectHaving, { match }, mostReworded),
      )
    },
    reworded: (id) => void written.push(id),
  }
}

const nameOf = (what: string, parameters: Record<string, unknown>): string => `${what} ${JSON.stringify(parameters)}`

/** 1 at each of these ids. */
function marksOf(ids: readonly number[] | Uint32Array, length: number): Uint8Array {
  const marks = new Uint8Array(length)
  for (const id of ids) marks[id] = 1
  return marks
}

function without(ids: Uint32Array, some: readonly number[]): Uint32Array {
  const gone = marksOf(some, Math.max(...some) + 1)
  const left = new Uint32Array(ids.length)
  let count = 0
  for (const id of ids) if (gone[id] !== 1) left[count++] = id
  return left.subarray(0, count)
}

/**
 * Those of the ids that come first, in their order, then all others in theirs.
 * @param first may have ids that are not among `ids`
 */
export function withFirst(ids: Uint32Array, first: Uint32Array): Uint32Array {
  let highest = 0
  for (const id of ids) if (id > highest) highest = id
  const isThere = marksOf(ids, highest + 1)
  const all = new Uint32Array(ids.length)
  let count = 0
  for (const id of first)
    if (isThere[id] === 1) {
      all[count++] = id
      isThere[id] = 2
    }
  for (const id of ids) if (isThere[id] === 1) all[count++] = id
  return all
}

/** Those of the ids that are in each of the sets. A plain loop: `filter` calls back a hundred thousand times, for milliseconds. */
export function inEach(ids: Uint32Array, sets: readonly Uint8Array[]): Uint32Array {
  let left = ids
  for (const set of sets) {
    const meeting = new Uint32Array(left.length)
    let count = 0
    for (const id of left) if (set[id] === 1) meeting[count++] = id
    left = meeting.subarray(0, count)
  }
  return left
}

/** Both are in order. */
function merged(
  ids: Uint32Array,
  added: readonly number[],
  isBefore: (one: number, other: number) => boolean,
): Uint32Array {
  const all = new Uint32Array(ids.length + added.length)
  let taken = 0
  for (const [count, id] of added.entries()) {
    let [low, high] = [taken, ids.length]
    while (low < high) {
      const middle = (low + high) >> 1
      if (isBefore(ids[middle] ?? 0, id)) low = middle + 1
      else high = middle
    }
    all.set(ids.subarray(taken, low), taken + count)
    all[low + count] = id
    taken = low
  }
  all.set(ids.subarray(taken), taken + added.length)
  return all
}

let count = 0
/**
 * The ids of items as this connection writes them, in what they are listed by; also of those whose writing is taken back
 * afterwards. That a machine was seen is not among it.
 */
function noteWritten(database: Database): number[] {
  const ids: number[] = []
  const name = `item_written_${++count}`
  database.function(name, (id) => void ids.push(Number(id)))
  const columns =
    'asset_tag, type, model, serial, location, location_id, state, updated_at, purchased_on, warranty_until, supplier_id, custom, removed_at'
  for (const [n, [when, id]] of [
    ['INSERT ON main.items', 'new.id'],
    [`UPDATE OF ${columns} ON main.items`, 'new.id'],
    ['DELETE ON main.items', 'old.id'],
    ['INSERT ON main.item_proposals', 'new.item_id'],
    ['UPDATE ON main.item_proposals', 'new.item_id'],
    ['DELETE ON main.item_proposals', 'old.item_id'],
  ].entries())
    database.exec(`CREATE TEMP TRIGGER ${name}_${n} AFTER ${when} BEGIN SELECT ${name}(${id}); END`)
  return ids
}

const mapValues = <Key extends string, From, To>(
  of: Record<Key, From>,
  map: (from: From, key: Key) => To,
): Record<Key, To> =>
  Object.fromEntries(Object.entries<From>(of).map(([key, value]) => [key, map(value, key as Key)])) as Record<Key, To>
