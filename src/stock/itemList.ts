import type { ItemFilter, ItemPage, ItemQuery, itemSortFields, ItemView } from '../contract/index.ts'
import type { Database } from '../storage/index.ts'
import { itemColumns, itemView, type ItemRow } from './itemRow.ts'
import type { Locations } from './locations.ts'
import { createMemory } from './memory.ts'
import { toSearchQuery } from './search.ts'

type SortField = (typeof itemSortFields)[number]

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

type Condition = 'search' | 'states' | 'types' | 'location' | 'supplier' | 'warranty' | 'purchase' | 'proposals'

/** The ids of what each leaves, from an index of its own; items that were removed may be among them. */
const conditionSql: Record<Condition, string> = {
  search: 'SELECT rowid FROM items_search WHERE items_search MATCH @match',
  states: 'SELECT id FROM items WHERE removed_at IS NULL AND state IN (SELECT value FROM json_each(@states))',
  types: 'SELECT id FROM items WHERE removed_at IS NULL AND type IN (SELECT value FROM json_each(@types))',
  location: 'SELECT id FROM items WHERE location_id IN (SELECT value FROM json_each(@locations))',
  supplier: 'SELECT id FROM items WHERE supplier_id = @supplier',
  warranty: 'SELECT id FROM items WHERE removed_at IS NULL AND warranty_until < @warrantyBefore',
  purchase: 'SELECT id FROM items WHERE removed_at IS NULL AND purchased_on < @purchasedBefore',
  proposals: 'SELECT item_id FROM item_proposals WHERE refused_at IS NULL',
}

export interface ItemList {
  page(query: ItemQuery): ItemPage
  ids(filter: ItemFilter): number[]
}

const mostIds = 20_000

/**
 * Lists of items: the ids in an order, those of each filter, and what is in all of them, worked out here. SQLite walks one
 * index for each, a hundred thousand entries in some milliseconds; joined in SQL it is a look-up, and often a read, for each.
 */
export function createItemList(database: Database, locations: Pick<Locations, 'within'>): ItemList {
  const remembered = createMemory(database)
  const prepareIds = (sql: string) => database.prepare<[object], number>(sql).pluck()
  const selectOrders = mapValues(orders, (order) =>
    prepareIds(`SELECT id FROM items WHERE removed_at IS NULL ORDER BY ${order}, id`),
  )
  const selectMatching = mapValues(conditionSql, prepareIds)
  const selectHighest = database.prepare<[], number | null>('SELECT max(id) FROM items').pluck()
  const selectRows = database.prepare<[string], ItemRow>(
    `SELECT ${itemColumns} FROM items WHERE id IN (SELECT value FROM json_each(?))`,
  )
  const viewsOf = (ids: readonly number[]): ItemView[] => {
    const rows = new Map(selectRows.all(JSON.stringify(ids)).map((row) => [row.id, row]))
    return ids.flatMap((id) => {
      const row = rows.get(id)
      return row ? [itemView(row)] : []
    })
  }

  /** The ids that each condition leaves; undefined when nothing can match. */
  const matching = (filter: ItemFilter): number[][] | undefined => {
    const search = toSearchQuery(filter.search)
    if (search === 'none') return undefined
    const asked: Record<Condition, object | false> = {
      search: search !== 'all' && search,
      states: filter.states.length > 0 && { states: JSON.stringify(filter.states) },
      types: filter.types.length > 0 && { types: JSON.stringify(filter.types) },
      location: filter.locationId !== undefined && {
        locations: JSON.stringify(locations.within(filter.locationId)),
      },
      supplier: filter.supplierId !== undefined && { supplier: filter.supplierId },
      warranty: filter.warrantyBefore !== undefined && { warrantyBefore: filter.warrantyBefore },
      purchase: filter.purchasedBefore !== undefined && { purchasedBefore: filter.purchasedBefore },
      proposals: filter.withProposals === true && {},
    }
    return (Object.keys(asked) as Condition[]).flatMap((name) => {
      const parameters = asked[name]
      return parameters ? [selectMatching[name].all(parameters)] : []
    })
  }

  const inOrder = (sort: SortField): readonly number[] =>
    remembered(`in order of ${sort}`, () => selectOrders[sort].all({}))
  const idsOf = (filter: ItemFilter, sort: SortField): readonly number[] => {
    const sets = matching(filter)
    if (!sets) return []
    const all = inOrder(sort)
    if (sets.length === 0) return all
    /** How many of the sets each id is in. */
    const counts = new Uint8Array((selectHighest.get() ?? 0) + 1)
    for (const [before, ids] of sets.entries()) for (const id of ids) if (counts[id] === before) counts[id] = before + 1
    return all.filter((id) => counts[id] === sets.length)
  }

  return {
    page({ sort, descending, limit, offset, ...filter }) {
      const ids = remembered(JSON.stringify([sort, filter]), () => idsOf(filter, sort))
      const { length: total } = ids
      const shown = descending
        ? ids.slice(Math.max(total - offset - limit, 0), Math.max(total - offset, 0)).reverse()
        : ids.slice(offset, offset + limit)
      return { items: viewsOf(shown), total }
    },
    ids: (filter) => idsOf(filter, 'assetTag').slice(0, mostIds),
  }
}

const mapValues = <Key extends string, From, To>(of: Record<Key, From>, map: (from: From) => To): Record<Key, To> =>
  Object.fromEntries(Object.entries<From>(of).map(([key, value]) => [key, map(value)])) as Record<Key, To>
