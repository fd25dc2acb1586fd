import type { itemSortFields, ItemPage, ItemQuery, Mac } from '../contract/index.ts'
import type { Database } from '../storage/index.ts'
import { itemView, type ItemRow } from './itemRow.ts'
import { toSearchQuery } from './search.ts'

type SortField = (typeof itemSortFields)[number]

/** Every order ends with the id, so that pages neither repeat nor skip an item. */
const orders: Record<SortField, string> = {
  assetTag: 'asset_tag COLLATE NOCASE',
  type: 'type',
  model: 'model COLLATE NOCASE',
  serial: 'serial COLLATE NOCASE',
  location: 'location COLLATE NOCASE',
  state: 'state',
  updatedAt: 'updated_at',
}

interface Parameters {
  match: string
  states: string
  types: string
  limit: number
  offset: number
}

/** The SQL of one page; each shape is prepared once, the first time it is asked for. */
function pageSql({ sort, descending, ...filters }: PageShape): string {
  const direction = descending ? 'DESC' : 'ASC'
  return `SELECT * FROM items WHERE ${conditions(filters)}
    ORDER BY ${orders[sort]} ${direction}, id ${direction} LIMIT @limit OFFSET @offset`
}

interface Filters {
  bySearch: boolean
  byState: boolean
  byType: boolean
}
interface PageShape extends Filters {
  sort: SortField
  descending: boolean
}

const conditions = ({ bySearch, byState, byType }: Filters): string =>
  [
    'removed_at IS NULL',
    bySearch && 'id IN (SELECT rowid FROM items_search WHERE items_search MATCH @match)',
    byState && 'state IN (SELECT value FROM json_each(@states))',
    byType && 'type IN (SELECT value FROM json_each(@types))',
  ]
    .filter(Boolean)
    .join(' AND ')

export function createItemList(database: Database): (query: ItemQuery) => ItemPage {
  const prepared = new Map<string, ReturnType<Database['prepare']>>()
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

  return (query) => {
    const search = toSearchQuery(query.search)
    if (search === 'none') return { items: [], total: 0 }
    const filters = { bySearch: search !== 'all', byState: query.states.length > 0, byType: query.types.length > 0 }
    const parameters: Parameters = {
      match: search === 'all' ? '' : search.match,
      states: JSON.stringify(query.states),
      types: JSON.stringify(query.types),
      limit: query.limit,
      offset: query.offset,
    }
    const rows = prepare(pageSql({ ...query, ...filters })).all(parameters) as ItemRow[]
    const { total } = prepare(`SELECT count(*) AS total FROM items WHERE ${conditions(filters)}`).get(parameters) as {
      total: number
    }
    const macs = macsOf(rows)
    return { items: rows.map((row) => itemView(row, macs.get(row.id) ?? [])), total }
  }
}
