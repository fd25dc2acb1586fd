export const profileSystems = ['linux', 'windows', 'localDisk'] as const
export type ProfileSystem = (typeof profileSystems)[number]

/**
 * What a profile is for. A machine that is left alone goes back to `everyday` after an exam; a local disk started for an
 * `exam` is a Windows that Amorce prepared. Each has its words under `profilePurpose.<purpose>`.
 */
export const profilePurposes = ['exam', 'everyday', 'maintenance'] as const
export type ProfilePurpose = (typeof profilePurposes)[number]

/** What a profile is for unless a person says otherwise. */
export const usualPurpose: Readonly<Record<ProfileSystem, ProfilePurpose>> = {
  linux: 'exam',
  windows: 'maintenance',
  localDisk: 'everyday',
}

/** What Windows PE does on a machine by itself. Each has its words under `winpeTask.<task>`. */
export const winpeTasks = ['none', 'prepare', 'undo'] as const
export type WinpeTask = (typeof winpeTasks)[number]

/**
 * How a task ended, by the exit code of its batch file. Each has its words under `winpeResult.<result>`.
 *
 * - `failed`: what is not told apart.
 * - `noWindows`: no disk has a Windows that can be read; one behind BitLocker cannot.
 * - `severalWindows`: which of them is not guessed.
 * - `damaged`: the package is not the one that this laptop made.
 * - `notWritten`: the disk or its registry cannot be written to.
 * - `noPackage`: none was made on this laptop, or its last day is over.
 * - `nothingThere`: this Windows was never prepared.
 */
export const winpeResults = [
  'done',
  'failed',
  'noWindows',
  'severalWindows',
  'damaged',
  'notWritten',
  'noPackage',
  'nothingThere',
] as const
export type WinpeResult = (typeof winpeResults)[number]

export interface BootProfileView {
  id: number
  name: string
  system: ProfileSystem
  purpose: ProfilePurpose
  /** Path below the boot-file folder; empty for `localDisk`. */
  kernel: string
  initrds: string[]
  commandLine: string
  /** Of a `windows` profile; `none` for any other. */
  winpeTask: WinpeTask
  isDefault: boolean
  /** Files it names that are not there. */
  missing: string[]
}

/** Who vouches for a signer, as far as its name says. Each has its words under `signedBy.<authority>`. */
export const signingAuthorities = [
  /** Firmware has its key: what it signed starts by itself. */
  'microsoftUefi',
  'microsoftWindows',
  'debian',
  'canonical',
  /** A key of the school's own, or another distribution's. */
  'other',
  /** There is a signature that cannot be read. */
  'unreadable',
] as const
export type SigningAuthority = (typeof signingAuthorities)[number]

/** Who signed a UEFI program, as its signature says. */
export interface ProgramSigner {
  /** Empty where its certificate is not in the signature. */
  name: string
  issuer: string
  authority: SigningAuthority
}

export interface BootFileView {
  /** Path below the boot-file folder, with forward slashes. */
  path: string
  size: number
  modifiedAt: number
  /** `loader`: fetched at a pinned version and checked; `own`: added by the technician. */
  origin: 'loader' | 'own'
  /** For loaders: does the hash match the pinned one? */
  verified?: boolean
  /** Of a UEFI program, a kernel too; empty when nobody did. */
  signers?: ProgramSigner[]
}

export interface BootFilesView {
  folder: string
  files: BootFileView[]
  /** Pinned loaders that are not there or do not match. */
  missingLoaders: string[]
}
