import type { Clock, Emit, Logger } from '../base/index.ts'
import {
  createBootDecider,
  createBootRoutes,
  createWinpeRoutes,
  linkTestRoute,
  grubFiles,
  kindsOf,
  scriptFiles,
  zerosFile,
  type AgentDesk,
  type BootMenuDesk,
  type BootProfile,
  type UefiLoader,
} from '../boot/index.ts'
import { createContent } from '../content/index.ts'
import type {
  CodedError,
  Ipv4,
  Language,
  Mac,
  NicAddress,
  ServiceName,
  SettingsView,
  WinpeTask,
} from '../contract/index.ts'
import {
  createDhcpServer,
  createLeaseStore,
  createProxyDhcpServer,
  readConfig,
  realProxyLink,
  type DhcpConfig,
  type DhcpServer,
  type DhcpSettings,
  type IsKnown,
  type LeaseRecord,
} from '../dhcp/index.ts'
import type { Journeys, SupervisedService, Venue } from '../exam/index.ts'
import { createHttpServer, type Certificate, type HeadRouteHandler } from '../http/index.ts'
import {
  createAddressTrial,
  formatIpv4,
  networkOf,
  openFileMover,
  parseIpv4,
  type OpenUdpSocket,
  type TappedDatagram,
} from '../network/index.ts'
import type { SimulatedLink } from '../simulator/index.ts'
import type { Database } from '../storage/index.ts'
import { createTftpServer } from '../tftp/index.ts'
import { dhcpConfigFrom } from './dhcpConfig.ts'
import type { ExamSystemAtVenue } from './examSystem.ts'
import type { KnownMachines } from './knownMachines.ts'
import type { WindowsKitDesk } from './windowsKitDesk.ts'

export interface ServicesAround {
  database: Database
  openSocket: OpenUdpSocket
  /** Whether a DHCP message from this computer is the self-test's. */
  expectsOwn?(xid: number): boolean
  clock: Clock
  logger: Logger
  emit: Emit
  settings: SettingsView
  journeys: Journeys
  /** Folders that boot files are served from, the first that has one wins. */
  roots: string[]
  profileFor(mac: Mac): BootProfile
  /** Where machines may be asked what to boot. */
  menuDesk?: BootMenuDesk
  /** What an installed system is told that it was started for. */
  modeOf(mac: Mac): 'exam' | 'everyday'
  /** Which of the two loaders for x64 UEFI a machine is to have; the simulated room has but one. */
  uefiLoaderFor?: (mac: Mac) => UefiLoader
  winpeTaskOf(mac: Mac): { task: WinpeTask; restarts: boolean }
  windowsKit: WindowsKitDesk
  /** Whether a machine whose UEFI firmware asks is to have the signed loaders. */
  needsSigned(mac: Mac): boolean
  /** Every profile a machine may be given. */
  profiles(): BootProfile[]
  language(): Language
  /** Exam papers and the page of the exam machine. */
  examFiles?: HeadRouteHandler
  /** The built thread that sends files, `HouseOptions.fileMoverFile`. */
  fileMoverFile?: string
  agentDesk: AgentDesk
  /** Whether a machine's link is to be measured, once. */
  takesLinkTest(mac: Mac): boolean
  /** Of exams that Amorce locks down itself; machines of the simulated room have none. */
  examSystem?: ExamSystemAtVenue
  known: KnownMachines
  /** Never answered, as of now. */
  isDenied(mac: Mac): boolean
  /** Set where files are served over TLS too. */
  certificate?: Certificate
  /** Set in the simulated room. */
  link?: SimulatedLink
  /** Where machines may put files over TFTP, when the settings allow it. */
  dropFolder: string
  /** The program of the thread that carries TFTP transfers; this thread does when absent. */
  tftpWorkerPath?: string
  /** Told of the packets of that thread. */
  onTftpDatagram?: (datagram: TappedDatagram) => void
  /** Told when a service that ran stopped by itself. */
  onFailure(service: ServiceName, error: CodedError): void
}

export interface PreparedServices {
  services: Record<ServiceName, SupervisedService>
  /** The one among them whose leases are looked at, and what it serves; none when another server gives the addresses. */
  dhcp?: DhcpServer
  dhcpSettings: DhcpSettings
}

/** The three services of an exam, made for its venue and not yet started. @throws CodedError when the pool is wrong. */
export function prepareServices(venue: Venue, around: ServicesAround): PreparedServices {
  const { clock, logger, emit, link, journeys, settings, fileMoverFile, openSocket } = around
  const address = venue.address
  const device = venue.simulated ? undefined : venue.nic
  const httpPort = link?.httpPort ?? settings.httpPort
  const macOf = (client: Ipv4): Mac | undefined => journeys.macOf(client)
  const boot = {
    ...{ macOf, clock, emit, logger, serverUrl: `http://${address}:${httpPort}`, language: around.language },
    profileFor: around.profileFor,
    menuDesk: around.menuDesk,
    examBoot: around.examSystem?.boot,
  }
  const bootRoutes = createBootRoutes({
    ...boot,
    agentDesk: around.agentDesk,
    modeOf: around.modeOf,
    takesLinkTest: (mac) => around.takesLinkTest(mac),
    hasWindowsPackage: () => around.windowsKit.isValid,
  })
  const winpeRoutes = createWinpeRoutes({
    ...{ macOf, clock, emit, serverUrl: boot.serverUrl, language: around.language },
    taskOf: (mac) => around.winpeTaskOf(mac),
    windowsPackage: () => around.windowsKit.made(),
    deployScript: () => around.windowsKit.deployScript(),
  })
  const machineRoutes = around.examSystem?.routes(bootRoutes) ?? bootRoutes
  const scripts = scriptFiles(bootRoutes, macOf)
  const grub = grubFiles({ ...boot, routes: machineRoutes, roots: around.roots, serverAddress: address })
  const content = createContent({
    roots: around.roots,
    virtual: (path, client) => scripts(path, client) ?? grub(path, client) ?? zerosFile(path),
    mayOpen: around.examSystem?.mayFetch,
    kindOf: (path) => kindsOf(...around.profiles())(path),
  })

  const config = dhcpConfig(venue, settings, around.known, link)
  const { needsSigned, uefiLoaderFor } = around
  const bootDecider = createBootDecider({ serverAddress: address, httpPort, needsSigned, uefiLoaderFor })
  const bindAddress = device ? '0.0.0.0' : address
  const leaseStore = createLeaseStore(around.database)
  const isProxy = !link && settings.dhcpMode === 'proxy'
  const isKnown = knownFrom(around, leaseStore.load(readConfig(config).networkName))
  const givesAddresses = (): DhcpServer =>
    createDhcpServer({
      openSocket,
      device,
      bindAddress,
      link: {
        serverPort: link?.dhcpPort ?? 67,
        clientPort: link?.clientPort ?? 68,
        broadcastAddress: link?.wireAddress ?? '255.255.255.255',
      },
      config,
      bootDecider,
      leaseStore,
      isKnown,
      expectsOwn: around.expectsOwn,
      // In the simulated room, every address answers: they are all this machine's.
      ...(device !== undefined &&
        settings.probeAddresses && {
          inUse: createAddressTrial({ openSocket, device, ownAddress: address }),
        }),
      clock,
      emit,
      logger,
    })
  const onlySaysWhatToBoot = (): ReturnType<typeof createProxyDhcpServer> =>
    createProxyDhcpServer({
      openSocket,
      device,
      bindAddress,
      link: realProxyLink,
      serverAddress: address,
      bootDecider,
      mayBoot: (mac, uuid) => !around.isDenied(mac) && (settings.unknownMachines === 'serve' || isKnown(mac, uuid)),
      clock,
      emit,
      logger,
    })
  const dhcp = isProxy ? undefined : givesAddresses()
  const dhcpService = dhcp ?? onlySaysWhatToBoot()
  const tftp = createTftpServer({
    openSocket,
    device,
    address,
    port: link?.tftpPort ?? 69,
    content,
    singlePort: settings.tftpSinglePort,
    maxBlockSize: settings.tftpMaxBlockSize,
    dropFolder: settings.tftpUploads
      ? {
          folder: around.dropFolder,
          maxBytes: settings.tftpUploadMaxMb * 2 ** 20,
          maxFiles: settings.tftpUploadMaxFiles,
        }
      : undefined,
    workerPath: around.tftpWorkerPath,
    onDatagram: around.onTftpDatagram,
    onFailure: (error) => around.onFailure('tftp', error),
    clock,
    emit,
    logger,
  })
  const examFiles = around.examFiles && (around.examSystem?.examFiles(around.examFiles) ?? around.examFiles)
  const http = createHttpServer({
    address,
    port: httpPort,
    content,
    routes: (request) => winpeRoutes(request) ?? machineRoutes(request),
    headRoutes: (head) => linkTestRoute(head) ?? examFiles?.(head),
    secure: around.certificate && { port: settings.httpsPort, certificate: around.certificate },
    openMover: fileMoverFile === undefined ? undefined : () => openFileMover(fileMoverFile),
    clock,
    emit,
    logger,
  })
  const services = {
    dhcp: supervised(dhcpService, () => dhcpService.exchanges),
    tftp: supervised(tftp, () => tftp.transfers),
    http: supervised(http, () => http.transfers),
  }
  return { services, ...(dhcp && { dhcp }), dhcpSettings: readConfig(config) }
}

/** What would be served at a venue. @throws CodedError `dhcp.poolInvalid` */
export const dhcpSettings = (venue: NicAddress, settings: SettingsView, known: KnownMachines): DhcpSettings =>
  readConfig(dhcpConfigFrom(settings, venue, known.count))

/**
 * Ours are the machines of the stock. Where strangers are served, those with a lease from an earlier exam count too: it
 * only decides who comes first. Where they are not, having once slipped in must not let anybody in again.
 */
function knownFrom({ known, settings }: ServicesAround, leases: readonly LeaseRecord[]): IsKnown {
  if (settings.unknownMachines !== 'serve') return known.isInStock
  const earlier = new Set(leases.filter(({ state }) => state === 'leased').map(({ mac }) => mac))
  return (mac, uuid) => earlier.has(mac) || known.isInStock(mac, uuid)
}

/** Leases that still run where the exam was held: what its machines find again when it is resumed. */
export function countActiveLeases(database: Database, { address, prefix }: NicAddress, now: number): number {
  const number = parseIpv4(address)
  if (number === undefined) return 0
  return createLeaseStore(database)
    .load(`${formatIpv4(networkOf(number, prefix))}/${prefix}`)
    .filter(({ state, expiresAt }) => state === 'leased' && expiresAt > now).length
}

function dhcpConfig(
  venue: Venue,
  settings: SettingsView,
  known: KnownMachines,
  link: SimulatedLink | undefined,
): DhcpConfig {
  if (!link) return dhcpConfigFrom(settings, venue, known.count)
  // The room is made anew for each exam, on a network of its own: what was said of the real one is not about it.
  return {
    serverAddress: venue.address,
    prefix: venue.prefix,
    poolStart: link.poolStart,
    poolEnd: link.poolEnd,
    leaseSeconds: settings.leaseSeconds,
    authoritative: true,
    deny: settings.deny,
  }
}

function supervised(
  service: { start(): Promise<void>; stop(): Promise<void>; readonly endpoint?: string },
  count: () => number,
): SupervisedService {
  return {
    start: () => service.start(),
    stop: () => service.stop(),
    get endpoint() {
      return service.endpoint
    },
    get count() {
      return count()
    },
  }
}
