/** A file in a medium, as its directory tells it. */
export interface MediaEntry {
  /** With forward slashes, as the medium writes it. */
  path: string
  /** Bytes; untrusted, as everything here. */
  size: number
  /** Folders and links are nothing to take. */
  isFile: boolean
}

export interface MediaContents {
  entries: readonly MediaEntry[]
  /** The volume's name, empty when it has none. */
  label: string
}
