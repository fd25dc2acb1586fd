import { SvelteSet } from 'svelte/reactivity'
import type {
  CandidateInput,
  CandidateView,
  CommandInput,
  IncidentView,
  Presence,
  PrintKind,
  Reply,
  ReportFilesView,
  RosterFileView,
  RosterPreview,
  SeatingInput,
  SittingEntry,
  SittingInput,
  SittingView,
  TimelineView,
  ViewUpdate,
} from '../../src/contract/index.ts'
import { soundAlarm } from './alarm.ts'
import type { Client } from './client.ts'
import type { Settings } from './settings.svelte.ts'

export type SittingStep = 'begin' | 'pause' | 'goOn' | 'close' | 'archive' | 'anonymise' | 'takeBack'

/** The sittings, their candidates and incidents; which candidates are chosen to have something done to them. */
export class Sittings {
  all = $state.raw<readonly SittingView[]>([])
  incidents = $state.raw<readonly IncidentView[]>([])
  /** The one whose page is open in the place of sittings. */
  openId = $state<number | null>(null)
  incidentsOpen = $state(false)
  /** Candidates of the held sitting. */
  readonly chosen = new SvelteSet<number>()
  /** A click on a seat chooses its candidate. */
  isChoosing = $state(false)
  readonly #client: Client
  readonly #settings: Settings

  /** Where several are held, or one is held while another is ready: the one that the bar is about. */
  chosenId = $state<number | null>(null)

  /** What is held now, and what was prepared to be held next. */
  readonly allHeld = $derived.by(() => this.all.filter(({ state }) => state === 'running' || state === 'paused'))
  readonly current = $derived.by(() => [...this.allHeld, ...this.all.filter(({ state }) => state === 'ready')])
  readonly held = $derived.by(() => this.allHeld.find(({ id }) => id === this.chosenId) ?? this.allHeld[0])
  readonly next = $derived.by(() => this.current.find(({ id }) => id === this.chosenId) ?? this.held ?? this.current[0])
  readonly open = $derived.by(() => this.all.find(({ id }) => id === this.openId))
  readonly unread = $derived.by(() => this.incidents.filter(({ acknowledgedAt }) => acknowledgedAt === undefined))

  readonly #bySeat = $derived.by(() => {
    const inView = this.next
    const found: [number, SittingView][] = []
    for (const sitting of [...this.allHeld, ...(inView ? [inView] : [])])
      for (const { seatId } of sitting.candidates) if (seatId !== undefined) found.push([seatId, sitting])
    return new Map(found)
  })

  constructor(client: Client, settings: Settings) {
    this.#client = client
    this.#settings = settings
  }

  apply(update: ViewUpdate): void {
    if (update.sittings) {
      this.all = update.sittings
      const present = new Set(this.next?.candidates.map(({ id }) => id))
      for (const id of this.chosen) if (!present.has(id)) this.chosen.delete(id)
    }
    if (update.incidents) {
      if (!update.full) this.#alarm(update.incidents)
      this.incidents = update.incidents
    }
  }

  setChoosing(isChoosing: boolean): void {
    this.isChoosing = isChoosing
    if (!isChoosing) this.chosen.clear()
  }

  /** The one that somebody at this seat sits: what is in view first, then what is held beside it. */
  sittingAt(seatId: number | undefined): SittingView | undefined {
    if (seatId === undefined) return undefined
    return this.#bySeat.get(seatId)
  }

  candidateAt(seatId: number | undefined): CandidateView | undefined {
    return this.sittingAt(seatId)?.candidates.find((candidate) => candidate.seatId === seatId)
  }

  save(sitting: SittingInput, id?: number): Promise<Reply<SittingView>> {
    return id === undefined
      ? this.#client.call('sitting.add', sitting)
      : this.#client.call('sitting.update', { id, sitting, who: this.who })
  }

  async step(step: SittingStep, id: number): Promise<boolean> {
    return (await this.#client.ask(`sitting.${step}`, { id, who: this.who })) !== undefined
  }

  async duplicate(id: number): Promise<SittingView | undefined> {
    return (await this.#client.ask('sitting.duplicate', id))?.value
  }

  async remove(id: number): Promise<boolean> {
    return (await this.#client.ask('sitting.remove', id)) !== undefined
  }

  async journal(id: number): Promise<{ entries: SittingEntry[]; intact: boolean } | undefined> {
    return (await this.#client.ask('sitting.journal', id))?.value
  }

  readRoster(sittingId: number, text: string): Promise<Reply<RosterPreview>> {
    return this.#client.call('roster.read', { sittingId, text })
  }

  /** Undefined when it was cancelled or cannot be read. */
  async readRosterFile(sittingId: number, sheet?: string): Promise<RosterFileView | undefined> {
    const again = sheet === undefined ? undefined : { sheet }
    return (await this.#client.ask('roster.file', { sittingId, again }))?.value ?? undefined
  }

  /** How many machines were called. */
  async wake(id: number): Promise<number | undefined> {
    return (await this.#client.ask('sitting.wake', id))?.value
  }

  async checkIn(sittingId: number, ticket: string): Promise<CandidateView | undefined> {
    return (await this.#client.ask('candidate.checkIn', { sittingId, ticket, who: this.who }))?.value
  }

  async forgetCandidate(sittingId: number, candidateId: number): Promise<boolean> {
    return this.#act('candidate.forget', { sittingId, candidateId, who: this.who })
  }

  async toIntervention(id: number): Promise<number | undefined> {
    return (await this.#client.ask('incident.toIntervention', { id, who: this.who }))?.value
  }

  /** Where it was saved; undefined when it was not. */
  async print(sittingId: number, kind: PrintKind): Promise<string | undefined> {
    return (await this.#client.ask('print.save', { sittingId, kind }))?.value ?? undefined
  }

  async saveReport(sittingId: number): Promise<ReportFilesView | undefined> {
    return (await this.#client.ask('report.save', sittingId))?.value ?? undefined
  }

  async timeline(sittingId: number): Promise<TimelineView | undefined> {
    return (await this.#client.ask('timeline.read', sittingId))?.value
  }

  async takeRoster(sittingId: number, candidates: CandidateInput[]): Promise<boolean> {
    return (await this.#client.ask('roster.take', { sittingId, candidates })) !== undefined
  }

  saveCandidate(id: number, candidate: CandidateInput): Promise<Reply<CandidateView>> {
    return this.#client.call('candidate.update', { id, candidate })
  }

  async removeCandidate(id: number): Promise<boolean> {
    return (await this.#client.ask('candidate.remove', id)) !== undefined
  }

  async seat(candidateId: number, seatId: number | null): Promise<boolean> {
    return (await this.#client.ask('candidate.seat', { candidateId, seatId, who: this.who })) !== undefined
  }

  async assign(seating: SeatingInput): Promise<boolean> {
    return (await this.#client.ask('seating.assign', seating)) !== undefined
  }

  setPresence(sittingId: number, candidateIds: number[], presence: Presence): Promise<boolean> {
    return this.#act('candidate.presence', { sittingId, candidateIds, presence, who: this.who })
  }

  extend(sittingId: number, candidateIds: number[], minutes: number): Promise<boolean> {
    return this.#act('candidate.extend', { sittingId, candidateIds, minutes, who: this.who })
  }

  lock(sittingId: number, candidateIds: number[], reason: string): Promise<boolean> {
    return this.#act('candidate.lock', { sittingId, candidateIds, reason, who: this.who })
  }

  unlock(sittingId: number, candidateIds: number[]): Promise<boolean> {
    return this.#act('candidate.unlock', { sittingId, candidateIds, who: this.who })
  }

  tell(sittingId: number, candidateIds: number[], text: string): Promise<boolean> {
    return this.#act('candidate.message', { sittingId, candidateIds, text, who: this.who })
  }

  power(sittingId: number, candidateIds: number[], action: 'reboot' | 'powerOff'): Promise<boolean> {
    return this.#act('candidate.power', { sittingId, candidateIds, action, who: this.who })
  }

  note(candidateId: number, note: string): Promise<boolean> {
    return this.#act('candidate.note', { candidateId, note, who: this.who })
  }

  addIncident(incident: Omit<CommandInput<'incident.add'>, 'who'>): Promise<boolean> {
    return this.#act('incident.add', { ...incident, who: this.who })
  }

  acknowledge(id: number, comment: string): Promise<boolean> {
    return this.#act('incident.acknowledge', { id, comment, who: this.who })
  }

  /** Who is at the console, for the journal of a sitting. */
  get who(): string {
    return this.#settings.view.invigilator
  }

  /** Heard across the room, once for all that came together. */
  #alarm(incidents: readonly IncidentView[]): void {
    const last = Math.max(0, ...this.incidents.map(({ id }) => id))
    const isNew = incidents.some(({ id, severity, kind }) => id > last && severity !== 'info' && kind !== 'byHand')
    if (isNew && this.#settings.view.incidentAlerts) soundAlarm()
  }

  async #act<Name extends Parameters<Client['ask']>[0]>(name: Name, input: CommandInput<Name>): Promise<boolean> {
    return (await this.#client.ask(name, input)) !== undefined
  }
}
