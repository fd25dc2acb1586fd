import { readFile, writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import {
  CodedError,
  importSubjects,
  type ExportRequest,
  type ImportCounts,
  type ImportDraft,
  type ImportField,
  type ItemImportLine,
  type ImportLinePage,
  type ImportProgress,
  type ImportRecord,
  type ImportSubject,
  type ImportTemplate,
  type ImportVerdict,
  type ItemView,
  type Language,
} from '../contract/index.ts'
import {
  Cancelled,
  fold,
  itemRows,
  ConsumablePlanner,
  ItemPlanner,
  ReferencePlanner,
  largestFile,
  proposeConsumableMapping,
  proposeMapping,
  proposeReferenceMapping,
  subjectOf,
  unstopped,
  writeCsv,
  writeInventories,
  writeXlsx,
  type ConsumableImports,
  type ImportWork,
  type ItemImports,
  type ReadOptions,
  type ReferenceImports,
  type Table,
  type Work,
} from '../exchange/index.ts'
import type { Stock } from '../stock/index.ts'

export type ReadTable = (bytes: Uint8Array, options: ReadOptions) => Table | Promise<Table>

interface Draft {
  id: number
  file: string
  bytes: Uint8Array
  table: Table
  subject: ImportSubject
  mapping: ImportField[]
  planner?: Planner
}
type Planner = ItemPlanner | ConsumablePlanner | ReferencePlanner

const sampleRows = 5
const pageOfExport = 500

/** The import that a technician is at, one at a time, and exports. */
export class Exchange {
  readonly #stock: Stock
  readonly #imports: ItemImports
  readonly #consumables: ConsumableImports
  readonly #references: ReferenceImports
  readonly #readTable: ReadTable
  readonly #onProgress: () => void
  #draft: Draft | undefined
  #lastId = 0
  #job: AbortController | undefined
  progress: ImportProgress | null = null

  /** @param deps.onProgress told when `progress` is another */
  constructor(deps: {
    stock: Stock
    imports: ItemImports
    consumables: ConsumableImports
    references: ReferenceImports
    readTable: ReadTable
    onProgress: () => void
  }) {
    this.#stock = deps.stock
    this.#imports = deps.imports
    this.#consumables = deps.consumables
    this.#references = deps.references
    this.#readTable = deps.readTable
    this.#onProgress = deps.onProgress
  }

  /** @throws CodedError `exchange.busy`, `exchange.fileUnreadable`, `exchange.fileTooLarge`, `exchange.fileEmpty` */
  async open(paths: readonly string[]): Promise<ImportDraft> {
    this.#refuseWhileBusy()
    const [first = ''] = paths
    const file = basename(first)
    const bytes = await withFile(file, async () => {
      const contents = await Promise.all(paths.map((path) => readFile(path)))
      if (contents.reduce((sum, { length }) => sum + length, 0) > largestFile)
        throw new CodedError('exchange.fileTooLarge', 'too many bytes', {})
      return contents.length === 1 ? contents[0]! : together(contents)
    })
    return this.#take(file, bytes, {})
  }

  /** The same file, read in another way. */
  async read({ subject, ...options }: ReadOptions & { subject?: ImportSubject }): Promise<ImportDraft> {
    this.#refuseWhileBusy()
    const { file, bytes } = this.#mustHaveDraft()
    return this.#take(file, bytes, options, subject)
  }

  async #take(file: string, bytes: Uint8Array, options: ReadOptions, wanted?: ImportSubject): Promise<ImportDraft> {
    const table = await withFile(file, async () => this.#readTable(bytes, options))
    // An inventory is of computers.
    const seen = table.kind === 'inventory' ? 'items' : subjectOf(table.heads)
    const template = this.#imports
      .templates()
      .find(({ fields }) => isOf(fields, table.heads) && (wanted === undefined || subjectIn(fields) === wanted))
    const subject = wanted ?? (template ? subjectIn(template.fields) : seen)
    const { mapping, origin } = this.#propose(subject, table.heads)
    const remembered = template && mappingOf(template.fields, table.heads)
    this.#draft = { id: ++this.#lastId, file, bytes, table, subject, mapping: remembered ?? mapping }
    const { heads, rows, kind, encoding, separator, sheet, sheets } = table
    return {
      ...{ id: this.#draft.id, file, subject, kind, rows: rows.length, heads, mapping: this.#draft.mapping },
      ...{ encoding, separator, sheet, sheets, template: template?.name },
      origin: kind === 'inventory' ? 'glpiInventory' : origin,
      samples: heads.map((_, column) =>
        rows
          .map(({ cells }) => cells[column] ?? '')
          .filter(Boolean)
          .slice(0, sampleRows)
          .map((cell) => cell.slice(0, 80)),
      ),
    }
  }

  #propose(subject: ImportSubject, heads: readonly string[]): ReturnType<typeof proposeMapping> {
    if (subject === 'items') return proposeMapping(heads, this.#stock.types.fields(), this.#stock.types.list())
    return subject === 'consumables' ? proposeConsumableMapping(heads) : proposeReferenceMapping(heads, subject)
  }

  #plannerOf(subject: ImportSubject, table: Table, mapping: readonly ImportField[]): Planner {
    if (subject === 'items') return new ItemPlanner(table, mapping, this.#imports.lookup)
    return subject === 'consumables'
      ? new ConsumablePlanner(table, mapping, this.#consumables.lookup)
      : new ReferencePlanner(subject, table, mapping, this.#references.lookup(subject))
  }

  /** What each line would do. @throws CodedError `exchange.noDraft`, `exchange.busy`, `exchange.cancelled` */
  async check(mapping: readonly ImportField[]): Promise<ImportCounts> {
    const draft = this.#mustHaveDraft()
    draft.mapping = draft.table.heads.map((_, column) => mapping[column] ?? 'ignore')
    draft.planner = undefined
    const { table, subject } = draft
    const planner = this.#plannerOf(subject, table, draft.mapping)
    await this.#work('checking', planner.total, (work, tell) =>
      this.#imports.check(planner, { ...work, onSlice: () => tell(planner.done) }),
    )
    draft.planner = planner
    return countsOf(planner.lines)
  }

  lines(query: { verdicts: ImportVerdict[]; onlyProblems: boolean; offset: number; limit: number }): ImportLinePage {
    const all = this.#mustHaveDraft().planner?.lines ?? []
    const lines = all.filter(
      ({ verdict, problems }) =>
        (query.verdicts.length === 0 || query.verdicts.includes(verdict)) &&
        (!query.onlyProblems || problems.length > 0),
    )
    return { lines: lines.slice(query.offset, query.offset + query.limit), total: lines.length }
  }

  /** @throws CodedError `exchange.noDraft`, `exchange.busy`, `exchange.cancelled`, and what the stock has against a line */
  async apply(): Promise<ImportRecord> {
    const draft = this.#mustHaveDraft()
    const { planner } = draft
    if (!planner) throw new CodedError('exchange.noDraft', 'nothing was checked', {})
    let done = 0
    let isUndoing = false
    const record = await this.#work('writing', planner.writes.length, async (work, tell) => {
      const writing: ImportWork = {
        ...work,
        onSlice: () => {
          if (!isUndoing) tell(done)
        },
        onWritten: (count) => (done = count),
        onUndo: () => {
          isUndoing = true
          this.#tell({ step: 'undoing', done: 0, total: 0 })
        },
      }
      if (planner instanceof ItemPlanner) return this.#imports.apply(draft.file, planner.writes, writing)
      const id =
        planner instanceof ConsumablePlanner
          ? await this.#consumables.apply(draft.file, planner.writes, writing)
          : await this.#references.apply(draft.file, planner.subject, planner.writes, writing)
      return this.#imports.get(id)
    })
    this.#draft = undefined
    return record
  }

  cancel(): void {
    if (this.#job) this.#job.abort()
    else this.#draft = undefined
  }

  /** @throws CodedError `exchange.busy`, `stock.nothingToUndo` */
  undo(id: number): Promise<ImportRecord> {
    // Stopped half way it would be neither: it goes to its end.
    return this.#work('undoing', 0, async (work) => {
      const others = [this.#consumables, this.#references].find((imports) => imports.has(id))
      if (!others) return this.#imports.undo(id, unstopped(work))
      await others.undo(id, unstopped(work))
      return this.#imports.get(id)
    })
  }

  history(): ImportRecord[] {
    return this.#imports.history()
  }
  templates(): ImportTemplate[] {
    return this.#imports.templates()
  }
  /** @throws CodedError `exchange.noDraft` */
  saveTemplate(name: string, mapping: readonly ImportField[]): ImportTemplate[] {
    const { heads } = this.#mustHaveDraft().table
    this.#imports.saveTemplate(
      name,
      heads.map((head, column) => ({ head, field: mapping[column] ?? 'ignore' })),
    )
    return this.templates()
  }
  removeTemplate(name: string): ImportTemplate[] {
    this.#imports.removeTemplate(name)
    return this.templates()
  }

  /** Writes every item that a list shows. @throws CodedError `file.notWritten` */
  async export({ format, filter, sort, descending }: ExportRequest, path: string, language: Language): Promise<void> {
    const items: ItemView[] = []
    for (let total = 1; items.length < total;) {
      const page = this.#stock.list({ ...filter, sort, descending, offset: items.length, limit: pageOfExport })
      items.push(...page.items)
      total = page.items.length === 0 ? 0 : page.total
      await new Promise((resolve) => setImmediate(resolve))
    }
    const words = { types: this.#stock.types.list(), customFields: this.#stock.types.fields() }
    const content = {
      csv: () => writeCsv(itemRows(items, language, words), language),
      xlsx: () => writeXlsx(itemRows(items, language, words), language === 'fr' ? 'Matériels' : 'Items'),
      glpi: () => writeInventories(items),
    }[format]()
    try {
      await writeFile(path, content)
    } catch (error) {
      throw new CodedError('file.notWritten', String(error), { file: basename(path), reason: String(error) })
    }
  }

  #mustHaveDraft(): Draft {
    if (!this.#draft) throw new CodedError('exchange.noDraft', 'no file is open', {})
    return this.#draft
  }

  #refuseWhileBusy(): void {
    if (this.#job) throw new CodedError('exchange.busy', 'an import is under way', {})
  }

  async #work<T>(
    step: ImportProgress['step'],
    total: number,
    task: (work: Work, tell: (done: number) => void) => Promise<T>,
  ): Promise<T> {
    this.#refuseWhileBusy()
    const job = (this.#job = new AbortController())
    this.#tell({ step, done: 0, total })
    try {
      return await task({ signal: job.signal, onSlice: () => undefined }, (done) => this.#tell({ step, done, total }))
    } catch (error) {
      if (error instanceof Cancelled) throw new CodedError('exchange.cancelled', 'stopped by a person', {})
      throw error
    } finally {
      this.#job = undefined
      this.#tell(null)
    }
  }

  #tell(progress: ImportProgress | null): void {
    this.progress = progress
    this.#onProgress()
  }
}

/** What went wrong with a file is told with its name. */
async function withFile<T>(file: string, task: () => Promise<T>): Promise<T> {
  try {
    return await task()
  } catch (error) {
    if (error instanceof CodedError) throw new CodedError(error.code, error.message, { ...error.details, file })
    throw new CodedError('exchange.fileUnreadable', String(error), { file })
  }
}

/** Several inventories as a list of them. */
const together = (contents: readonly Buffer[]): Buffer =>
  Buffer.from(`[${contents.map((content) => content.toString('utf8').replace(/^\ufeff/, '')).join(',')}]`)

const isOf = (fields: ImportTemplate['fields'], heads: readonly string[]): boolean =>
  fields.length === heads.length && fields.every(({ head }, column) => fold(head) === fold(heads[column] ?? ''))

/** What the lines are whose columns were remembered so. */
function subjectIn(fields: ImportTemplate['fields']): ImportSubject {
  const prefixes = new Set(fields.map(({ field }) => field.split(':')[0]))
  if (prefixes.has('consumable')) return 'consumables'
  return importSubjects.find((subject) => prefixes.has(subject)) ?? 'items'
}

const mappingOf = (fields: ImportTemplate['fields'], heads: readonly string[]): ImportField[] =>
  heads.map((_, column) => fields[column]?.field ?? 'ignore')

function countsOf(lines: readonly ItemImportLine[]): ImportCounts {
  const counts: ImportCounts = { added: 0, changed: 0, unchanged: 0, refused: 0, warnings: 0 }
  for (const { verdict, problems } of lines) {
    counts[verdict]++
    if (verdict !== 'refused' && problems.length > 0) counts.warnings++
  }
  return counts
}
