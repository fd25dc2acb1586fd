import type { Clock } from '../base/index.ts'
import {
  CodedError,
  type InterventionDetail,
  type InterventionInput,
  type InterventionKind,
  type InterventionNote,
  type InterventionNoteInput,
  type InterventionPage,
  type InterventionPart,
  type InterventionQuery,
  type InterventionState,
  type InterventionView,
  type RepeatedFailure,
} from '../contract/index.ts'
import type { Database } from '../storage/index.ts'
import { orderedBy } from './orderedBy.ts'
import type { People } from './parties.ts'
import type { RecordSearch } from './recordSearch.ts'
import type { Stock } from './stock.ts'

interface InterventionRow {
  id: number
  title: string
  description: string
  kind: InterventionKind
  requester: string | null
  location: string | null
  item_id: number | null
  asset_tag: string | null
  urgency: number
  impact: number
  priority: number
  state: InterventionState
  assignee: string
  opened_at: number
  updated_at: number
  solved_at: number | null
  minutes: number
  who: string
}

export interface Interventions {
  /** What is open first by priority, then what is solved, the newest first. */
  list(query: InterventionQuery): InterventionPage
  /** Those of one item, the newest first. */
  ofItem(itemId: number): InterventionView[]
  /** @throws CodedError `stock.interventionNotFound` */
  get(id: number): InterventionDetail
  add(input: InterventionInput): InterventionDetail
  /** @throws CodedError `stock.interventionNotFound` */
  update(id: number, input: InterventionInput): InterventionDetail
  /** A comment, time spent, another state. @throws CodedError `stock.interventionNotFound` */
  note(input: InterventionNoteInput): InterventionDetail
}

const yearMs = 365 * 86_400_000
/** From this many failures a year on, mending it once more is worth a thought. */
const repeatedOfItem = 3
const repeatedOfModel = 6

const usualOrder = 'solved_at IS NOT NULL, iif(solved_at IS NULL, -priority, 0), -coalesce(solved_at, 0), opened_at, id'
const orders: Record<NonNullable<InterventionQuery['sort']>, string> = {
  priority: 'priority',
  title: 'title COLLATE NOCASE',
  item: 'asset_tag COLLATE NOCASE',
  location: 'location COLLATE NOCASE',
  kind: 'kind',
  state: 'state',
  openedAt: 'opened_at',
}

export function createInterventions(
  database: Database,
  clock: Clock,
  who: () => string,
  stock: Stock,
  people: Pick<People, 'ensure'>,
  search: RecordSearch,
): Interventions {
  const selectSql = `
    SELECT interventions.*,
      (SELECT name FROM people WHERE people.id = requester_id) AS requester,
      (SELECT path FROM locations WHERE locations.id = interventions.location_id) AS location,
      (SELECT asset_tag FROM items WHERE items.id = item_id) AS asset_tag,
      (SELECT coalesce(sum(minutes), 0) FROM intervention_notes WHERE intervention_id = interventions.id) AS minutes
    FROM interventions`
  const selectOne = database.prepare<[number], InterventionRow>(`${selectSql} WHERE id = ?`)
  const selectOfItem = database.prepare<[number], InterventionRow>(
    `${selectSql} WHERE item_id = ? ORDER BY opened_at DESC LIMIT 50`,
  )
  const selectNotes = database.prepare<[number], InterventionNote & { state: InterventionState | null }>(
    'SELECT id, at, who, text, minutes, state FROM intervention_notes WHERE intervention_id = ? ORDER BY id',
  )
  const selectParts = database.prepare<[number], InterventionPart>(`
    SELECT movements.id AS movementId, at, consumable_id AS consumableId, name, quantity
    FROM movements JOIN consumables ON consumables.id = consumable_id
    WHERE intervention_id = ? AND NOT EXISTS (SELECT 1 FROM movements AS undoing WHERE undoing.undoes_id = movements.id)
    ORDER BY movements.id`)
  const countOfItem = database
    .prepare<[number, number], number>(
      "SELECT count(*) FROM interventions WHERE item_id = ? AND opened_at > ? AND kind IN ('failure', 'examIncident')",
    )
    .pluck()
  const countOfModel = database
    .prepare<[string, number], number>(
      `SELECT count(*) FROM interventions JOIN items ON items.id = item_id
       WHERE items.model = ? COLLATE NOCASE AND opened_at > ? AND kind IN ('failure', 'examIncident')`,
    )
    .pluck()
  const insert = database.prepare(`
    INSERT INTO interventions (title, description, kind, requester_id, location_id, item_id, urgency, impact, state,
      assignee, opened_at, updated_at, who)
    VALUES (@title, @description, @kind, @requesterId, @locationId, @itemId, @urgency, @impact,
      iif(@assignee = '', 'new', 'assigned'), @assignee, @at, @at, @who)`)
  const change = database.prepare(`
    UPDATE interventions SET title = @title, description = @description, kind = @kind, requester_id = @requesterId,
      location_id = @locationId, item_id = @itemId, urgency = @urgency, impact = @impact, assignee = @assignee,
      updated_at = @at
    WHERE id = @id`)
  const insertNote = database.prepare<[number, number, string, string, number, InterventionState | null]>(
    'INSERT INTO intervention_notes (intervention_id, at, who, text, minutes, state) VALUES (?, ?, ?, ?, ?, ?)',
  )
  const setState = database.prepare(`
    UPDATE interventions SET state = @state, updated_at = @at,
      solved_at = iif(@state IN ('solved', 'closed'), coalesce(solved_at, @at), NULL)
    WHERE id = @id`)
  const touch = database.prepare<[number, number]>('UPDATE interventions SET updated_at = ? WHERE id = ?')

  const rowOf = (id: number): InterventionRow => {
    const row = selectOne.get(id)
    if (!row) throw new CodedError('stock.interventionNotFound', `no intervention ${id}`, { id })
    return row
  }
  const repeatedOf = ({ item_id: itemId, kind }: InterventionRow): RepeatedFailure | undefined => {
    if (itemId === null || !['failure', 'examIncident'].includes(kind)) return undefined
    const since = clock.now() - yearMs
    const { model } = stock.get(itemId)
    const ofItem = countOfItem.get(itemId, since) ?? 0
    const ofModel = model === '' ? 0 : (countOfModel.get(model, since) ?? 0)
    return ofItem >= repeatedOfItem || ofModel >= repeatedOfModel ? { ofItem, ofModel, model } : undefined
  }
  const get = (id: number): InterventionDetail => {
    const row = rowOf(id)
    const repeated = isOnShelf(row) ? repeatedOf(row) : undefined
    return {
      ...interventionView(row),
      notes: selectNotes.all(id).map(({ state, ...note }) => ({ ...note, ...(state === null ? {} : { state }) })),
      parts: selectParts.all(id),
      ...(repeated ? { repeated } : {}),
    }
  }
  /** One whose item was removed is still an intervention. */
  const isOnShelf = ({ item_id: id }: InterventionRow): boolean => {
    if (id === null) return false
    try {
      stock.get(id)
      return true
    } catch {
      return false
    }
  }
  const valuesOf = ({ requester, location, itemId, ...input }: InterventionInput): object => {
    const place = location || (itemId === null ? '' : stock.get(itemId).location)
    return {
      ...input,
      itemId,
      requesterId: people.ensure(requester) ?? null,
      locationId: stock.locations.ensure(place)?.id ?? null,
      at: clock.now(),
      who: who(),
    }
  }

  return {
    list({ search: typed, states, kinds, sort, descending = false, offset, limit }) {
      const order = sort ? orderedBy(orders[sort], descending) : usualOrder
      const rows = database
        .prepare<[object], InterventionRow & { total: number }>(
          `SELECT *, count(*) OVER () AS total FROM (${selectSql}) WHERE
             ${states.length === 0 ? 'solved_at IS NULL' : 'state IN (SELECT value FROM json_each(@states))'}
             AND (@kinds = '[]' OR kind IN (SELECT value FROM json_each(@kinds)))
             AND (@found IS NULL OR id IN (SELECT value FROM json_each(@found)))
           ORDER BY ${order}
           LIMIT @limit OFFSET @offset`,
        )
        .all({
          found: search.json('intervention', typed),
          states: JSON.stringify(states),
          kinds: JSON.stringify(kinds),
          offset,
          limit,
        })
      return { interventions: rows.map(interventionView), total: rows[0]?.total ?? 0 }
    },
    ofItem: (itemId) => selectOfItem.all(itemId).map(interventionView),
    get,
    add: database.transaction((input: InterventionInput) => get(Number(insert.run(valuesOf(input)).lastInsertRowid))),
    update: database.transaction((id: number, input: InterventionInput) => {
      rowOf(id)
      change.run({ ...valuesOf(input), id })
      return get(id)
    }),
    note: database.transaction(({ id, text, minutes, state }: InterventionNoteInput) => {
      const before = rowOf(id)
      const newState = state === before.state ? undefined : state
      const at = clock.now()
      if (text.trim() !== '' || minutes > 0 || newState)
        insertNote.run(id, at, who(), text.trim(), minutes, newState ?? null)
      if (newState) setState.run({ id, at, state: newState })
      else touch.run(at, id)
      return get(id)
    }),
  }
}

const interventionView = (row: InterventionRow): InterventionView => ({
  id: row.id,
  title: row.title,
  description: row.description,
  kind: row.kind,
  requester: row.requester ?? '',
  location: row.location ?? '',
  ...(row.item_id === null ? {} : { item: { id: row.item_id, assetTag: row.asset_tag ?? '' } }),
  urgency: row.urgency,
  impact: row.impact,
  priority: row.priority,
  state: row.state,
  assignee: row.assignee,
  openedAt: row.opened_at,
  updatedAt: row.updated_at,
  ...(row.solved_at === null ? {} : { solvedAt: row.solved_at }),
  minutes: row.minutes,
  who: row.who,
})
