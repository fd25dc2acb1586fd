import type { ListExport, MovementView } from '../contract/index.ts'
import { typeName } from '../exchange/index.ts'
import type { Stock, StockRooms } from '../stock/index.ts'
import type { StockWord, StockWords } from './stockWords.ts'

/** A list as rows under their heads, page by page, so that a million movements never lie in memory together. */
export interface ListOfRows {
  /** What the file is called, without its ending. */
  name: string
  heads: string[]
  rows: Iterable<string[]>
}

const pageSize = 500

/** Every list of the stock but that of its items, which can be imported again (`itemRows`). */
export function listOfRows(
  request: ListExport['what'],
  stock: Stock,
  rooms: StockRooms,
  words: StockWords,
): ListOfRows {
  const list = <Row>(
    name: StockWord,
    columns: readonly [StockWord, (row: Row) => string | number | undefined][],
    rows: Iterable<Row>,
  ): ListOfRows => ({
    name: words.of(name),
    heads: columns.map(([head]) => words.of(head)),
    rows: mapped(rows, (row) => columns.map(([, cell]) => String(cell(row) ?? ''))),
  })
  const nameOfType = (type: string | undefined): string =>
    type === undefined ? '' : typeName(type, words.language, stock.types.list())

  switch (request.list) {
    case 'consumables':
      return list(
        'fileConsumables',
        [
          ['reference', (row) => row.reference],
          ['name', (row) => row.name],
          ['category', (row) => words.of(row.category)],
          ['manufacturer', (row) => row.manufacturer],
          ['quantity', (row) => row.quantity],
          ['unit', (row) => row.unit],
          ['level', (row) => words.of(row.level)],
          ['threshold', (row) => row.threshold],
          ['target', (row) => row.target],
          ['supplier', (row) => row.supplier],
          ['supplierReference', (row) => row.supplierReference],
          ['price', (row) => words.money(row.priceCents)],
          ['barcode', (row) => row.barcode],
          ['pages', (row) => row.pages],
          ['printerModels', (row) => row.printerModels.join(' | ')],
          ['expiresOn', (row) => row.expiresOn],
          ['notes', (row) => row.notes],
        ],
        paged((page) => rooms.consumables.list({ ...request.query, ...page }).consumables),
      )
    case 'reorder':
      return list(
        'fileReorder',
        [
          ['supplier', (row) => row.supplier],
          ['supplierReference', (row) => row.supplierReference],
          ['reference', (row) => row.reference],
          ['name', (row) => row.name],
          ['order', (row) => row.order],
          ['unit', (row) => row.unit],
          ['quantity', (row) => row.quantity],
          ['threshold', (row) => row.threshold],
          ['target', (row) => row.target],
          ['price', (row) => words.money(row.priceCents)],
        ],
        rooms.consumables.reorder(),
      )
    case 'movements':
      return list<MovementView>(
        'fileMovements',
        [
          ['at', (row) => words.time(row.at)],
          ['consumable', (row) => row.consumable],
          ['kind', (row) => words.of(row.kind === 'out' ? 'outgoing' : row.kind)],
          // What leaves is below zero; what only moves is not.
          ['quantity', (row) => (row.to === undefined ? -row.quantity : row.quantity)],
          ['from', (row) => row.from],
          ['to', (row) => row.to],
          ['expiresOn', (row) => row.expiresOn],
          ['reason', (row) => words.of(row.reason)],
          ['note', (row) => row.note],
          ['person', (row) => row.person],
          ['printer', (row) => row.printer?.assetTag],
          ['who', (row) => row.who],
          ['undone', (row) => (row.isUndone ? words.of('yes') : '')],
        ],
        movementsOf(rooms, request.consumableId),
      )
    case 'loans':
      return list(
        'fileLoans',
        [
          ['number', ({ loan }) => loan.id],
          ['person', ({ loan }) => loan.person.name],
          ['department', ({ loan }) => loan.person.department],
          ['email', ({ loan }) => loan.person.email],
          ['phone', ({ loan }) => loan.person.phone],
          ['assetTag', ({ item }) => item.assetTag],
          ['model', ({ item }) => item.model],
          ['lentAt', ({ loan }) => words.day(loan.lentAt)],
          ['dueOn', ({ loan }) => words.day(loan.dueOn)],
          ['returnedAt', ({ item }) => words.day(item.returnedAt)],
          ['condition', ({ item }) => item.condition],
          ['daysLate', ({ loan, item }) => (item.returnedAt === undefined ? loan.daysLate : undefined)],
          ['purpose', ({ loan }) => loan.purpose],
          ['who', ({ loan }) => loan.who],
        ],
        each(
          paged((page) => rooms.loans.list({ ...request.query, ...page }).loans),
          (loan) => loan.items.map((item) => ({ loan, item })),
        ),
      )
    case 'interventions':
      return list(
        'fileInterventions',
        [
          ['number', (row) => row.id],
          ['title', (row) => row.title],
          ['priority', (row) => row.priority],
          ['kind', (row) => words.of(row.kind)],
          ['state', (row) => words.of(row.state)],
          ['assetTag', (row) => row.item?.assetTag],
          ['location', (row) => row.location],
          ['requester', (row) => row.requester],
          ['assignee', (row) => row.assignee],
          ['openedAt', (row) => words.time(row.openedAt)],
          ['solvedAt', (row) => (row.solvedAt === undefined ? '' : words.time(row.solvedAt))],
          ['minutes', (row) => row.minutes],
          ['description', (row) => row.description],
        ],
        paged((page) => rooms.interventions.list({ ...request.query, ...page }).interventions),
      )
    case 'disposal':
      return list(
        'fileDisposal',
        [
          ['batch', ({ batch }) => batch.name],
          ['company', ({ batch }) => batch.company],
          ['slipNumber', ({ batch }) => batch.slipNumber],
          ['collectedOn', ({ batch }) => words.day(batch.collectedOn)],
          ['assetTag', ({ item }) => item.assetTag],
          ['type', ({ item }) => nameOfType(item.type)],
          ['model', ({ item }) => item.model],
          ['serial', ({ item }) => item.serial],
          ['wipeKind', ({ item }) => item.wipe && words.of(item.wipe.kind === 'other' ? 'otherWipe' : item.wipe.kind)],
          ['wipeMethod', ({ item }) => item.wipe?.method],
          ['wipedOn', ({ item }) => words.day(item.wipe?.wipedOn)],
          ['wipedBy', ({ item }) => item.wipe?.wipedBy],
          ['wipeReference', ({ item }) => item.wipe?.reference],
        ],
        each(rooms.disposal.list(), (batch) => batch.items.map((item) => ({ batch, item }))),
      )
    case 'locations':
      return list(
        'fileLocations',
        [
          ['path', (row) => row.path],
          ['kind', (row) => words.of(row.kind)],
          ['items', (row) => row.items],
          ['notes', (row) => row.notes],
        ],
        stock.locations.list(),
      )
    case 'types':
      return list(
        'fileTypes',
        [
          ['name', (row) => nameOfType(row.id)],
          ['pattern', (row) => row.tagPattern],
          ['items', (row) => row.items],
        ],
        stock.types.list(),
      )
    case 'fields':
      return list(
        'fileFields',
        [
          ['name', (row) => row.name],
          ['type', (row) => nameOfType(row.type)],
          ['kind', (row) => words.of(row.kind)],
          ['choices', (row) => row.choices.join(' | ')],
        ],
        stock.types.fields(),
      )
    case 'suppliers':
      return list(
        'fileSuppliers',
        [
          ['name', (row) => row.name],
          ['email', (row) => row.email],
          ['phone', (row) => row.phone],
          ['address', (row) => row.address],
          ['notes', (row) => row.notes],
        ],
        stock.suppliers.list(),
      )
    case 'people':
      return list(
        'filePeople',
        [
          ['name', (row) => row.name],
          ['department', (row) => row.department],
          ['email', (row) => row.email],
          ['phone', (row) => row.phone],
          ['notes', (row) => row.notes],
        ],
        rooms.people.list(),
      )
  }
}

function* mapped<From, To>(rows: Iterable<From>, map: (row: From) => To): Generator<To> {
  for (const row of rows) yield map(row)
}

function* each<From, To>(rows: Iterable<From>, map: (row: From) => Iterable<To>): Generator<To> {
  for (const row of rows) yield* map(row)
}

function* paged<Row>(pageOf: (page: { offset: number; limit: number }) => readonly Row[]): Generator<Row> {
  for (let offset = 0; ; offset += pageSize) {
    const rows = pageOf({ offset, limit: pageSize })
    yield* rows
    if (rows.length < pageSize) return
  }
}

function* movementsOf(rooms: StockRooms, consumableId: number | undefined): Generator<MovementView> {
  let before: number | undefined
  do {
    const { movements, next } = rooms.movements.list({ consumableId, before, limit: pageSize })
    yield* movements
    before = next
  } while (before !== undefined)
}
