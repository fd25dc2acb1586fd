import type { Ipv4, Mac } from '../events.ts'

/** A file that a machine put into the drop folder over TFTP. */
export interface DroppedFileView {
  /** The address it came from, and the folder it is in. */
  client: Ipv4
  /** Whose address that was; absent for what came before this exam. */
  mac?: Mac
  name: string
  size: number
  arrivedAt: number
}

export interface DroppedView {
  /** Whether the settings let machines put files there. */
  isOn: boolean
  folder: string
  /** Latest first, and no more than the screen can show. */
  files: DroppedFileView[]
  /** How many there are. */
  total: number
}
