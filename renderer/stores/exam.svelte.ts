import type {
  ExamView,
  NicView,
  PreflightView,
  Remedy,
  ServiceName,
  ServiceView,
  ViewUpdate,
} from '../../src/contract/index.ts'
import type { Client } from './client.ts'
import { examFace } from './examFace.ts'
import type { Navigation } from './navigation.svelte.ts'
import type { Settings } from './settings.svelte.ts'

const idle: ExamView = { phase: 'idle', simulated: false }

/** Exam mode: its phase, the NICs it may use, the checks before it starts and the services it runs. */
export class Exam {
  view = $state.raw<ExamView>(idle)
  nics = $state.raw<readonly NicView[]>([])
  services = $state.raw<readonly ServiceView[]>([])
  preflight = $state.raw<PreflightView>()
  /** The remedy being applied, so that its button shows it. */
  remedyAtWork = $state<Remedy['id']>()

  readonly #client: Client
  readonly #settings: Settings
  readonly #navigation: Navigation
  #checkedFor = ''

  readonly chosenNic = $derived.by(() => this.nics.find((nic) => nic.name === this.#settings.view.nic))
  readonly face = $derived.by(() => examFace(this.view, this.#settings.view.nic, this.nics, this.preflight))
  readonly isRunning = $derived(this.view.phase === 'running')
  readonly isBusy = $derived(this.view.phase !== 'running' && this.view.phase !== 'idle')

  constructor(client: Client, settings: Settings, navigation: Navigation) {
    this.#client = client
    this.#settings = settings
    this.#navigation = navigation
  }

  apply(update: ViewUpdate): void {
    if (update.exam || update.full) this.view = update.exam ?? idle
    if (update.nics || update.full) this.nics = update.nics ?? []
    if (update.services || update.full) this.services = update.services ?? []
    if (update.preflight || update.full) this.preflight = update.preflight
    this.#checkWhenTheNicChanged()
  }

  /** Checks are only worth what the NIC was when they ran: another NIC, link or address asks for new ones. */
  #checkWhenTheNicChanged(): void {
    const nic = this.chosenNic
    if (!nic || this.view.phase !== 'idle') return
    const state = JSON.stringify([nic.name, nic.link, nic.addresses])
    if (state === this.#checkedFor) return
    this.#checkedFor = state
    void this.check()
  }

  chooseNic(name: string): Promise<unknown> {
    return this.#client.ask('nic.choose', name)
  }

  check(): Promise<unknown> {
    return this.#client.ask('exam.preflight', undefined)
  }

  /** Starts; a refusal by the checks opens them, with their remedies. */
  async start(acceptWarnings = false): Promise<void> {
    this.#navigation.preflightOpen = false
    const reply = await this.#client.call('exam.start', { acceptWarnings })
    if (reply.ok) this.#navigation.place = 'exam'
    else this.#navigation.preflightOpen = true
  }

  async startDemo(): Promise<void> {
    if (await this.#client.ask('exam.startDemo', undefined)) this.#navigation.place = 'exam'
  }

  stop(): Promise<unknown> {
    return this.#client.ask('exam.stop', undefined)
  }

  async resume(): Promise<void> {
    if (await this.#client.ask('exam.resume', undefined)) this.#navigation.place = 'exam'
  }

  discard(): Promise<unknown> {
    return this.#client.ask('exam.discard', undefined)
  }

  restartService(name: ServiceName): Promise<unknown> {
    return this.#client.ask('service.restart', name)
  }

  async applyRemedy(remedy: Remedy): Promise<void> {
    switch (remedy.id) {
      case 'chooseNic':
        this.#navigation.preflightOpen = false
        this.#navigation.nicChooserOpen = true
        return
      case 'openNetworkSettings':
        return this.#navigation.openSettings('network')
      case 'chooseProfile':
        this.#navigation.openSettings('profiles')
        return
      case 'openBootFiles':
        this.#navigation.openSettings('files')
        return
      case 'retry':
        await this.check()
        return
      case 'fetchBootFiles':
        await this.#work(remedy.id, () => this.#client.ask('bootFiles.fetchLoaders', undefined))
        return
      case 'openFirewall': {
        const nic = String(remedy.details['nic'] ?? this.#settings.view.nic)
        await this.#work(remedy.id, () => this.#client.ask('firewall.open', nic))
        return
      }
      case 'setAddress': {
        const { nic, address, prefix } = remedy.details
        const target = { nic: String(nic ?? this.#settings.view.nic), address: String(address), prefix: Number(prefix) }
        await this.#work(remedy.id, () => this.#client.ask('nic.setAddress', target))
      }
    }
  }

  async #work(id: Remedy['id'], task: () => Promise<unknown>): Promise<void> {
    this.remedyAtWork = id
    const done = await task()
    this.remedyAtWork = undefined
    if (done) await this.check()
  }
}
