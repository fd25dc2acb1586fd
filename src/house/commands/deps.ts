import type { Clock } from '../../base/index.ts'
import type { BootFiles, BootProfile, Profiles } from '../../boot/index.ts'
import type {
  AppInfo,
  BootFilesView,
  BootProfileView,
  CommandArgument,
  CommandName,
  CommandOutput,
  Mac,
  NicAddress,
  ProfileCheckView,
  ViewUpdate,
} from '../../contract/index.ts'
import type { Journal } from '../../diagnosis/index.ts'
import type { ExamSession, Journeys, Supervisor } from '../../exam/index.ts'
import type { Papers } from '../../examFiles/index.ts'
import type { Backups, Settings } from '../../storage/index.ts'
import type { BootDesk } from '../bootDesk.ts'
import type { ExamDay } from '../examDay.ts'
import type { ExamSystem } from '../examSystem.ts'
import type { DhcpDesk } from '../dhcpDesk.ts'
import type { MediaImports } from '../../media/index.ts'
import type { Stock, StockRooms } from '../../stock/index.ts'
import type { Updates } from '../../updates/index.ts'
import type { Desktop } from '../options.ts'
import type { Exchange } from '../exchange.ts'
import type { LinkTests } from '../linkTests.ts'
import type { VendorRegistry } from '../../network/index.ts'
import type { LineDesk } from '../lineDesk.ts'
import type { Leases } from '../leases.ts'
import type { PacketWatch } from '../packetWatch.ts'
import type { SelfTester } from '../selfTester.ts'
import type { SittingReports } from '../sittingReports.ts'
import type { SittingRunner } from '../sittingRunner.ts'
import type { Publisher } from '../publisher.ts'
import type { TechnicianPin } from '../technicianPin.ts'
import type { DropDesk } from '../dropDesk.ts'
import type { TftpTool } from '../tftpTool.ts'
import type { Transfers } from '../transfers.ts'

export type CommandHandlers = {
  [Name in CommandName]: (argument: CommandArgument<Name>) => CommandOutput<Name> | Promise<CommandOutput<Name>>
}
/** The handlers of one room's channels. */
export type HandlersOf<RoomCommands> = Pick<CommandHandlers, keyof RoomCommands & CommandName>

export interface CommandDeps {
  clock: Clock
  backups: Backups
  databasePath: string
  info: AppInfo
  desktop: Desktop
  session: ExamSession
  settings: Settings
  stock: Stock
  exchange: Exchange
  rooms: StockRooms
  profiles: Profiles
  bootFiles: BootFiles
  media: MediaImports
  /** A profile's files, looked at as the machines will. */
  inspectProfile(profile: BootProfile): Promise<ProfileCheckView>
  journal: Journal
  journeys: Journeys
  supervisor: Supervisor
  leases: Leases
  packetWatch: PacketWatch
  pin: TechnicianPin
  updates: Updates
  selfTester: SelfTester
  linkTests: LinkTests
  vendors: VendorRegistry
  transfers: Transfers
  examDay: ExamDay
  bootDesk: BootDesk
  dhcpDesk: DhcpDesk
  tftpTool: TftpTool
  dropDesk: DropDesk
  papers: Papers
  examSystem: ExamSystem
  sittingRunner: SittingRunner
  sittingReports: SittingReports
  lineDesk: LineDesk
  /** The folder of the sources of the Windows package. */
  windowsSources: string
  snapshot(): Promise<ViewUpdate>
  refreshBootFiles(): Promise<BootFilesView>
  withMissing(profile: BootProfile): BootProfileView
  /** Until the exam stops or the app closes. */
  giveAddress(nic: string, address: NicAddress): Promise<void>
  /** Until the exam stops or the app closes. */
  openFirewall(nic: string): Promise<void>
  watch(mac: Mac | null): void
  mark: Publisher['mark']
}
