import type { Clock } from '../base/index.ts'
import type { ItemRelations, ScanFinding } from '../contract/index.ts'
import type { Database } from '../storage/index.ts'
import { createConsumables, type Consumables } from './consumables.ts'
import { createCounts, type Counts } from './counts.ts'
import { createDashboards, type Dashboards } from './dashboard.ts'
import { createDisposal, type Disposal } from './disposal.ts'
import { createDocuments, type Documents } from './documents.ts'
import { createFinder, type Finder } from './finder.ts'
import { createInterventions, type Interventions } from './interventions.ts'
import { createInventory, type Inventory } from './inventory.ts'
import { createLoans, type Loans } from './loans.ts'
import { createMovements, type Movements } from './movements.ts'
import { createPeople, type People } from './parties.ts'
import { placeOfCode } from './placeCode.ts'
import { createRecordSearch, type RecordSearch } from './recordSearch.ts'
import { createSavedLists, type SavedLists } from './savedLists.ts'
import { createStock, type Stock } from './stock.ts'

/** Everything that the stock is made of. */
export interface StockRooms {
  items: Stock
  people: People
  consumables: Consumables
  movements: Movements
  counts: Counts
  loans: Loans
  interventions: Interventions
  disposal: Disposal
  inventory: Inventory
  documents: Documents
  dashboards: Dashboards
  savedLists: SavedLists
  finder: Finder
  search: RecordSearch
  /** What hangs on one item. @throws CodedError `stock.itemNotFound` */
  relations(itemId: number): ItemRelations
  /** What a scanned or typed code is. */
  scan(code: string): ScanFinding
}

/** @param who what the person at the console is called */
export function createStockRooms(database: Database, clock: Clock, who: () => string): StockRooms {
  const items = createStock(database, clock, who)
  const people = createPeople(database)
  const search = createRecordSearch(database)
  const movements = createMovements(database, clock, who, items.locations, people)
  const loans = createLoans(database, clock, who, items, people, search)
  const interventions = createInterventions(database, clock, who, items, people, search)
  const disposal = createDisposal(database, clock, who, items)
  const inventory = createInventory(database, clock, items)
  const documents = createDocuments(database, clock, who)
  const selectChildren = database.prepare<[number], ItemRelations['children'][number]>(`
    SELECT id, asset_tag AS assetTag, type, trim(manufacturer || ' ' || model) AS model, state FROM items
    WHERE parent_id = ? AND removed_at IS NULL ORDER BY asset_tag COLLATE NOCASE LIMIT 200`)
  const selectCartridges = database.prepare<[number], ItemRelations['cartridges'][number]>(`
    SELECT consumables.id AS consumableId, consumables.name,
      coalesce((SELECT sum(quantity) FROM stock_levels WHERE consumable_id = consumables.id), 0) AS quantity
    FROM items JOIN cartridge_printers ON cartridge_printers.model = items.model
    JOIN consumables ON consumables.id = cartridge_printers.consumable_id
    WHERE items.id = ? AND items.model <> '' AND consumables.removed_at IS NULL ORDER BY consumables.name COLLATE NOCASE`)
  const selectItemByCode = database.prepare<[object], { id: number; assetTag: string }>(`
    SELECT id, asset_tag AS assetTag FROM items WHERE asset_tag = @code COLLATE NOCASE AND removed_at IS NULL
    UNION ALL
    SELECT id, asset_tag FROM items WHERE serial = @code COLLATE NOCASE AND serial <> '' AND removed_at IS NULL LIMIT 1`)
  const selectConsumableByCode = database.prepare<[object], { id: number; name: string }>(`
    SELECT id, name FROM consumables WHERE barcode = @code AND barcode <> '' AND removed_at IS NULL
    UNION ALL
    SELECT id, name FROM consumables WHERE reference = @code COLLATE NOCASE AND removed_at IS NULL LIMIT 1`)
  const selectPlace = database.prepare<[object], { id: number; path: string }>(
    'SELECT id, path FROM locations WHERE id = @id OR path = @code COLLATE NOCASE LIMIT 1',
  )

  return {
    items,
    people,
    consumables: createConsumables(database, clock, items.suppliers, search),
    movements,
    counts: createCounts(database, clock, who, items, movements),
    loans,
    interventions,
    disposal,
    inventory,
    documents,
    dashboards: createDashboards(database, clock),
    savedLists: createSavedLists(database),
    finder: createFinder(database),
    search,
    relations(itemId) {
      const batch = disposal.ofItem(itemId)
      return {
        proposals: inventory.proposals(itemId),
        children: selectChildren.all(itemId),
        loans: loans.ofItem(itemId),
        interventions: interventions.ofItem(itemId),
        documents: documents.ofItem(itemId),
        cartridges: selectCartridges.all(itemId),
        ...(batch ? { disposal: batch } : {}),
      }
    },
    scan(code) {
      const item = selectItemByCode.get({ code })
      if (item) return { kind: 'item', ...item }
      const consumable = selectConsumableByCode.get({ code })
      if (consumable) return { kind: 'consumable', ...consumable }
      const place = selectPlace.get({ id: placeOfCode(code) ?? null, code })
      return place ? { kind: 'location', ...place } : { kind: 'none' }
    },
  }
}
