import type { ItemFilter, ItemPage, ItemQuery, ItemView } from '../contract/index.ts'
import type { Database } from '../storage/index.ts'
import { createItemIds, inEach, type Condition, type SortField } from './itemIds.ts'
import { itemColumns, itemView, type ItemRow } from './itemRow.ts'
import type { Locations } from './locations.ts'
import { createMemory } from './memory.ts'
import { toSearchQuery } from './search.ts'

export interface ItemList {
  page(query: ItemQuery): ItemPage
  ids(filter: ItemFilter): number[]
  /** An item is found by other words, though nothing was written in it. */
  reworded(id: number): void
}

const mostIds = 20_000

/**
 * Lists of items: the ids in an order, those of each filter, and what is in all of them, worked out here. SQLite walks one
 * index for each, a hundred thousand entries in some milliseconds; joined in SQL it is a look-up, and often a read, for each.
 */
export function createItemList(database: Database, locations: Pick<Locations, 'within'>): ItemList {
  const remembered = createMemory(database)
  const items = createItemIds(database)
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

  /** 1 at each id that a condition leaves, for each condition. */
  const meeting = (filter: ItemFilter): Uint8Array[] => {
    const asked: Record<Condition, Record<string, unknown> | false> = {
      states: filter.states.length > 0 && { states: JSON.stringify(filter.states) },
      types: filter.types.length > 0 && { types: JSON.stringify(filter.types) },
      location: filter.locationId !== undefined && { locations: JSON.stringify(locations.within(filter.locationId)) },
      supplier: filter.supplierId !== undefined && { supplier: filter.supplierId },
      warranty: filter.warrantyBefore !== undefined && { warrantyBefore: filter.warrantyBefore },
      purchase: filter.purchasedBefore !== undefined && { purchasedBefore: filter.purchasedBefore },
      proposals: filter.withProposals === true && {},
    }
    return (Object.keys(asked) as Condition[]).flatMap((name) => {
      const parameters = asked[name]
      return parameters ? [items.meeting(name, parameters)] : []
    })
  }

  const idsOf = (filter: ItemFilter, sort: SortField): Uint32Array => {
    const search = toSearchQuery(filter.search)
    if (search === 'none') return new Uint32Array()
    const sets = [
      ...(filter.ids ? [items.among(filter.ids)] : []),
      ...(search === 'all' ? [] : items.having(search.words)),
      ...meeting(filter),
    ]
    return inEach(items.inOrder(sort), sets)
  }

  return {
    page({ sort, descending, limit, offset, ...filter }) {
      const ids = remembered(JSON.stringify([sort, filter]), () => idsOf(filter, sort))
      const { length: total } = ids
      const shown = descending
        ? ids.slice(Math.max(total - offset - limit, 0), Math.max(total - offset, 0)).reverse()
        : ids.slice(offset, offset + limit)
      return { items: viewsOf([...shown]), total }
    },
    ids: (filter) => [...idsOf(filter, 'assetTag').slice(0, mostIds)],
    reworded: items.reworded,
  }
}
