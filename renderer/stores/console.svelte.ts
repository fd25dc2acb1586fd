import { createContext } from 'svelte'
import type { AmorceBridge, ViewUpdate, WireError } from '../../src/contract/index.ts'
import { candidateName, errorWords } from '../messages/sentences.ts'
import { t, words } from '../messages/words.svelte.ts'
import { BootChoices } from './bootChoices.svelte.ts'
import { Client } from './client.ts'
import { Connection } from './connection.svelte.ts'
import { Dhcp } from './dhcp.svelte.ts'
import { Media } from './media.svelte.ts'
import { Dropped } from './dropped.svelte.ts'
import { Exam } from './exam.svelte.ts'
import { ExamRulesDesk } from './examRules.svelte.ts'
import { Backups } from './backups.svelte.ts'
import { Imports } from './imports.svelte.ts'
import { Link } from './link.svelte.ts'
import { Labels } from './labels.svelte.ts'
import { Journal } from './journal.svelte.ts'
import { Leases } from './leases.svelte.ts'
import { Machines } from './machines.svelte.ts'
import { Milestones } from './milestones.svelte.ts'
import { Navigation } from './navigation.svelte.ts'
import { Now } from './now.svelte.ts'
import { Rooms } from './rooms.svelte.ts'
import { Papers } from './papers.svelte.ts'
import { Checks } from './checks.svelte.ts'
import { Pin } from './pin.svelte.ts'
import { PlanZoom } from './planZoom.svelte.ts'
import { Practice } from './practice.svelte.ts'
import { Packets } from './packets.svelte.ts'
import { Settings } from './settings.svelte.ts'
import { Sittings } from './sittings.svelte.ts'
import { Stock } from './stock.svelte.ts'
import { TftpClient } from './tftpClient.svelte.ts'
import { Toasts } from './toasts.svelte.ts'
import { Updates } from './updates.svelte.ts'
import { Transfers } from './transfers.svelte.ts'

/** Everything the screens share. Made once, handed down by context. */
export class Console {
  readonly now = new Now()
  readonly toasts = new Toasts()
  readonly navigation = new Navigation()
  readonly settings: Settings
  readonly bootChoices: BootChoices
  readonly exam: Exam
  readonly examRules: ExamRulesDesk
  readonly machines: Machines
  readonly sittings: Sittings
  readonly rooms: Rooms
  readonly planZoom: PlanZoom
  readonly stock: Stock
  readonly imports: Imports
  readonly backups: Backups
  readonly labels: Labels
  readonly link: Link
  readonly journal: Journal
  readonly leases: Leases
  readonly dhcp: Dhcp
  readonly packets: Packets
  readonly pin: Pin
  readonly updates: Updates
  readonly practice: Practice
  readonly checks: Checks
  readonly transfers: Transfers
  readonly tftpClient: TftpClient
  readonly papers: Papers
  readonly dropped: Dropped
  readonly media: Media
  readonly milestones: Milestones
  readonly connection: Connection

  constructor(bridge: AmorceBridge) {
    const client = new Client(
      bridge,
      (error) => this.report(error),
      () => this.pin.ask(),
    )
    this.settings = new Settings(client)
    this.bootChoices = new BootChoices(client)
    this.exam = new Exam(client, this.settings, this.navigation)
    this.examRules = new ExamRulesDesk(client)
    this.sittings = new Sittings(client, this.settings)
    this.machines = new Machines(client, (seatId) => {
      const candidate = this.sittings.candidateAt(seatId)
      return candidate && `${candidateName(candidate)} ${candidate.number}`
    })
    this.rooms = new Rooms(client, this.settings, this.sittings)
    this.planZoom = new PlanZoom(this.settings)
    this.stock = new Stock(client)
    this.imports = new Imports(client)
    this.backups = new Backups(client)
    this.labels = new Labels(client)
    this.link = new Link(client)
    this.journal = new Journal(client)
    this.leases = new Leases(client)
    this.dhcp = new Dhcp(client)
    this.packets = new Packets(client)
    this.pin = new Pin(client)
    this.updates = new Updates(client)
    this.practice = new Practice(client)
    this.checks = new Checks(client)
    this.transfers = new Transfers(client)
    this.tftpClient = new TftpClient(client)
    this.papers = new Papers(client)
    this.dropped = new Dropped(client)
    this.media = new Media(client)
    this.milestones = new Milestones(this.exam, this.machines)
    this.connection = new Connection(bridge, client, (update) => this.#apply(update))
  }

  /** Returns what ends it. */
  start(): () => void {
    const ends = [this.connection.start(), this.now.start()]
    void this.settings.loadInfo()
    return () => ends.forEach((end) => end())
  }

  report(error: WireError): void {
    const { title, remedy } = errorWords(error)
    this.toasts.show({ tone: 'red', title, text: remedy, detail: t('error.code', { code: error.code }) })
  }

  #apply(update: ViewUpdate): void {
    this.milestones.notice(update)
    this.settings.apply(update)
    words.language = this.settings.view.language
    this.machines.apply(update)
    this.exam.apply(update)
    this.bootChoices.apply(update)
    this.sittings.apply(update)
    this.rooms.apply(update)
    this.stock.apply(update)
    this.imports.apply(update)
    this.journal.apply(update)
    this.leases.apply(update)
    this.dhcp.apply(update)
    this.transfers.apply(update)
    this.tftpClient.apply(update)
    this.papers.apply(update)
    this.pin.apply(update)
    this.dropped.apply(update)
    this.media.apply(update)
  }
}

export const [useConsole, provideConsole] = createContext<Console>()
