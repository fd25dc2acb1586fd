import type { Clock, Logger, Unsubscribe } from '../base/index.ts'
import type {
  AmorceEvent,
  AppInfo,
  IncidentView,
  Language,
  MachineView,
  SettingsView,
  StockAlarm,
  ViewUpdate,
} from '../contract/index.ts'
import type { ExamSession } from '../exam/index.ts'
import type { Sealer } from '../http/index.ts'
import type { MediaReader } from '../media/index.ts'
import type { Failures, OpenRoom } from '../simulator/index.ts'
import type { Installation } from '../updates/index.ts'
import type { CommandHandlers } from './commands/index.ts'
import type { ReadTable } from './exchange.ts'
import type { SetAddress } from './givenAddresses.ts'
import type { SimulatedVenue } from './simulatedVenue.ts'
import type { TechnicianPin } from './technicianPin.ts'

// What a house is opened with, and what it then is.

type FileKind =
  | ('bootFiles' | 'dhcpConfig' | 'upload' | 'papers' | 'documents' | 'backup' | 'media' | 'mediaFolder')
  | ('update' | 'updateFolder')

/** What only a desktop can do; the command line does without. */
export interface Desktop {
  /** Lets the technician choose files of a kind; none when cancelled. */
  chooseFiles(kind: FileKind): Promise<string[]>
  /** Lets the technician choose where to save a file of that name; undefined when cancelled. */
  chooseSaveFile(name: string): Promise<string | undefined>
  /** Lets the technician choose a table, or several inventories; none when cancelled. */
  chooseTable(): Promise<string[]>
  openFolder(path: string): Promise<void>
  /** Closes this house and opens another on the same folder, after the answer to the command has gone. */
  reopen(): void
  /** Closes Amorce and starts the one that is installed by then, after the answer to the command has gone. */
  restart(): void
  /** Opens the practice data, or removes it and comes back, after the answer to the command has gone. */
  practise(begin: boolean): void
  /** Tells something outside the window, where the system can. */
  notify?(alarms: readonly StockAlarm[], language: Language): void
  /** The same for an incident of an exam. */
  notifyIncident?(incident: IncidentView, language: Language): void
  /** Brings the pinned boot loaders into the loader folder. */
  fetchLoaders(): Promise<void>
}

export interface HouseOptions {
  dataFolder: string
  /** Where the pinned boot loaders are. */
  loaderFolder: string
  /** `resources/boot-loaders.json`. */
  loaderManifest: string
  nativeBinding?: string
  clock: Clock
  logger: Logger
  desktop: Desktop
  info: Pick<AppInfo, 'version' | 'electron' | 'platform' | 'demo'> & { practice?: boolean }
  /** What counts until the technician has set something else. */
  settings?: Partial<SettingsView>
  /** How many machines the simulated room has. */
  simulatedMachines?: number
  /** 1 is a real room's pace, smaller is faster. */
  simulatedPace?: number
  /** How its machines fail; as in a demonstration unless given. */
  simulatedFailures?: Failures
  /** They are switched on all at once. */
  simulatedAtOnce?: boolean
  /** How the simulated room is opened; on this very thread unless given. */
  openSimulatedRoom?: OpenRoom
  /** The built `network/fileMover/worker.ts`; without it, files are sent over HTTP through memory. */
  fileMoverFile?: string
  /** The built program of the thread that carries TFTP transfers; without it they share the caller's thread. */
  tftpWorkerPath?: string
  /** Fills an empty stock with that of a school, for a demonstration. */
  sampleStock?: boolean
  /** The built list of who made which network cards; without it, virtual ones alone are known. */
  networkCardsFile?: string
  /** How this Amorce came onto this computer; one that is replaced by hand unless said. */
  installation?: Installation
  /** The system's keyring, where there is one. */
  sealer?: Sealer
  /** Where the technician's PIN is kept; in the data folder unless said. */
  pinFile?: string
  /** How NICs are given addresses; another way, for tests. */
  setAddress?: SetAddress
  /** How ISO images and folders are read; on this very thread unless given. */
  mediaReader?: MediaReader
  /** How a file is read that is to be imported; in a thread of its own where there is one. */
  readTable?: ReadTable
}

export interface House {
  readonly commands: CommandHandlers
  readonly session: ExamSession
  /** What asks for the technician's PIN, where commands arrive. */
  readonly pin: TechnicianPin
  snapshot(): Promise<ViewUpdate>
  onUpdate(listener: (update: ViewUpdate) => void): Unsubscribe
  onEvent(listener: (event: AmorceEvent) => void): Unsubscribe
  machines(): MachineView[]
  settings(): SettingsView
  /** The machines of the simulated room; none when it is not open. */
  simulatedMachines(): ReturnType<SimulatedVenue['machines']>
  /** Lets go of everything; a running exam stays to be resumed. Calling it twice is harmless. */
  close(): Promise<void>
}
