import type {
  DhcpExportView,
  DhcpFault,
  DhcpHealthView,
  DhcpImportView,
  ExportFormat,
  KnownOptionView,
  SettingsInput,
  SettingsView,
  ViewUpdate,
} from '../../src/contract/index.ts'
import type { Client } from './client.ts'

/** What the DHCP service bears, and what it is to do: checked, brought in from another program, written for one. */
export class Dhcp {
  health = $state.raw<DhcpHealthView>({ otherServers: [], limited: 0, setAside: [] })
  knownOptions = $state.raw<readonly KnownOptionView[]>([])
  preview = $state.raw<DhcpImportView | null>(null)

  readonly #client: Client

  constructor(client: Client) {
    this.#client = client
  }

  apply(update: ViewUpdate): void {
    if (update.dhcpHealth) this.health = update.dhcpHealth
  }

  /** What keeps these settings from being served. */
  async check(input: SettingsInput): Promise<DhcpFault | null> {
    const { language: _, theme: __, nic: ___, roomName: ____, ...said } = input
    const reply = await this.#client.call('dhcp.check', said)
    return reply.ok ? reply.value : null
  }

  async loadKnownOptions(): Promise<void> {
    this.knownOptions = (await this.#client.ask('dhcp.knownOptions', undefined))?.value ?? []
  }

  async chooseImport(): Promise<void> {
    this.preview = (await this.#client.ask('dhcp.importPreview', undefined))?.value ?? null
  }

  /** How many reservations came with it, and the settings as they are now; undefined when it was refused. */
  async applyImport(): Promise<{ reservations: number; settings: SettingsView } | undefined> {
    return (await this.#client.ask('dhcp.importApply', undefined))?.value
  }

  async undoImport(): Promise<SettingsView | undefined> {
    return (await this.#client.ask('dhcp.importUndo', undefined))?.value
  }

  async export(format: ExportFormat): Promise<DhcpExportView | undefined> {
    return (await this.#client.ask('dhcp.export', format))?.value ?? undefined
  }
}
