import type { PapersView, SeatPapersView, ViewUpdate } from '../../src/contract/index.ts'
import type { Client } from './client.ts'

/** Exam papers and work: asked for while they are looked at, and again when anything changed. */
export class Papers {
  view = $state.raw<PapersView>()
  search = $state('')
  /** The seat whose work is listed. */
  open = $state<string | null>(null)
  #isOpen = false
  #asking = false
  #askAgain = false
  #revision: number | undefined
  readonly #client: Client

  readonly seats = $derived.by(() => {
    const wanted = this.search.trim().toLowerCase()
    const all = this.view?.seats ?? []
    return wanted ? all.filter((seat) => holds(seat, wanted)) : all
  })
  readonly answered = $derived.by(() => {
    const number = this.view?.round.number ?? 0
    return (this.view?.seats ?? []).filter(({ works }) => works.some((work) => work.round >= number)).length
  })

  constructor(client: Client) {
    this.#client = client
  }

  apply(update: ViewUpdate): void {
    if (update.papersRevision === undefined || update.papersRevision === this.#revision) return
    this.#revision = update.papersRevision
    this.refresh()
  }

  /** While it is looked at, it follows what happens. Returns what closes it. */
  follow(): () => void {
    this.#isOpen = true
    this.refresh()
    return () => (this.#isOpen = false)
  }

  refresh(): void {
    if (this.#asking) this.#askAgain = true
    else if (this.#isOpen) void this.#ask()
  }

  /** @param sittingId at whose start signal they are handed out; at once when absent. */
  async add(sittingId?: number): Promise<void> {
    if (await this.#client.ask('papers.addSubjects', { targets: ['all'], sittingId })) this.refresh()
  }

  async handTo(id: number, target: string): Promise<void> {
    if (await this.#client.ask('papers.setTargets', { id, targets: [target] })) this.refresh()
  }

  /** Answers what takes it back, or undefined when it was refused. */
  async remove(id: number): Promise<(() => void) | undefined> {
    if (!(await this.#client.ask('papers.removeSubject', id))) return undefined
    return () => void this.#client.ask('papers.restoreSubject', id)
  }

  async collect(isFinal: boolean): Promise<boolean> {
    return (await this.#client.ask('papers.collect', { isFinal })) !== undefined
  }

  every(minutes: number): Promise<unknown> {
    return this.#client.ask('papers.collectEvery', minutes)
  }

  openFolder(): Promise<unknown> {
    return this.#client.ask('papers.openFolder', undefined)
  }

  /** Where it was saved; undefined when it was not. */
  async exportZip(): Promise<string | undefined> {
    return (await this.#client.ask('papers.exportZip', undefined))?.value ?? undefined
  }

  async #ask(): Promise<void> {
    this.#asking = true
    do {
      this.#askAgain = false
      const reply = await this.#client.ask('papers.view', undefined)
      if (reply) this.view = reply.value
    } while (this.#askAgain && this.#isOpen)
    this.#asking = false
  }
}

const holds = ({ seat, mac, group, works }: SeatPapersView, wanted: string): boolean =>
  [seat, mac, group, ...works.flatMap(({ name, candidate }) => [name, candidate])].some((text) =>
    text?.toLowerCase().includes(wanted),
  )
