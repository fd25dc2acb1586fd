import type { FoundRecord } from '../../src/contract/index.ts'
import type { Console } from './console.svelte.ts'

/** Goes to what was found, and opens it. */
export async function openFound(
  { navigation, stock, sittings }: Console,
  { kind, id, type }: FoundRecord,
): Promise<void> {
  const { care, shelves, references } = stock
  const inStock = (tab: typeof stock.tab): void => {
    navigation.place = 'stock'
    stock.tab = tab
  }
  switch (kind) {
    case 'item':
      inStock('items')
      stock.openItem = id
      return
    case 'consumable':
      inStock('consumables')
      shelves.openConsumable = id
      return
    case 'loan': {
      const loan = await care.loan(id)
      if (!loan) return
      inStock('loans')
      care.openLoan = loan
      return
    }
    case 'intervention':
    case 'note':
      inStock('interventions')
      care.openIntervention = id
      return
    case 'person':
    case 'supplier':
      inStock('references')
      await references.openContact(kind === 'person' ? 'people' : 'suppliers', id)
      return
    case 'location':
      stock.clearFilters()
      stock.filter({ locationId: id })
      inStock('items')
      return
    case 'batch':
      inStock('disposal')
      care.openBatch = id
      return
    case 'document':
      if (type === 'batch') {
        inStock('disposal')
        care.openBatch = id
      } else {
        inStock('items')
        stock.openItem = id
      }
      return
    case 'room':
      navigation.place = 'sittings'
      navigation.sittingTab = 'rooms'
      return
    case 'sitting':
    case 'candidate':
      navigation.place = 'sittings'
      navigation.sittingTab = 'sittings'
      sittings.openId = id
  }
}
