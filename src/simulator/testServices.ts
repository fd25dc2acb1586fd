import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { EventBus, silentLogger, systemClock, type Logger } from '../base/index.ts'
import { createBootDecider, createBootRoutes, kindsOf, type BootProfile } from '../boot/index.ts'
import { createContent } from '../content/index.ts'
import type { AmorceEvent, Mac } from '../contract/index.ts'
import { createDhcpServer, createLeaseStore } from '../dhcp/index.ts'
import { Journeys } from '../exam/index.ts'
import { createHttpServer } from '../http/index.ts'
import { openUdpSocket } from '../network/index.ts'
import { openDatabase } from '../storage/index.ts'
import { createTftpServer } from '../tftp/index.ts'
import type { SimulatedLink } from './link.ts'
import { writeSampleMedia } from './sampleMedia.ts'

export interface TestServices {
  readonly events: readonly AmorceEvent[]
  readonly journeys: Journeys
  /** What each machine is to boot; the sample system unless changed. */
  profile: BootProfile
  stop(): Promise<void>
}

/** For the tests of the simulated room: the real services on its link, put together as the app does. */
export async function startTestServices(
  link: SimulatedLink,
  { leaseSeconds = 3600, logger = silentLogger }: { leaseSeconds?: number; logger?: Logger } = {},
): Promise<TestServices> {
  const folder = await mkdtemp(join(tmpdir(), 'amorce-room-'))
  const media = await writeSampleMedia(folder)
  const database = openDatabase({ path: ':memory:', nativeBinding: process.env.AMORCE_SQLITE_BINDING })
  const clock = systemClock
  const { address } = link

  const events: AmorceEvent[] = []
  const journeys = new Journeys({ itemOf: () => undefined })
  const bus = new EventBus((error) => {
    throw error
  })
  bus.listen((event) => events.push(event))
  bus.listen(journeys.accept)
  const { emit } = bus

  const services: TestServices = {
    events,
    journeys,
    profile: {
      id: 1,
      name: 'Examen',
      system: 'linux',
      purpose: 'exam',
      kernel: media.kernel,
      initrds: [media.initrd],
      commandLine: 'quiet',
      winpeTask: 'none',
      isDefault: true,
    },
    async stop() {
      await Promise.all([dhcp.stop(), tftp.stop(), http.stop()])
      database.close()
      await rm(folder, { recursive: true })
    },
  }

  const content = createContent({ roots: [folder], kindOf: (path) => kindsOf(services.profile)(path) })
  const dhcp = createDhcpServer({
    openSocket: openUdpSocket,
    bindAddress: address,
    link: { serverPort: link.dhcpPort, clientPort: link.clientPort, broadcastAddress: link.wireAddress },
    config: {
      serverAddress: address,
      prefix: link.prefix,
      poolStart: link.poolStart,
      poolEnd: link.poolEnd,
      leaseSeconds,
      authoritative: true,
    },
    bootDecider: createBootDecider({ serverAddress: address, httpPort: link.httpPort }),
    leaseStore: createLeaseStore(database),
    clock,
    emit,
    logger,
  })
  const tftp = createTftpServer({
    openSocket: openUdpSocket,
    address,
    port: link.tftpPort,
    content,
    clock,
    emit,
    logger,
  })
  const routes = createBootRoutes({
    profileFor: () => services.profile,
    macOf: (client): Mac | undefined => journeys.macOf(client),
    serverUrl: `http://${address}:${link.httpPort}`,
    clock,
    emit,
    logger,
  })
  const http = createHttpServer({ address, port: link.httpPort, content, routes, clock, emit, logger })
  await Promise.all([dhcp.start(), tftp.start(), http.start()])
  return services
}
