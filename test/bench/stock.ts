import { mkdtempSync, rmSync, statSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { systemClock } from '../../src/base/index.ts'
import { itemSortFields, type ItemQuery } from '../../src/contract/index.ts'
import { ItemImports, ItemPlanner, proposeMapping, readTable } from '../../src/exchange/index.ts'
import { createStockRooms, type Stock, type StockRooms } from '../../src/stock/index.ts'
import { Backups, openDatabase, openSafely, type Database } from '../../src/storage/index.ts'
import { makeItems } from './madeStock.ts'

// The stock at the size of a whole region's schools: how long a person waits for a list, a search and an import, and how
// long an import holds everything else.

/** `--processor`: what each takes of the processor, for a machine that is busy with other things. */
const isProcessorTime = process.argv.includes('--processor')
/** `--quick`: a tenth of everything. */
const scale = process.argv.includes('--quick') ? 0.1 : 1
const itemCount = 100_000 * scale
const movementCount = 1_000_000 * scale
const importLines = 50_000 * scale

/** Beginnings that nearly everything has are among them, and words of which each is such a one. */
const typed = [
  ...['inv-0421', 'SN0', 'optiplex 7010', 'ecran', 'dell salle 12', '02:00:00:01', 'site 7 bat', 'pro', 'imprimante'],
  ...['fournisseur 12', 'batiment 3 salle 6', 's b s f', 'hp prodesk site 1 salle 2', '0 1 2', 'inv000', '02:00:00:00'],
]
/** As one types: each beginning of the words is a search of its own. */
const searches = typed.flatMap((words) => Array.from(words, (_, n) => words.slice(0, n + 1)))

const folder = mkdtempSync(join(tmpdir(), 'amorce-bench-'))
const path = join(folder, 'amorce.sqlite')
const nativeBinding = process.env['AMORCE_SQLITE_BINDING']
const database = openDatabase({ path, nativeBinding })
try {
  const rooms = createStockRooms(database, systemClock, () => '')
  const stock = rooms.items
  console.log(`${cpus().length} cores, Node ${process.version}\n`)
  timed(`make ${itemCount} items`, () => makeItems(stock, itemCount))
  timed(`make ${movementCount} movements`, () => makeMovements(database))
  benchSearch(database, stock)
  benchPages(database, stock)
  benchRooms(database, rooms)
  await benchImport(database, stock)
  await benchBackup(database)
  database.close()
  timed('open and check the file', () => openSafely({ path, nativeBinding }, 0).database.close())
} finally {
  if (database.open) database.close()
  rmSync(folder, { recursive: true })
}

function makeMovements(database: Database): void {
  const consumable = database.prepare(
    "INSERT INTO consumables (reference, name, category, created_at, updated_at) VALUES (?, ?, 'cartridge', 0, 0)",
  )
  const place = database.prepare<[], number>('SELECT id FROM locations ORDER BY id LIMIT 50').pluck()
  const move = database.prepare(
    'INSERT INTO movements (at, consumable_id, kind, quantity, from_id, to_id, reason) VALUES (?, ?, ?, ?, ?, ?, ?)',
  )
  database.transaction(() => {
    const consumables = Array.from(
      { length: 500 },
      (_, n) => consumable.run(`REF-${n}`, `Cartouche ${n}`).lastInsertRowid,
    )
    const places = place.all()
    for (let n = 0; n < movementCount; n++) {
      // Two in, one out, over and over: the stock never runs dry.
      const turn = Math.floor(n / 3)
      const [item, where] = [consumables[turn % consumables.length], places[turn % places.length]]
      const at = 1_500_000_000_000 + n * 250_000
      if (n % 3 === 2) move.run(at, item, 'out', 1, where, null, 'use')
      else move.run(at, item, 'in', 2, null, where, 'delivery')
    }
  })()
}

/** Something was written, as every moment while an exam is running, and an item with it. */
function forget(database: Database, stock: Stock, n = 0): void {
  stock.patch([1 + ((n * 7919) % itemCount)], { model: `ProDesk ${n}`, state: n % 2 ? 'spare' : 'inService' })
  database.prepare("INSERT OR REPLACE INTO settings VALUES ('bench', json_quote(CAST(random() AS TEXT)))").run()
}

function benchSearch(database: Database, stock: Stock): void {
  const ask = (title: string, changes: (n: number) => Partial<ItemQuery>, isFresh: boolean): void => {
    const times = Array.from({ length: 3 * searches.length }, (_, n) => {
      if (isFresh) forget(database, stock, n)
      const search = searches[n % searches.length] ?? ''
      return measure(() => stock.list(query({ search, ...changes(n) })))
    })
    report(title, times)
  }
  const sortOf = (n: number): ItemQuery['sort'] => itemSortFields[n % itemSortFields.length] ?? 'assetTag'
  ask('search as one types (first page and count)', () => ({}), false)
  ask('  after an item was changed each time', () => ({}), true)
  ask('  any order and place, changed each time', (n) => ({ sort: sortOf(n), offset: (n * 241) % itemCount }), true)
  ask(
    '  with filters as well',
    (n) => ({
      sort: sortOf(n),
      states: ['inService', 'spare'],
      ...(n % 2 ? { types: ['pc', 'laptop', 'screen', 'printer'] } : { locationId: 1 }),
      descending: n % 3 === 0,
    }),
    true,
  )
}

function benchPages(database: Database, stock: Stock): void {
  const pages = (isFresh: boolean): number[] =>
    Array.from({ length: 400 }, (_, n) => {
      if (isFresh) forget(database, stock, n)
      const sort = itemSortFields[n % itemSortFields.length]!
      const states = n % 2 ? [] : ['spare' as const]
      const offset = (n * 241) % (itemCount * (states.length ? 0.16 : 0.99))
      return measure(() => stock.list(query({ sort, states, descending: n % 3 === 0, offset })))
    })
  report('a page of 100, any order, any place, half of them filtered', pages(false))
  report('  after an item was changed each time', pages(true))
}

function benchRooms(database: Database, rooms: StockRooms): void {
  report(
    'the one box as one types, everything',
    [
      ...searches,
      ...['cartouche 9', 'ref-3'].flatMap((words) => Array.from(words, (_, n) => words.slice(0, n + 1))),
    ].map((search) => measure(() => rooms.finder.find(search))),
  )
  const pages: number[] = []
  for (let n = 0; n < 200; n++) {
    const page = { search: '', categories: [], levels: [], descending: n % 2 === 0, offset: (n * 2) % 400, limit: 100 }
    pages.push(measure(() => rooms.consumables.list({ ...page, sort: (['name', 'quantity'] as const)[n % 2]! })))
    pages.push(measure(() => rooms.movements.list({ before: (n + 1) * 4000 * scale, limit: 100 })))
    pages.push(measure(() => rooms.movements.list({ consumableId: 1 + n, limit: 100 })))
  }
  report('a page of consumables or of movements', pages)
  const again = (title: string, ask: () => unknown): void => {
    forget(database, rooms.items)
    report(
      title,
      Array.from({ length: 20 }, () => measure(ask)),
    )
  }
  again('the dashboard', () => rooms.dashboards.get())
  again('every place, with how many items it holds', () => rooms.items.locations.list())
}

async function benchImport(database: Database, stock: Stock): Promise<void> {
  const lines = Array.from({ length: importLines }, (_, n) =>
    n % 2
      ? `INV-${String(n).padStart(6, '0')};Dell;Nouveau modèle;;Site 3 / Salle ${n % 90};En service`
      : `NEW-${n};HP;ProDesk;NS${n};Site 3 / Salle ${n % 90};En stock`,
  )
  const file = Buffer.from(`Numéro d'inventaire;Fabricant;Modèle;Numéro de série;Lieu;Statut\n${lines.join('\n')}\n`)
  const work = { signal: new AbortController().signal, onSlice: () => undefined }
  const imports = new ItemImports({ database, clock: systemClock, stock })
  let at = performance.now()
  let cpu = process.cpuUsage()
  /** On a busy machine it is the processor's time that says what the work costs. */
  const lap = (title: string): void => {
    const { user, system } = process.cpuUsage(cpu)
    const [wall, used] = [(performance.now() - at) / 1000, (user + system) / 1e6]
    console.log(`${title.padEnd(64)} ${wall.toFixed(2)} s (of the processor ${used.toFixed(2)} s)`)
    at = performance.now()
    cpu = process.cpuUsage()
  }
  const table = readTable(file)
  lap(`import ${importLines} lines: read (in a thread of its own in the app)`)
  const held = monitorEventLoopDelay({ resolution: 1 })
  held.enable()
  const planner = new ItemPlanner(table, proposeMapping(table.heads, [], []).mapping, imports.lookup)
  await imports.check(planner, work)
  lap('  check each line')
  const record = await imports.apply('bench.csv', planner.writes, work)
  lap(`  write (${record.added} added, ${record.changed} changed)`)
  await imports.undo(record.id, work)
  lap('  undo')
  held.disable()
  console.log(`${'  longest time that anything else waited'.padEnd(64)} ${(held.max / 1e6).toFixed(0)} ms`)
}

async function benchBackup(database: Database): Promise<void> {
  const held = monitorEventLoopDelay({ resolution: 1 })
  held.enable()
  const at = performance.now()
  const { size } = await new Backups({ database, folder: join(folder, 'backups'), nativeBinding, kept: () => 1 }).make(
    0,
  )
  held.disable()
  const text = `${((performance.now() - at) / 1000).toFixed(2)} s, others waited ${(held.max / 1e6).toFixed(0)} ms at most`
  console.log(
    `${`backup of ${(statSync(path).size / 1e6).toFixed(0)} MB (${(size / 1e6).toFixed(0)} MB)`.padEnd(64)} ${text}`,
  )
}

function query(changes: Partial<ItemQuery>): ItemQuery {
  return { search: '', states: [], types: [], sort: 'assetTag', descending: false, offset: 0, limit: 100, ...changes }
}

/** Milliseconds. */
function now(): number {
  if (!isProcessorTime) return performance.now()
  const { user, system } = process.cpuUsage()
  return (user + system) / 1000
}

function measure(task: () => unknown): number {
  const start = now()
  task()
  return now() - start
}

function report(title: string, times: number[]): void {
  const sorted = [...times].sort((a, b) => a - b)
  const at = (share: number): string =>
    (sorted[Math.min(Math.floor(sorted.length * share), sorted.length - 1)] ?? 0).toFixed(1)
  console.log(`${title.padEnd(64)} p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, most ${at(1)} ms`)
}

function timed(title: string, task: () => void): void {
  console.log(`${title.padEnd(64)} ${(measure(task) / 1000).toFixed(2)} s`)
}
