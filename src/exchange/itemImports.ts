import type { Clock } from '../base/index.ts'
import {
  CodedError,
  type ImportField,
  type ImportRecord,
  type ImportSubject,
  type ImportTemplate,
  type ItemInput,
  type ItemView,
} from '../contract/index.ts'
import { customAgain, type Stock } from '../stock/index.ts'
import { withoutWaitingForDisk, withRareCheckpoints, type Database } from '../storage/index.ts'
import { fold } from './itemWords.ts'
import { inputOf, type ItemLookup, type PlannedWrite } from './itemPlan.ts'
import type { LinePlanner } from './linePlanner.ts'
import { inSlices, inTransactions, unstopped, type ImportWork, type Work } from './slices.ts'
import { toldAtTheEnd, wholeOrNothing } from './wholeOrNothing.ts'

interface ImportRow {
  id: number
  at: number
  file: string
  subject: ImportSubject
  who: string
  added: number
  changed: number
  state: 'running' | 'done' | 'undone'
}
interface ChangeRow {
  item_id: number
  fields: string | null
}
/** What each field said before, and says since. */
type FieldChanges = Record<string, [before: unknown, after: unknown]>

const kept = 50
const selectImports = `
  SELECT imports.*, coalesce(
    (SELECT 'consumables' FROM import_consumables WHERE import_id = imports.id LIMIT 1),
    (SELECT subject FROM import_references WHERE import_id = imports.id LIMIT 1),
    'items') AS subject
  FROM imports`

/**
 * Imports of items, each of which is written whole or not at all.
 *
 * Fifty thousand lines in one transaction would keep everything else from being written for seconds, leases above all. So
 * they are written in many, and what is written is written down with them: an import that is cancelled, fails or is cut
 * short by a kill is taken back by that, as one that a person takes back later is.
 */
export class ItemImports {
  readonly #database: Database
  readonly #clock: Clock
  readonly #stock: Stock
  readonly #who: () => string
  readonly #sql

  constructor(deps: { database: Database; clock: Clock; stock: Stock; who?: () => string }) {
    const { database } = deps
    this.#database = database
    this.#clock = deps.clock
    this.#stock = deps.stock
    this.#who = deps.who ?? (() => '')
    this.#sql = {
      begin: database.prepare<[number, string, string]>(
        "INSERT INTO imports (at, file, who, state) VALUES (?, ?, ?, 'running')",
      ),
      end: database.prepare<[string, number, number, number]>(
        'UPDATE imports SET state = ?, added = ?, changed = ? WHERE id = ?',
      ),
      setState: database.prepare<[string, number]>('UPDATE imports SET state = ? WHERE id = ?'),
      note: database.prepare<[number, number, string | null]>(
        'INSERT INTO import_changes (import_id, item_id, fields) VALUES (?, ?, ?)',
      ),
      one: database.prepare<[number], ImportRow>(`${selectImports} WHERE id = ?`),
      all: database.prepare<[], ImportRow>(`${selectImports} WHERE state <> 'running' ORDER BY id DESC LIMIT ${kept}`),
      running: database
        .prepare<[], number>(
          `SELECT id FROM imports WHERE state = 'running' AND id NOT IN (SELECT import_id FROM import_consumables)
             AND id NOT IN (SELECT import_id FROM import_references)`,
        )
        .pluck(),
      changes: database.prepare<[number], ChangeRow>(
        'SELECT item_id, fields FROM import_changes WHERE import_id = ? ORDER BY id DESC',
      ),
      forget: database.prepare<[number]>('DELETE FROM imports WHERE id = ?'),
      idByTag: database
        .prepare<[string], number>('SELECT id FROM items WHERE asset_tag = ? COLLATE NOCASE AND removed_at IS NULL')
        .pluck(),
      idsBySerial: database
        .prepare<[string], number>(
          "SELECT id FROM items WHERE serial = ? COLLATE NOCASE AND serial <> '' AND removed_at IS NULL LIMIT 3",
        )
        .pluck(),
      idsByUuid: database
        .prepare<[string], number>("SELECT id FROM items WHERE uuid = ? AND uuid <> '' AND removed_at IS NULL LIMIT 3")
        .pluck(),
      isOnLoan: database
        .prepare<[number], number>('SELECT 1 FROM loan_items WHERE item_id = ? AND returned_at IS NULL')
        .pluck(),
      isInBatch: database.prepare<[number], number>('SELECT 1 FROM disposal_items WHERE item_id = ?').pluck(),
      templates: database.prepare<[], { name: string; fields: string }>('SELECT * FROM import_templates ORDER BY name'),
      saveTemplate: database.prepare<[string, string]>(
        'INSERT INTO import_templates (name, fields) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET fields = excluded.fields',
      ),
      removeTemplate: database.prepare<[string]>('DELETE FROM import_templates WHERE name = ?'),
    }
  }

  /** What a plan is made with. */
  get lookup(): ItemLookup {
    const stock = this.#stock
    const kinds = new Map(stock.types.fields().map(({ id, kind }) => [String(id), kind]))
    const typesByName = new Map(stock.types.list().map(({ id, name }) => [fold(name || id), id]))
    return {
      byTag: (tag) => {
        const id = this.#sql.idByTag.get(tag)
        return id === undefined ? undefined : stock.get(id)
      },
      bySerial: (serial) => this.#sql.idsBySerial.all(serial).map((id) => stock.get(id)),
      byUuid: (uuid) => this.#sql.idsByUuid.all(uuid).map((id) => stock.get(id)),
      holderOf: (id) => this.#holderOf(id),
      typeNamed: (name) => typesByName.get(fold(name)),
      kindOf: (fieldId) => kinds.get(fieldId),
      proposeTag: (type) => stock.proposeTag(type),
    }
  }

  /**
   * Plans every line of a file, of whatever. Each slice looks into the file as it stands at its beginning: a look-up by
   * itself costs locks of its own.
   * @throws Cancelled
   */
  async check(planner: LinePlanner, work: Work): Promise<void> {
    const inOneLook = this.#database.transaction((slice: () => void) => slice())
    await inSlices(() => planner.next(), work, inOneLook)
  }

  /**
   * Writes all of it, or none.
   * @throws Cancelled, or what the stock has against a line, after everything that was written is gone again
   */
  async apply(file: string, writes: readonly PlannedWrite[], work: ImportWork): Promise<ImportRecord> {
    const id = Number(this.#sql.begin.run(this.#clock.now(), file, this.#who()).lastInsertRowid)
    const write = async (): Promise<ImportRecord> => {
      let next = 0
      // A part may come before the whole in a file, so links are made once everything is there.
      const links = writes.filter(({ parentTag }) => parentTag)
      const steps = writes.length + links.length
      const step = (): boolean => {
        const write = writes[next]
        if (write) this.#write(id, write)
        else this.#link(links[next - writes.length], id)
        next++
        work.onWritten?.(Math.min(next, writes.length))
        return next < steps
      }
      this.#stock.bulk.begin('last')
      if (steps > 0) await inTransactions(this.#database, step, work, this.#stock.bulk.transaction)
      await this.#settle(work)
      const added = writes.filter((write) => write.id === undefined).length
      this.#sql.end.run('done', added, writes.length - added, id)
      return this.get(id)
    }
    return wholeOrNothing(this.#stock, work, write, (undoing) => this.#unwrite(id, undoing))
  }

  /**
   * Takes back what an import wrote, but for what was changed by hand since.
   * @throws CodedError `stock.nothingToUndo`
   */
  async undo(id: number, work: Work): Promise<ImportRecord> {
    if (this.#sql.one.get(id)?.state !== 'done') throw new CodedError('stock.nothingToUndo', `no import ${id}`, {})
    return toldAtTheEnd(this.#stock, async () => {
      await this.#takeBack(id, work, { leaveTrace: true })
      this.#sql.setState.run('undone', id)
      return this.get(id)
    })
  }

  /** Takes back imports that were cut short by the end of the process. To be called when the file was opened. */
  async recover(): Promise<number> {
    const ids = this.#sql.running.all()
    const work = unstopped({ onSlice: () => undefined })
    for (const id of ids) await this.#unwrite(id, work)
    // Also after one that was being taken back by a person.
    await this.#settle(work)
    return ids.length
  }

  async #unwrite(id: number, work: Work): Promise<void> {
    await this.#takeBack(id, work, { leaveTrace: false })
    this.#sql.forget.run(id)
  }

  history(): ImportRecord[] {
    return this.#sql.all.all().map(recordOf)
  }

  templates(): ImportTemplate[] {
    return this.#sql.templates
      .all()
      .map(({ name, fields }) => ({ name, fields: JSON.parse(fields) as ImportTemplate['fields'] }))
  }
  saveTemplate(name: string, fields: ImportTemplate['fields']): void {
    this.#sql.saveTemplate.run(name, JSON.stringify(fields))
  }
  removeTemplate(name: string): void {
    this.#sql.removeTemplate.run(name)
  }

  #write(importId: number, { id, item, fields }: PlannedWrite): void {
    if (id === undefined) {
      this.#sql.note.run(importId, this.#stock.bulk.add(item, 'import'), null)
      return
    }
    const before = this.#stock.get(id)
    this.#noteChange(importId, before, this.#stock.bulk.update(before, item, 'import'), fields)
  }

  #link(write: PlannedWrite | undefined, importId: number): void {
    const [id, parentId] = [write?.item.assetTag, write?.parentTag].map((tag) => tag && this.#sql.idByTag.get(tag))
    if (!write || typeof id !== 'number' || typeof parentId !== 'number') return
    const before = this.#stock.get(id)
    const after = this.#stock.bulk.update(before, { ...inputOf(before), parentId }, 'import')
    // An item that this import added goes as a whole.
    if (write.id !== undefined) this.#noteChange(importId, before, after, ['parentTag'])
  }

  #noteChange(importId: number, before: ItemView, after: ItemView | undefined, fields: readonly ImportField[]): void {
    const [was, is] = [inputOf(before), inputOf(after ?? before)]
    const changes: FieldChanges = {}
    for (const name of new Set(fields.map(columnOf))) changes[name] = [was[name] ?? null, is[name] ?? null]
    this.#sql.note.run(importId, before.id, JSON.stringify(changes))
  }

  /** Tidies up after thousands of changes, each step by itself. */
  async #settle(work: Work): Promise<void> {
    const eachByItself = (slice: () => void): void => withoutWaitingForDisk(this.#database, slice)
    await withRareCheckpoints(this.#database, () => inSlices(() => this.#stock.bulk.settleNext(), work, eachByItself))
  }

  async #takeBack(id: number, work: Work, { leaveTrace }: { leaveTrace: boolean }): Promise<void> {
    const changes = this.#sql.changes.all(id)
    let next = 0
    // What is back as it was is not gone through again when the process ends before all is.
    this.#stock.bulk.begin('withEach')
    const step = (): boolean => {
      const change = changes[next++]
      if (change) this.#takeBackOne(change, leaveTrace)
      return next < changes.length
    }
    if (changes.length > 0) await inTransactions(this.#database, step, work, this.#stock.bulk.transaction)
    await this.#settle(work)
  }

  #takeBackOne({ item_id: id, fields }: ChangeRow, leaveTrace: boolean): void {
    const item = this.#itemOnShelf(id)
    if (fields === null) {
      if (!leaveTrace && this.#stock.bulk.erase(id)) return
      // One that was lent or put in a disposal batch meanwhile has to stay.
      if (item && this.#holderOf(id) === undefined) this.#stock.bulk.remove(id)
      return
    }
    if (!item) return
    const now = inputOf(item) as Record<string, unknown>
    const before = Object.entries(JSON.parse(fields) as FieldChanges)
      // What somebody changed since is theirs.
      .filter(([name, [, after]]) => JSON.stringify(now[name] ?? null) === JSON.stringify(after))
      .map(([name, [was]]) => [
        name,
        name === 'custom' ? customAgain(item.custom, (was as ItemInput['custom']) ?? {}) : (was ?? emptyOf(name)),
      ])
    this.#stock.bulk.update(item, { ...inputOf(item), ...(Object.fromEntries(before) as Partial<ItemInput>) }, 'import')
  }

  #holderOf(id: number): ReturnType<ItemLookup['holderOf']> {
    if (this.#sql.isOnLoan.get(id) !== undefined) return 'onLoan'
    return this.#sql.isInBatch.get(id) === undefined ? undefined : 'inBatch'
  }

  #itemOnShelf(id: number): ItemView | undefined {
    try {
      return this.#stock.get(id)
    } catch (error) {
      if (error instanceof CodedError && error.code === 'stock.itemNotFound') return undefined
      throw error
    }
  }

  /** @throws CodedError `stock.nothingToUndo` */
  get(id: number): ImportRecord {
    const row = this.#sql.one.get(id)
    if (!row) throw new CodedError('stock.nothingToUndo', `no import ${id}`, {})
    return recordOf(row)
  }
}

const recordOf = ({ state, ...row }: ImportRow): ImportRecord => ({
  ...row,
  state: state === 'undone' ? 'undone' : 'done',
})

const columnOf = (field: ImportField): keyof ItemInput => {
  if (field === 'parentTag') return 'parentId'
  return field.startsWith('custom:') ? 'custom' : (field as keyof ItemInput)
}

/** What takes a value away where there was none. */
const emptyOf = (name: string): unknown => (['priceCents', 'memoryMiB', 'parentId'].includes(name) ? null : '')
