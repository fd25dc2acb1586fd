import {
  labelLinesOf,
  type LabelDesign,
  type LabelFormatView,
  type LabelLine,
  type LabelPreview,
  type LabelRun,
  type LabelSource,
  type Labelled,
} from '../../src/contract/index.ts'
import type { Client } from './client.ts'

/** What is printed on labels, as it was chosen last, and how it will look. */
export class Labels {
  /** What labels are being made of, while their dialogue is open. */
  source = $state.raw<LabelSource>()
  look = $state.raw<Omit<LabelDesign, 'lines'>>({ format: 'L7160', code: 'qr', owner: '', skip: 0 })
  lines = $state.raw<Readonly<Record<Labelled, readonly LabelLine[]>>>({
    items: ['model', 'location'],
    consumables: ['reference', 'printers'],
    locations: ['within', 'placeCode'],
  })
  formats = $state.raw<readonly LabelFormatView[]>([])
  preview = $state.raw<LabelPreview>()
  busy = $state(false)
  #question = 0
  readonly #client: Client

  constructor(client: Client) {
    this.#client = client
  }

  open(source: LabelSource): void {
    this.preview = undefined
    this.source = source
    void this.#loadFormats()
  }

  close(): void {
    this.source = undefined
  }

  toggleLine(of: Labelled, line: LabelLine): void {
    const chosen = this.lines[of]
    const all: readonly LabelLine[] = labelLinesOf[of]
    const next = all.filter((other) => (other === line ? !chosen.includes(line) : chosen.includes(other)))
    this.lines = { ...this.lines, [of]: next }
  }

  async show(): Promise<void> {
    const run = this.#run()
    const question = ++this.#question
    const answer = run && (await this.#client.ask('labels.preview', run))
    if (question === this.#question) this.preview = answer?.value
  }

  /** The path of the PDF; undefined when it was not saved. */
  async save(): Promise<string | undefined> {
    const run = this.#run()
    if (!run) return undefined
    this.busy = true
    const answer = await this.#client.ask('labels.save', run)
    this.busy = false
    return answer?.value ?? undefined
  }

  #run(): LabelRun | undefined {
    const { source, look, lines } = this
    return source && { source, design: { ...look, lines: [...lines[source.of]] } }
  }

  async #loadFormats(): Promise<void> {
    if (this.formats.length === 0) this.formats = (await this.#client.ask('labels.formats', undefined))?.value ?? []
  }
}
