import type { UpdateFile } from './manifest.ts'

/** A release that was checked and copied, in a folder of this computer's. */
export interface StagedUpdate {
  /** With the manifest, its signature and the file. */
  folder: string
  file: UpdateFile
}

/** How one kind of installation is replaced. */
export interface Installer {
  install(update: StagedUpdate): Promise<void>
  /** Whether the version before is still kept. */
  hasPrevious(): boolean
  rollBack(): Promise<void>
}
