import {
  yesNoWords,
  type CustomFieldView,
  type CustomFilter,
  type ItemFilter,
  type ItemPage,
  type ItemQuery,
  type ItemSort,
  type ItemView,
} from '../contract/index.ts'
import type { Database } from '../storage/index.ts'
import { createItemIds, inEach, optionalSorts, withFirst, type Condition, type SortField } from './itemIds.ts'
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
/** Orders that are kept whole: four hundred kilobytes each with 100,000 items. */
const mostWholes = 12

/**
 * Lists of items: the ids in an order, those of each filter, and what is in all of them, worked out here. SQLite walks one
 * index for each, a hundred thousand entries in some milliseconds; joined in SQL it is a look-up, and often a read, for each.
 */
export function createItemList(
  database: Database,
  locations: Pick<Locations, 'within'>,
  customFields: () => readonly CustomFieldView[],
): ItemList {
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
    const asked: Record<Exclude<Condition, `custom${string}`>, Record<string, unknown> | false> = {
      states: filter.states.length > 0 && { states: JSON.stringify(filter.states) },
      types: filter.types.length > 0 && { types: JSON.stringify(filter.types) },
      location: filter.locationId !== undefined && { locations: JSON.stringify(locations.within(filter.locationId)) },
      supplier: filter.supplierId !== undefined && { supplier: filter.supplierId },
      warranty: filter.warrantyBefore !== undefined && { warrantyBefore: filter.warrantyBefore },
      purchase: filter.purchasedBefore !== undefined && { purchasedBefore: filter.purchasedBefore },
      proposals: filter.withProposals === true && {},
    }
    const plain = (Object.keys(asked) as (keyof typeof asked)[]).flatMap((name) => {
      const parameters = asked[name]
      return parameters ? [items.meeting(name, parameters)] : []
    })
    return [...plain, ...(filter.custom ?? []).map((one) => items.meeting(...conditionOf(one)))]
  }

  const wholes = new Map<string, { said: Uint32Array; byTag: Uint32Array; whole: Uint32Array }>()
  /** Those that say something, then the others by their tags; put together anew only when one of the two is another. */
  const thenOthers = (said: Uint32Array, sort: ItemSort, descending: boolean): Uint32Array => {
    const [key, byTag] = [`${sort} ${descending}`, items.inOrder('assetTag')]
    const known = wholes.get(key)
    if (known?.said === said && known.byTag === byTag) return known.whole
    const whole = withFirst(byTag, descending ? said.slice().reverse() : said)
    wholes.delete(key)
    wholes.set(key, { said, byTag, whole })
    const [oldest] = wholes.keys()
    if (wholes.size > mostWholes && oldest !== undefined) wholes.delete(oldest)
    return whole
  }

  const inOrder = (sort: ItemSort, descending: boolean): Uint32Array => {
    if (!isCustom(sort)) {
      const said = items.inOrder(sort)
      if (optionalSorts.has(sort)) return thenOthers(said, sort, descending)
      return descending ? said.slice().reverse() : said
    }
    const field = Number(sort.slice('custom:'.length))
    const isNumber = customFields().some(({ id, kind }) => id === field && kind === 'number')
    return thenOthers(items.inCustomOrder(field, isNumber ? 'number' : 'text'), sort, descending)
  }

  const idsOf = (filter: ItemFilter, sort: ItemSort, descending = false): Uint32Array => {
    const search = toSearchQuery(filter.search)
    if (search === 'none') return new Uint32Array()
    const sets = [
      ...(filter.ids ? [items.among(filter.ids)] : []),
      ...(search === 'all' ? [] : items.having(search.words)),
      ...meeting(filter),
    ]
    return inEach(inOrder(sort, descending), sets)
  }

  return {
    page({ sort, descending, limit, offset, ...filter }) {
      const ids = remembered(JSON.stringify([sort, descending, filter]), () => idsOf(filter, sort, descending))
      return { items: viewsOf([...ids.slice(offset, offset + limit)]), total: ids.length }
    },
    ids: (filter) => [...idsOf(filter, 'assetTag').slice(0, mostIds)],
    reworded: items.reworded,
  }
}

const isCustom = (sort: ItemSort): sort is Exclude<ItemSort, SortField> => sort.startsWith('custom:')

/** What an item must say in a custom field. */
function conditionOf(filter: CustomFilter): [Condition, Record<string, unknown>] {
  const field = filter.fieldId
  switch (filter.kind) {
    case 'text':
      return ['customText', { field, contains: filter.contains.normalize('NFC').trim() }]
    case 'number':
      return ['customNumber', { field, min: filter.min ?? -Number.MAX_VALUE, max: filter.max ?? Number.MAX_VALUE }]
    case 'date':
      return ['customDate', { field, from: filter.from ?? '', to: filter.to ?? '9999-12-31' }]
    case 'choice':
      return ['customChoice', { field, values: JSON.stringify(filter.values) }]
    case 'yesNo':
      return ['customChoice', { field, values: JSON.stringify(yesNoWords[filter.is ? 'yes' : 'no']) }]
  }
}
