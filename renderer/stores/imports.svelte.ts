import type {
  ImportCounts,
  ImportDraft,
  ImportField,
  ItemImportLine,
  ImportProgress,
  ImportRecord,
  ImportSubject,
  ImportVerdict,
  TextEncodingName,
  Separator,
  ViewUpdate,
} from '../../src/contract/index.ts'
import type { Client } from './client.ts'

export type ImportStep = 'file' | 'columns' | 'check' | 'done'
const pageSize = 100

/** An import, from the file to its result. */
export class Imports {
  step = $state<ImportStep>('file')
  draft = $state.raw<ImportDraft>()
  mapping = $state.raw<readonly ImportField[]>([])
  counts = $state.raw<ImportCounts>()
  verdicts = $state.raw<readonly ImportVerdict[]>([])
  onlyProblems = $state(false)
  lines = $state.raw<readonly ItemImportLine[]>([])
  total = $state(0)
  progress = $state.raw<ImportProgress | null>(null)
  /** A command is under way. */
  busy = $state(false)
  record = $state.raw<ImportRecord>()
  history = $state.raw<readonly ImportRecord[]>([])
  readonly #client: Client

  constructor(client: Client) {
    this.#client = client
  }

  apply(update: ViewUpdate): void {
    if (update.importProgress !== undefined) this.progress = update.importProgress
  }

  async loadHistory(): Promise<void> {
    this.history = (await this.#client.ask('import.history', undefined))?.value ?? []
  }

  async open(): Promise<void> {
    await this.#while(async () => this.#take((await this.#client.ask('import.open', undefined))?.value))
  }

  /** The same file as lines of something else, in another encoding, with another separator or from another sheet. */
  async read(change: {
    subject?: ImportSubject
    encoding?: TextEncodingName
    separator?: Separator
    sheet?: string
  }): Promise<void> {
    const { subject, encoding, separator, sheet } = { ...this.draft, ...change }
    await this.#while(async () =>
      this.#take((await this.#client.ask('import.read', { subject, encoding, separator, sheet }))?.value),
    )
  }

  /** One field is said by one column only. */
  map(column: number, field: ImportField): void {
    this.mapping = this.mapping.map((other, index) => {
      if (index === column) return field
      return other === field && field !== 'ignore' ? 'ignore' : other
    })
  }

  async check(): Promise<void> {
    await this.#while(async () => {
      const answer = await this.#client.ask('import.check', { mapping: [...this.mapping] })
      if (!answer) return
      this.counts = answer.value
      this.verdicts = []
      this.onlyProblems = false
      this.step = 'check'
      await this.#page(0)
    })
  }

  async filter(verdicts: readonly ImportVerdict[], onlyProblems: boolean): Promise<void> {
    this.verdicts = verdicts
    this.onlyProblems = onlyProblems
    await this.#page(0)
  }

  more(): Promise<void> {
    return this.#page(this.lines.length)
  }

  async write(): Promise<void> {
    await this.#while(async () => {
      const answer = await this.#client.ask('import.apply', undefined)
      if (!answer) return
      this.record = answer.value
      this.step = 'done'
    })
  }

  async undo(id: number): Promise<boolean> {
    let done = false
    await this.#while(async () => {
      const answer = await this.#client.ask('import.undo', id)
      if (!answer) return
      done = true
      this.record = this.record?.id === id ? answer.value : this.record
      await this.loadHistory()
    })
    return done
  }

  cancel(): void {
    void this.#client.ask('import.cancel', undefined)
  }

  async saveTemplate(name: string): Promise<boolean> {
    return (await this.#client.ask('import.saveTemplate', { name, mapping: [...this.mapping] })) !== undefined
  }

  /** Forgets the template that this file's columns were taken from; answers what brings it back. */
  async forgetTemplate(): Promise<(() => Promise<void>) | undefined> {
    const { draft } = this
    if (draft?.template === undefined) return undefined
    const { template, mapping } = draft
    if (!(await this.#client.ask('import.removeTemplate', template))) return undefined
    this.draft = { ...draft, template: undefined }
    return async () => {
      if (!(await this.#client.ask('import.saveTemplate', { name: template, mapping }))) return
      if (this.draft?.id === draft.id) this.draft = { ...this.draft, template }
    }
  }

  /** Back to the beginning. */
  reset(): void {
    this.step = 'file'
    this.draft = undefined
    this.record = undefined
    this.lines = []
    void this.loadHistory()
  }

  #take(draft: ImportDraft | null | undefined): void {
    if (!draft) return
    this.draft = draft
    this.mapping = draft.mapping
    this.step = 'columns'
  }

  async #page(offset: number): Promise<void> {
    const query = { verdicts: [...this.verdicts], onlyProblems: this.onlyProblems, offset, limit: pageSize }
    const answer = await this.#client.ask('import.lines', query)
    if (!answer) return
    this.lines = offset === 0 ? answer.value.lines : [...this.lines, ...answer.value.lines]
    this.total = answer.value.total
  }

  async #while(task: () => Promise<void>): Promise<void> {
    if (this.busy) return
    this.busy = true
    try {
      await task()
    } finally {
      this.busy = false
    }
  }
}
