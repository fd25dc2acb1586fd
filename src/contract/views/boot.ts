export const profileSystems = ['linux', 'windows', 'localDisk'] as const
export type ProfileSystem = (typeof profileSystems)[number]

export interface BootProfileView {
  id: number
  name: string
  system: ProfileSystem
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
