import type { LabelDesign, LabelFormatView, LabelPreview, LabelRun } from '../../src/contract/index.ts'
import type { Client } from './client.ts'

/** What is printed on labels, as it was chosen last, and how it will look. */
export class Labels {
  design = $state.raw<LabelDesign>({ format: 'L7160', code: 'qr', lines: ['model', 'location'], owner: '', skip: 0 })
  formats = $state.raw<readonly LabelFormatView[]>([])
  preview = $state.raw<LabelPreview>()
  busy = $state(false)
  #question = 0
  readonly #client: Client

  constructor(client: Client) {
    this.#client = client
  }

  async loadFormats(): Promise<void> {
    if (this.formats.length === 0) this.formats = (await this.#client.ask('labels.formats', undefined))?.value ?? []
  }

  async show(run: LabelRun): Promise<void> {
    const question = ++this.#question
    const answer = await this.#client.ask('labels.preview', run)
    if (question === this.#question) this.preview = answer?.value
  }

  /** The path of the PDF; undefined when it was not saved. */
  async save(run: LabelRun): Promise<string | undefined> {
    this.busy = true
    const answer = await this.#client.ask('labels.save', run)
    this.busy = false
    return answer?.value ?? undefined
  }
}
