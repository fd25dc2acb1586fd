import type { WindowsKitInput } from '../channels/windowsKit.ts'
import type { DhcpChoices } from './dhcp.ts'
import type { PlanSize } from './rooms.ts'

export const languages = ['fr', 'en'] as const
export type Language = (typeof languages)[number]
export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

export interface SettingsView extends DhcpChoices {
  language: Language
  theme: Theme
  /** The guide of the first start was gone through, or left. */
  guideDone: boolean
  /** Shown in the top bar. */
  roomName: string
  /** The room whose plan is shown while no sitting says which; 0 for none. */
  roomId: number
  /** By a room's id: the size its plan was zoomed to. A room that is not named here is as large as fits the window. */
  planZooms: Readonly<Record<string, PlanSize>>
  /** Who is at the console: named in what is written down of a sitting. */
  invigilator: string
  nic: string
  /** Who works at this console, for the stock's history; empty: what the system calls them. */
  technician: string
  /** Whether urgent alarms of the stock are told outside the window. */
  stockNotifications: boolean
  /** Pool within the NIC's subnet; empty means "propose from the NIC's address". */
  poolStart: string
  poolEnd: string
  /** Seconds. */
  leaseSeconds: number
  httpPort: number
  /** The same files over TLS, beside; 0 for not at all. */
  httpsPort: number
  /** Whole TFTP transfers from UDP 69, for firewalls that let nothing else through. */
  tftpSinglePort: boolean
  /** Bytes: what a client that asks for larger TFTP blocks is given. 1468 fits an MTU of 1500. */
  tftpMaxBlockSize: number
  /** Whether machines may put files into the drop folder over TFTP. */
  tftpUploads: boolean
  /** MiB: the largest file that a machine may put there. */
  tftpUploadMaxMb: number
  /** How many files one machine may put there. */
  tftpUploadMaxFiles: number
  /** A sound, and a notice of the system, for an incident. */
  incidentAlerts: boolean
  /** Days after which names and work are taken out of a sitting that is over; 0 for never. */
  retentionDays: number
  /** The package for installed Windows that was made last; Windows PE lays it by itself. */
  windowsKit: WindowsKitInput | null
  /** Seats expected in the room, 0 when not said. */
  expectedMachines: number
}
