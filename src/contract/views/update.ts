import type { Mac } from '../events.ts'
import type { RoomTrouble } from '../journey.ts'
import type { ImportProgress } from './exchange.ts'
import type { BootFilesView, BootProfileView } from './boot.ts'
import type { BootChoicesView } from './bootChoice.ts'
import type { DhcpHealthView } from './dhcp.ts'
import type { ExamView } from './exam.ts'
import type { MediaProgress } from './media.ts'
import type { JournalEntry, MachineDetail, MachineView } from './machines.ts'
import type { NicView } from './network.ts'
import type { PinView } from './pin.ts'
import type { PreflightView } from './preflight.ts'
import type { RoomView, SitDownView } from './rooms.ts'
import type { ServiceView } from './services.ts'
import type { SettingsView } from './settings.ts'
import type { IncidentView, SittingView } from './sittings.ts'
import type { TftpClientView } from './tftpClient.ts'

/** One coalesced push, at most one per frame. Only what changed is there. */
export interface ViewUpdate {
  /** Counts up by one; a gap means "ask for a snapshot". */
  seq: number
  /** True for a snapshot: what is not in it does not exist. */
  full?: boolean
  nics?: NicView[]
  services?: ServiceView[]
  exam?: ExamView
  preflight?: PreflightView
  machines?: MachineView[]
  machinesRemoved?: Mac[]
  /** What the machines show together; empty when nothing. */
  roomTroubles?: RoomTrouble[]
  detail?: MachineDetail
  /** Appended entries, oldest first. */
  journal?: JournalEntry[]
  settings?: SettingsView
  profiles?: BootProfileView[]
  bootFiles?: BootFilesView
  /** All of them, when any changed. */
  bootChoices?: BootChoicesView
  /** All of them, when any changed. */
  rooms?: RoomView[]
  /** Null when it has ended. */
  sitDown?: SitDownView | null
  /** Those that are not archived, the next one first; all of them when any changed. */
  sittings?: SittingView[]
  /** Of the sittings above, and those that belong to none, newest first; at most 500. */
  incidents?: IncidentView[]
  /** Counts up when any stock item changed; lists ask again. */
  stockRevision?: number
  /** Null when no import is at work. */
  importProgress?: ImportProgress | null
  /** Null when no medium is being read. */
  mediaProgress?: MediaProgress | null
  /** Counts up when any lease, offer or reservation changed; lists ask again. */
  leasesRevision?: number
  /** Counts up when any transfer moved; lists ask again. */
  transfersRevision?: number
  dhcpHealth?: DhcpHealthView
  tftpClient?: TftpClientView
  pin?: PinView
  /** Counts up when anything of the exam papers changed; their screen asks again. */
  papersRevision?: number
  /** Counts up when a file came into the drop folder, or went. */
  droppedRevision?: number
}
