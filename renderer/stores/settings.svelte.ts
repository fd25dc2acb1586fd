import {
  defaultDhcpChoices,
  type AppInfo,
  type BootFilesView,
  type BootProfileView,
  type ProfileInput,
  type Reply,
  type SettingsInput,
  type SettingsView,
  type ViewUpdate,
  type WindowsKitInput,
  type WindowsKitView,
} from '../../src/contract/index.ts'
import type { Client } from './client.ts'

const initial: SettingsView = {
  language: 'fr',
  theme: 'system',
  guideDone: true,
  roomName: '',
  invigilator: '',
  roomId: 0,
  planZooms: {},
  nic: '',
  technician: '',
  stockNotifications: true,
  poolStart: '',
  poolEnd: '',
  leaseSeconds: 3600,
  httpPort: 8080,
  httpsPort: 0,
  tftpSinglePort: false,
  tftpMaxBlockSize: 1468,
  tftpUploads: false,
  tftpUploadMaxMb: 64,
  tftpUploadMaxFiles: 100,
  incidentAlerts: true,
  retentionDays: 0,
  windowsKit: null,
  expectedMachines: 0,
  ...defaultDhcpChoices,
}

/** The technician's choices, the boot profiles and the boot files. */
export class Settings {
  view = $state.raw<SettingsView>(initial)
  profiles = $state.raw<readonly BootProfileView[]>([])
  bootFiles = $state.raw<BootFilesView>()
  info = $state.raw<AppInfo>()
  fetchingLoaders = $state(false)

  readonly #client: Client

  constructor(client: Client) {
    this.#client = client
  }

  apply(update: ViewUpdate): void {
    if (update.settings) this.view = update.settings
    if (update.profiles || update.full) this.profiles = update.profiles ?? []
    if (update.bootFiles) this.bootFiles = update.bootFiles
  }

  async loadInfo(): Promise<void> {
    this.info = (await this.#client.ask('app.info', undefined))?.value
  }

  async loadBootFiles(): Promise<void> {
    this.bootFiles = (await this.#client.ask('bootFiles.list', undefined))?.value ?? this.bootFiles
  }

  /** Saves a few settings; the answer tells what was refused. */
  async save(input: SettingsInput): Promise<Reply<SettingsView>> {
    const reply = await this.#client.call('settings.save', input)
    if (reply.ok) this.view = reply.value
    return reply
  }

  /** For switches that act at once: an error becomes a notification. */
  async set(input: SettingsInput): Promise<void> {
    const saved = await this.#client.ask('settings.save', input)
    if (saved) this.view = saved.value
  }

  saveProfile(profile: ProfileInput, id?: number): Promise<Reply<BootProfileView>> {
    return id === undefined
      ? this.#client.call('profile.add', profile)
      : this.#client.call('profile.update', { id, profile })
  }

  removeProfile(id: number): Promise<unknown> {
    return this.#client.ask('profile.remove', id)
  }

  makeDefault(id: number): Promise<unknown> {
    return this.#client.ask('profile.makeDefault', id)
  }

  /** Undefined when it was not made. */
  async makeWindowsKit(input: WindowsKitInput): Promise<WindowsKitView | undefined> {
    return (await this.#client.ask('windowsKit.make', input))?.value ?? undefined
  }

  async addFiles(): Promise<void> {
    const added = await this.#client.ask('bootFiles.add', undefined)
    if (added) this.bootFiles = added.value
  }

  /** @returns whether they were fetched. */
  async fetchLoaders(): Promise<boolean> {
    this.fetchingLoaders = true
    const fetched = await this.#client.ask('bootFiles.fetchLoaders', undefined)
    this.fetchingLoaders = false
    if (fetched) this.bootFiles = fetched.value
    return fetched !== undefined
  }

  async removeFile(path: string): Promise<boolean> {
    const removed = await this.#client.ask('bootFiles.remove', path)
    if (removed) this.bootFiles = removed.value
    return removed !== undefined
  }

  openFolder(): Promise<unknown> {
    return this.#client.ask('bootFiles.openFolder', undefined)
  }
}
