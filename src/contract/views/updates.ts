import type { Language } from './settings.ts'

/** What a release is made of, as far as it can be brought on a stick. */
export const updateFileKinds = ['deb', 'appImage', 'archive', 'installer'] as const
export type UpdateFileKind = (typeof updateFileKinds)[number]

/** How this Amorce was installed; `other` is one that is replaced by hand (a working copy, a disk image). */
export type InstallationKind = UpdateFileKind | 'other'

export interface UpdatesView {
  version: string
  kind: InstallationKind
  /** Whether it knows whose signature to believe: set when it was packed. */
  hasKey: boolean
  /** What can be gone back to. */
  previous?: { version: string; at: number }
}

/** What is on a stick, its signature and its hashes checked. */
export interface UpdateOffer {
  version: string
  /** `YYYY-MM-DD` */
  date: string
  notes: Record<Language, string>
  file: string
  /** Bytes. */
  size: number
  folder: string
}
