import { care } from './005-stock/care.ts'
import { consumables } from './005-stock/consumables.ts'
import { deeperLocations, deepestLocation, itemRules, items } from './005-stock/items.ts'

/** The whole stock: places, people and suppliers, items in full, consumables, loans, interventions, disposal. */
export const stock = [
  items,
  ...Array<string>(deepestLocation).fill(deeperLocations),
  itemRules,
  consumables,
  care,
].join('\n')
