import type { Clock, Emit, Logger } from '../base/index.ts'
import { createBootDecider, createBootRoutes, kindsOf, type AgentDesk, type BootProfile } from '../boot/index.ts'
import { createContent } from '../content/index.ts'
import type { Ipv4, Language, Mac, NicAddress, ServiceName, SettingsView } from '../contract/index.ts'
import {
  createDhcpServer,
  createLeaseStore,
  proposePool,
  readConfig,
  type DhcpConfig,
  type DhcpServer,
  type DhcpSettings,
} from '../dhcp/index.ts'
import type { Journeys, SupervisedService, Venue } from '../exam/index.ts'
import { createHttpServer } from '../http/index.ts'
import { formatIpv4, networkOf, openFileMover, openUdpSocket, parseIpv4 } from '../network/index.ts'
import type { SimulatedLink } from '../simulator/index.ts'
import type { Database } from '../storage/index.ts'
import { createTftpServer } from '../tftp/index.ts'

export interface ServicesAround {
  database: Database
  clock: Clock
  logger: Logger
  emit: Emit
  settings: SettingsView
  journeys: Journeys
  /** Folders that boot files are served from, the first that has one wins. */
  roots: string[]
  profileFor(mac: Mac): BootProfile
  /** Every profile a machine may be given. */
  profiles(): BootProfile[]
  language(): Language
  /** The built thread that sends files, `HouseOptions.fileMoverFile`. */
  fileMoverFile?: string
  agentDesk: AgentDesk
  /** Set in the simulated room. */
  link?: SimulatedLink
}

export interface PreparedServices {
  services: Record<ServiceName, SupervisedService>
  /** The one among them whose leases are looked at, and what it serves. */
  dhcp: DhcpServer
  dhcpSettings: DhcpSettings
}

/** The three services of an exam, made for its venue and not yet started. @throws CodedError when the pool is wrong. */
export function prepareServices(venue: Venue, around: ServicesAround): PreparedServices {
  const { clock, logger, emit, link, journeys, settings, fileMoverFile } = around
  const address = venue.address
  const device = venue.simulated ? undefined : venue.nic
  const httpPort = link?.httpPort ?? settings.httpPort
  const content = createContent({ roots: around.roots, kindOf: (path) => kindsOf(...around.profiles())(path) })

  const dhcp = createDhcpServer({
    openSocket: openUdpSocket,
    device,
    bindAddress: device ? '0.0.0.0' : address,
    link: {
      serverPort: link?.dhcpPort ?? 67,
      clientPort: link?.clientPort ?? 68,
      broadcastAddress: link?.wireAddress ?? '255.255.255.255',
    },
    config: dhcpConfig(venue, settings, link),
    bootDecider: createBootDecider({ serverAddress: address, httpPort }),
    leaseStore: createLeaseStore(around.database),
    clock,
    emit,
    logger,
  })
  const tftp = createTftpServer({
    openSocket: openUdpSocket,
    device,
    address,
    port: link?.tftpPort ?? 69,
    content,
    clock,
    emit,
    logger,
  })
  const http = createHttpServer({
    address,
    port: httpPort,
    content,
    routes: createBootRoutes({
      profileFor: around.profileFor,
      macOf: (client: Ipv4) => journeys.macOf(client),
      serverUrl: `http://${address}:${httpPort}`,
      language: around.language,
      agentDesk: around.agentDesk,
      clock,
      emit,
      logger,
    }),
    openMover: fileMoverFile === undefined ? undefined : () => openFileMover(fileMoverFile),
    clock,
    emit,
    logger,
  })
  const services = {
    dhcp: supervised(dhcp, () => dhcp.exchanges),
    tftp: supervised(tftp, () => tftp.transfers),
    http: supervised(http, () => http.transfers),
  }
  return { services, dhcp, dhcpSettings: dhcpSettings(venue, settings, link) }
}

/** What would be served at a venue. @throws CodedError `dhcp.poolInvalid` */
export const dhcpSettings = (venue: Venue, settings: SettingsView, link?: SimulatedLink): DhcpSettings =>
  readConfig(dhcpConfig(venue, settings, link))

/** Leases that still run where the exam was held: what its machines find again when it is resumed. */
export function countActiveLeases(database: Database, { address, prefix }: NicAddress, now: number): number {
  const number = parseIpv4(address)
  if (number === undefined) return 0
  return createLeaseStore(database)
    .load(`${formatIpv4(networkOf(number, prefix))}/${prefix}`)
    .filter(({ state, expiresAt }) => state === 'leased' && expiresAt > now).length
}

function dhcpConfig(venue: Venue, settings: SettingsView, link: SimulatedLink | undefined): DhcpConfig {
  const proposed = proposePool(venue)
  const own = link ?? {
    poolStart: settings.poolStart || proposed.poolStart,
    poolEnd: settings.poolEnd || proposed.poolEnd,
  }
  return {
    serverAddress: venue.address,
    prefix: venue.prefix,
    poolStart: own.poolStart,
    poolEnd: own.poolEnd,
    leaseSeconds: settings.leaseSeconds,
    // An exam room is an island: no router and no DNS are named. It is the only server there, so it may say no.
    authoritative: true,
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
