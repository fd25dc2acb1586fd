export const examPresets = ['web', 'openBook', 'programming', 'noNetwork'] as const
export type ExamPreset = (typeof examPresets)[number]

/** `exam`: the page of the exam that Amorce serves; `address`: a page on the whitelist; `applications`: programs. */
export const kioskKinds = ['exam', 'address', 'applications'] as const
export type KioskKind = (typeof kioskKinds)[number]

/** A host that machines of the exam may speak to, beside the server. */
export interface AllowedHost {
  /** A name, an IPv4 address or a network (`192.168.5.0/24`). */
  host: string
  /** TCP. */
  ports: number[]
  /** What its name meant when the rules were saved; itself when it is an address. Machines ask no DNS. */
  addresses: string[]
}

/** What the exam system of a boot profile lets a candidate do. */
export interface ExamRules {
  kiosk: KioskKind
  /** For `address`; also opened beside the programs when set. */
  url: string
  /** Programs by the name of their command: `code`, `libreoffice`, `evince`. */
  applications: string[]
  allowed: AllowedHost[]
  /** Candidates' programs reach nothing at all, not even the server: their work is sent by the agent alone. */
  offline: boolean
  /** A terminal may be among the programs. It is the candidate's, behind the same firewall. */
  terminal: boolean
  /** The machine waits on its lock screen until the sitting has begun. */
  lockUntilStart: boolean
  /** The machine is locked when the time is up. */
  lockAtEnd: boolean
  /** The folder `Travail` is sent this often; 0 for only when it is asked for and at the end. */
  autosaveMinutes: number
  /** MiB of memory that the candidate's files may take. */
  homeMb: number
  /** Of the keyboard, as X knows it: `fr`, `fr(bepo)`, `us`. */
  keyboard: string
}

export const presetRules: Record<ExamPreset, ExamRules> = {
  web: rules({ kiosk: 'address' }),
  openBook: rules({
    kiosk: 'applications',
    applications: ['chromium', 'libreoffice', 'evince', 'geany'],
  }),
  programming: rules({
    kiosk: 'applications',
    applications: ['geany', 'xterm'],
    terminal: true,
    autosaveMinutes: 3,
  }),
  noNetwork: rules({ kiosk: 'applications', applications: ['geany'], offline: true }),
}

function rules(changes: Partial<ExamRules>): ExamRules {
  return {
    kiosk: 'exam',
    url: '',
    applications: [],
    allowed: [],
    offline: false,
    terminal: false,
    lockUntilStart: true,
    lockAtEnd: true,
    autosaveMinutes: 5,
    homeMb: 512,
    keyboard: 'fr',
    ...changes,
  }
}
