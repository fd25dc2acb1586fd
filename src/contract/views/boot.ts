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

export interface BootProfileView {
  id: number
  name: string
  system: ProfileSystem
  purpose: ProfilePurpose
  /** Path below the boot-file folder; empty for `localDisk`. */
  kernel: string
  initrds: string[]
  commandLine: string
  isDefault: boolean
  /** Files it names that are not there. */
  missing: string[]
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
}

export interface BootFilesView {
  folder: string
  files: BootFileView[]
  /** Pinned loaders that are not there or do not match. */
  missingLoaders: string[]
}
