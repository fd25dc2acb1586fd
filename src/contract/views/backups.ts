export interface BackupView {
  name: string
  /** Bytes. */
  size: number
  at: number
}

export interface BackupList {
  folder: string
  /** Newest first. */
  backups: BackupView[]
}

/** What a backup has in it, to be seen before it is restored. */
export interface BackupContent {
  name: string
  items: number
  consumables: number
  movements: number
  loans: number
  interventions: number
  exams: number
  lastChangeAt?: number
}
