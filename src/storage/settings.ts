import { defaultDhcpChoices, settingsInputSchema, type SettingsInput, type SettingsView } from '../contract/index.ts'
import type { Database } from './database.ts'

export const defaultSettings: SettingsView = {
  language: 'fr',
  theme: 'system',
  guideDone: false,
  roomName: '',
  invigilator: '',
  roomId: 0,
  planZooms: {},
  nic: '',
  technician: '',
  stockNotifications: true,
  poolStart: '',
  poolEnd: '',
  leaseSeconds: 8 * 3600,
  httpPort: 8067,
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

/** The technician's settings. A stored value that is no longer valid counts as not set. */
export class Settings {
  readonly #save
  readonly #database: Database
  #current: SettingsView

  constructor(database: Database, defaults: Partial<SettingsView> = {}) {
    this.#database = database
    this.#save = database.prepare<[string, string]>(
      'INSERT INTO settings (key, value) VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value',
    )
    this.#current = { ...defaultSettings, ...defaults, ...stored(database) }
  }

  get current(): SettingsView {
    return this.#current
  }

  save(changes: SettingsInput): SettingsView {
    const given = Object.entries(changes).filter(([, value]) => value !== undefined)
    this.#database.transaction(() => {
      for (const [key, value] of given) this.#save.run(key, JSON.stringify(value))
    })()
    this.#current = { ...this.#current, ...Object.fromEntries(given) }
    return this.#current
  }
}

function stored(database: Database): SettingsInput {
  const rows = database.prepare<[], { key: string; value: string }>('SELECT key, value FROM settings').all()
  const valid = rows.flatMap(({ key, value }) => {
    const parsed = settingsInputSchema.safeParse({ [key]: JSON.parse(value) as unknown })
    return parsed.success ? Object.entries(parsed.data) : []
  })
  return Object.fromEntries(valid)
}
