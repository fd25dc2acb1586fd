import type { ItemFilter, itemSortFields, ItemPage, ItemQuery, Mac } from '../contract/index.ts'
import type { Database } from '../storage/index.ts'
import { itemColumns, itemView, type ItemRow } from './itemRow.ts'
import type { Locations } from './locations.ts'
import { toSearchQuery } from './search.ts'

type SortField = (typeof itemSortFields)[number]

/** Every order ends with the id, so that pages neither repeat nor skip an item. Each has an index. */
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

/**
 * The plus signs keep SQLite from walking an index of what is filtered by: it would then sort all that it found, where
 * the index of the order gives the page at once, and holds what is filtered by.
 */
const conditionSql: Record<Condition, string> = {
  search: 'id IN (SELECT rowid FROM items_search WHERE items_search MATCH @match)',
  states: '+state IN (SELECT value FROM json_each(@states))',
  types: '+type IN (SELECT value FROM json_each(@types))',
  location: '+location_id IN (SELECT value FROM json_each(@locations))',
  supplier: 'supplier_id = @supplier',
  warranty: 'warranty_until < @warrantyBefore',
  purchase: 'purchased_on < @purchasedBefore',
  proposals: 'id IN (SELECT item_id FROM item_proposals WHERE refused_at IS NULL)',
}

export interface ItemList {
  page(query: ItemQuery): ItemPage
  ids(filter: ItemFilter): number[]
}

const mostIds = 20_000

export function createItemList(database: Database, locations: Pick<Locations, 'within'>): ItemList {
  const prepared = new Map<string, ReturnType<Database['prepare']>>()
  /** Each shape of a query is prepared once, the first time it is asked for. */
  const prepare = (sql: string): ReturnType<Database['prepare']> => {
    const statement = prepared.get(sql) ?? database.prepare(sql)
    prepared.set(sql, statement)
    return statement
  }
  const selectMacs = database.prepare<[string], { item_id: number; mac: Mac }>(
    'SELECT item_id, mac FROM item_macs WHERE item_id IN (SELECT value FROM json_each(?)) ORDER BY item_id, mac',
  )
  const macsOf = (rows: readonly ItemRow[]): Map<number, Mac[]> => {
    const macs = new Map<number, Mac[]>(rows.map(({ id }) => [id, []]))
    for (const { item_id, mac } of selectMacs.all(JSON.stringify([...macs.keys()]))) macs.get(item_id)?.push(mac)
    return macs
  }

  /** What is asked for in SQL; undefined when nothing can match. */
  const conditionsOf = (filter: ItemFilter): { where: string; parameters: object } | undefined => {
    const search = toSearchQuery(filter.search)
    if (search === 'none') return undefined
    const asked: Record<Condition, boolean> = {
      search: search !== 'all',
      states: filter.states.length > 0,
      types: filter.types.length > 0,
      location: filter.locationId !== undefined,
      supplier: filter.supplierId !== undefined,
      warranty: filter.warrantyBefore !== undefined,
      purchase: filter.purchasedBefore !== undefined,
      proposals: filter.withProposals === true,
    }
    const conditions = (Object.keys(conditionSql) as Condition[]).filter((name) => asked[name])
    return {
      where: ['removed_at IS NULL', ...conditions.map((name) => conditionSql[name])].join(' AND '),
      parameters: {
        match: search === 'all' ? '' : search.match,
        states: JSON.stringify(filter.states),
        types: JSON.stringify(filter.types),
        locations: JSON.stringify(filter.locationId === undefined ? [] : locations.within(filter.locationId)),
        supplier: filter.supplierId ?? null,
        warrantyBefore: filter.warrantyBefore ?? null,
        purchasedBefore: filter.purchasedBefore ?? null,
      },
    }
  }

  return {
    page({ sort, descending, limit, offset, ...filter }) {
      const asked = conditionsOf(filter)
      if (!asked) return { items: [], total: 0 }
      const { where, parameters } = asked
      const direction = descending ? 'DESC' : 'ASC'
      const rows = prepare(
        `SELECT ${itemColumns} FROM items WHERE ${where}
         ORDER BY ${orders[sort]} ${direction}, id ${direction} LIMIT @limit OFFSET @offset`,
      ).all({ ...parameters, limit, offset }) as ItemRow[]
      const { total } = prepare(`SELECT count(*) AS total FROM items WHERE ${where}`).get(parameters) as {
        total: number
      }
      const macs = macsOf(rows)
      return { items: rows.map((row) => itemView(row, macs.get(row.id) ?? [])), total }
    },
    ids(filter) {
      const asked = conditionsOf(filter)
      if (!asked) return []
      const rows = prepare(`SELECT id FROM items WHERE ${asked.where} LIMIT ${mostIds}`).all(asked.parameters)
      return (rows as { id: number }[]).map(({ id }) => id)
    },
  }
}
