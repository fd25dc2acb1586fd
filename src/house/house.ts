import { readFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { EventBus } from '../base/index.ts'
import { createBootFiles, createProfiles, type BootProfile } from '../boot/index.ts'
import {
  CodedError,
  type AmorceEvent,
  type AppInfo,
  type BootFilesView,
  type BootProfileView,
  type JournalEntry,
  type Mac,
  type MachineDetail,
  type MachineView,
  type NicAddress,
  type NicView,
  type ViewUpdate,
} from '../contract/index.ts'
import { Journal, runPreflight, simulatedPreflight, worstVerdict } from '../diagnosis/index.ts'
import { ExamSession, ExamStore, Journeys, Supervisor } from '../exam/index.ts'
import { certificateFor } from '../http/index.ts'
import { listNics, readVendorRegistry, setAddress, suitableAddress, watchNics } from '../network/index.ts'
import { lockFolder, schemaVersion, type Recovery } from '../storage/index.ts'
import { commandHandlers } from './commands/index.ts'
import { BootDesk } from './bootDesk.ts'
import { ExamDay } from './examDay.ts'
import { dhcpFaultOf } from './dhcpConfig.ts'
import { DropDesk } from './dropDesk.ts'
import { DhcpDesk } from './dhcpDesk.ts'
import { createExamFiles } from './examFiles.ts'
import { DhcpWatch } from './dhcpWatch.ts'
import { ExamNicGuard } from './examNic.ts'
import { ExamSystem } from './examSystem.ts'
import { OpenedFirewalls } from './openedFirewalls.ts'
import { GivenAddresses } from './givenAddresses.ts'
import { ItemMatcher } from './itemMatcher.ts'
import { KnownMachines } from './knownMachines.ts'
import { Leases, type LeasePlace } from './leases.ts'
import { LinkTests } from './linkTests.ts'
import { createLineDesk } from './lineDesk.ts'
import { openData } from './openData.ts'
import type { House, HouseOptions } from './options.ts'
import { drawnNow, Publisher, type Sources } from './publisher.ts'
import { ServiceReviver } from './serviceReviver.ts'
import { bootPorts, PacketWatch } from './packetWatch.ts'
import { SelfTester } from './selfTester.ts'
import { SeenItems } from './seenItems.ts'
import { askedAfterMs, cableAsker, SilenceWatch } from './silenceWatch.ts'
import { SittingReports } from './sittingReports.ts'
import { SittingRunner } from './sittingRunner.ts'
import { StockWatch } from './stockWatch.ts'
import { WindowsKitDesk } from './windowsKitDesk.ts'
import { countActiveLeases, dhcpSettings, prepareServices } from './services.ts'
import { TechnicianPin } from './technicianPin.ts'
import { TftpTool } from './tftpTool.ts'
import { Transfers } from './transfers.ts'
import { initramfsOf, inspectProfile, isLockable, MediaImports, readerHere, remembered } from '../media/index.ts'
import { openRoomHere } from '../simulator/index.ts'
import { Updates } from '../updates/index.ts'
import { SimulatedVenue } from './simulatedVenue.ts'
import {
  cardOf,
  examPorts,
  firewallNeed,
  mustBeThere,
  openRealVenue,
  otherServersOn,
  preflightFacts,
  withProposedPool,
} from './venue.ts'

const backupLookMs = 15 * 60_000

/** In one push; more come only under a flood, and the rest is in the journal to be asked for. */
const maxPushedEntries = 500

/** After these, other addresses are free, on offer or leased. */
const leaseEvents: ReadonlySet<AmorceEvent['type']> = new Set([
  'dhcp.offer',
  'dhcp.ack',
  'dhcp.nak',
  'dhcp.release',
  'dhcp.decline',
])

/** Everything wired together, without a window: the app and the command line both live in it. */
export async function openHouse(options: HouseOptions): Promise<House> {
  const unlock = lockFolder(options.dataFolder, options.nativeBinding)
  try {
    return await furnish(options, unlock)
  } catch (error) {
    unlock()
    throw error
  }
}

/** @param unlock lets go of the data folder, once nothing of it is open any more */
async function furnish(options: HouseOptions, unlock: () => void): Promise<House> {
  const { clock, logger, dataFolder, loaderFolder, loaderManifest } = options
  const { database, databasePath, recovery, settings, rooms, backups, exchange } = await openData(options, () =>
    publisher.mark('importProgress'),
  )
  const stock = rooms.items
  const profiles = createProfiles(database, clock)
  const bootFiles = createBootFiles({
    loaderFolder,
    ownFolder: join(dataFolder, 'boot'),
    manifestPath: loaderManifest,
    profiles: () => profiles.list(),
  })
  const mediaReader = options.mediaReader ?? readerHere
  const bootFolders = [join(dataFolder, 'boot'), loaderFolder]
  const initrdsAt = { folders: bootFolders, reader: remembered(mediaReader) }
  const notLockable = async (): Promise<string[]> => {
    const names: string[] = []
    for (const { id, name, initrds } of profiles.list()) {
      const found = examSystem.rules.of(id) && (await initramfsOf(initrds, initrdsAt))
      if (found && !isLockable(found.kind)) names.push(name)
    }
    return names
  }
  const media = new MediaImports({
    reader: mediaReader,
    ownFolder: join(dataFolder, 'boot'),
    stagingFolder: join(dataFolder, 'unfinished'),
    bootFiles: () => bootFiles.list(),
    addProfile: (profile) => profiles.add(profile),
    pcsBelow: rooms.inventory.pcsBelow,
    onProgress: () => publisher.mark('mediaProgress'),
  })
  await media.removeUnfinished()
  const bus = new EventBus((error, event) =>
    logger.error('a listener failed', { event: event.type, error: String(error) }),
  )
  const { itemOf } = new ItemMatcher(stock)
  const known = new KnownMachines(database, stock)
  const seenItems = new SeenItems(database, stock)
  const journeys: Journeys = new Journeys({
    itemOf,
    linkMbps: () => examNic()?.speedMbps,
    seatOf: (mac, itemId) => examDay.seatOf(mac, itemId),
  })
  const supervisor = new Supervisor({ clock, emit: bus.emit, logger })
  const reviver = new ServiceReviver({ clock, logger, supervisor })
  const simulated = new SimulatedVenue({
    dataFolder,
    logger,
    machines: options.simulatedMachines ?? 24,
    pace: options.simulatedPace,
    failures: options.simulatedFailures,
    atOnce: options.simulatedAtOnce,
    openRoom: options.openSimulatedRoom ?? openRoomHere,
    onFailure: (error) => session.report(error),
  })
  const vendors = await readVendorRegistry(options.networkCardsFile)
  const linkTests = new LinkTests()
  const openedFirewalls = new OpenedFirewalls()
  const givenAddresses = new GivenAddresses(options.setAddress ?? setAddress)

  const dropFolder = join(dataFolder, 'drop')
  const certificateFile = join(dataFolder, 'tls', 'amorce.pem')

  const listeners = new Set<(update: ViewUpdate) => void>()
  const newEntries: JournalEntry[] = []
  let nics: NicView[] = []
  let watched: Mac | null = null
  let machinesRemoved: Mac[] = []
  /** What the exam that is held, or was held last, serves. */
  let served: LeasePlace | undefined
  let bootFilesView: BootFilesView = { folder: join(dataFolder, 'boot'), files: [], missingLoaders: [] }

  const journal = new Journal({
    database,
    clock,
    logger,
    machineOf: (event) => journeys.machineOf(event),
    onAppend: (entries) => {
      newEntries.push(...entries)
      publisher.mark('journal')
    },
    onFailure: (error) => session.report(new CodedError('storage.diskFull', String(error))),
  })

  const missingFiles = ({ system, kernel, initrds }: BootProfile): string[] => {
    const present = new Set(bootFilesView.files.map(({ path }) => path))
    return system === 'localDisk' ? [] : [kernel, ...initrds].filter((path) => path !== '' && !present.has(path))
  }
  const profileViews = (): BootProfileView[] => profiles.list().map(withMissing)
  const withMissing = (profile: BootProfile): BootProfileView => ({
    ...profile,
    missing: missingFiles(profile),
  })

  const packetWatch = new PacketWatch({
    clock,
    logger,
    emit: bus.emit,
    macOf: (address) => journeys.macOf(address),
    isRunning: (service) => supervisor.views().some(({ name, state }) => name === service && state === 'running'),
  })

  const selfTester = new SelfTester({
    clock,
    dataFolder,
    venue: () => (session.running ? session.venue : undefined),
    ports: (venue) => bootPorts(settings.current, venue.simulated ? simulated.link : undefined),
    link: (venue) => (venue.simulated ? simulated.link : undefined),
  })

  const session: ExamSession = new ExamSession({
    clock,
    emit: bus.emit,
    logger,
    store: new ExamStore(database),
    supervisor,
    journeys,
    journal,
    preflight: async (onProgress) => {
      await refreshBootFiles()
      const facts = preflightFacts({
        dataFolder,
        clock,
        bootFiles: () => Promise.resolve(bootFilesView),
        profile: () => withMissing(profiles.default()),
        notLockable,
        latestRecordedAt: () => journal.latestAt(),
        vendors,
      })
      return runPreflight(facts, {
        nic: settings.current.nic,
        dhcp: {
          mode: settings.current.dhcpMode,
          otherServers: settings.current.otherServers,
          fault: (address) => dhcpFaultOf(settings.current, address),
        },
        ports: examPorts(settings.current),
        clock,
        onProgress,
      })
    },
    worst: worstVerdict,
    venue: async (nic) => openRealVenue(await listNics(), nic),
    mustBeThere: async (venue) => mustBeThere(await listNics(), venue),
    simulatedVenue: () => simulated.venue,
    simulatedPreflight: () => simulatedPreflight(simulated.venue.nic, clock.now()),
    prepare: async (venue) => {
      served = undefined
      if (venue.simulated) await simulated.prepare()
      const prepared = prepareServices(venue, {
        database,
        openSocket: packetWatch.openSocket,
        expectsOwn: selfTester.expects,
        clock,
        logger,
        emit: bus.emit,
        settings: settings.current,
        journeys,
        roots: venue.simulated ? [simulated.mediaFolder, selfTester.folder] : [...bootFolders, selfTester.folder],
        link: venue.simulated ? simulated.link : undefined,
        dropFolder,
        tftpWorkerPath: options.tftpWorkerPath,
        // No capture sees the simulated room.
        onTftpDatagram: venue.simulated ? packetWatch.heard : undefined,
        onFailure: reviver.failed,
        profileFor: bootDesk.profileFor,
        menuDesk: bootDesk.menuDesk,
        modeOf: bootDesk.modeOf,
        uefiLoaderFor: venue.simulated ? undefined : bootDesk.uefiLoaderFor,
        winpeTaskOf: bootDesk.winpeTaskOf,
        windowsKit,
        needsSigned: (mac) => !venue.simulated && bootDesk.firmwareAsks(mac),
        profiles: () => (venue.simulated ? [simulated.profile] : profiles.list()),
        language: () => settings.current.language,
        fileMoverFile: options.fileMoverFile,
        certificate:
          settings.current.httpsPort > 0 && !venue.simulated
            ? await certificateFor(venue.address, certificateFile, clock.now(), options.sealer)
            : undefined,
        agentDesk: examDay.agentDesk,
        takesLinkTest: linkTests.take,
        examSystem: venue.simulated ? undefined : await examSystem.at(venue.address, settings.current),
        known,
        isDenied: (mac) => settings.current.deny.includes(mac),
        examFiles: examFiles.routes,
      })
      served = { settings: prepared.dhcpSettings, ...(prepared.dhcp && { dhcp: prepared.dhcp }) }
      await packetWatch.start(
        venue,
        bootPorts(settings.current, venue.simulated ? simulated.link : undefined),
        nics.find(({ name }) => name === venue.nic)?.mac,
      )
      return prepared.services
    },
    openSimulatedRoom: async () => {
      const room = await simulated.open()
      examDay.seatsChanged()
      return room
    },
    takeBackAddresses: () => Promise.all([givenAddresses.takeBack(), openedFirewalls.close()]).then(() => undefined),
    activeLeases: (venue) => countActiveLeases(database, venue, clock.now()),
    profile: (venue) => (venue.simulated ? simulated.profile : profiles.default()),
    onChange: () => {
      if (!session.venue) void packetWatch.stop()
      publisher.mark('exam', 'preflight', 'services', 'detail')
      leases.changed()
      examDay.seatsChanged()
    },
  })

  const examNic = (): NicView | undefined => nics.find(({ name }) => name === session.venue?.nic)
  const itemOfMachine = (mac: Mac): MachineView['item'] => journeys.itemOf(mac)

  /** Where the exam is held, or would be. */
  const examAddress = (): NicAddress | undefined => {
    if (session.venue) return session.venue
    const nic = nics.find(({ name }) => name === settings.current.nic)
    return nic && suitableAddress(nic)
  }

  const leases = new Leases({
    database,
    clock,
    itemOf: itemOfMachine,
    seatOf: (mac, itemId) => examDay.seatOf(mac, itemId),
    isBanned: (mac) => settings.current.deny.includes(mac),
    place: () => {
      if (session.venue) return served
      const address = examAddress()
      return address && { settings: dhcpSettings(address, settings.current, known) }
    },
    onChange: () => publisher.mark('leasesRevision'),
  })

  const lineDesk = createLineDesk({
    clock,
    emit: bus.emit,
    line: () => {
      const address = examAddress()?.address
      const device = session.venue?.nic ?? settings.current.nic
      return address === undefined ? undefined : session.venue?.simulated ? { address } : { device, address }
    },
  })

  const silenceWatch = new SilenceWatch({
    clock,
    emit: bus.emit,
    logger,
    silent: () => journeys.silentFor(clock.now(), askedAfterMs),
    asker: () => {
      const { venue } = session
      return venue && !venue.simulated ? cableAsker({ device: venue.nic, address: venue.address }) : undefined
    },
    simulated: (mac) => (session.venue?.simulated ? simulated.answerOf(mac) : undefined),
  })

  const transfers = new Transfers({
    clock,
    machineOf: (event) => journeys.machineOf(event),
    hostNameOf: (mac) => journeys.get(mac)?.hostName,
    itemOf: itemOfMachine,
    seatOf: (mac) => examDay.seatOf(mac, itemOfMachine(mac)?.id),
    link: () => {
      const name = session.venue?.nic ?? settings.current.nic
      return { nic: name || undefined, linkMbps: nics.find((nic) => nic.name === name)?.speedMbps }
    },
    onChange: () => publisher.mark('transfersRevision'),
  })

  const examDay: ExamDay = new ExamDay({
    database,
    clock,
    roomId: () => settings.current.roomId,
    itemOf: itemOfMachine,
    simulatedMachines: () => (session.venue?.simulated ? simulated.machines() : []),
    onIncident: (incident) => {
      if (settings.current.incidentAlerts && incident.severity !== 'info')
        options.desktop.notifyIncident?.(incident, settings.current.language)
    },
    // What a machine boots next depends on where it stands and on what is held there.
    onChange: (...parts) => publisher.mark(...parts, 'detail'),
    onSeatsChanged: () => {
      journeys.redraw()
      leases.changed()
      publisher.mark('machines', 'machinesRemoved', 'detail')
    },
  })

  const windowsSources = join(dirname(loaderManifest), 'windows')
  const windowsKit = new WindowsKitDesk(settings, windowsSources, clock)

  const bootDesk: BootDesk = new BootDesk({
    ...{ database, clock, examDay, journeys, itemOf: itemOfMachine },
    // The simulated room's own profile stands for the default one: its machines have nothing else to boot.
    profiles: () => {
      const usual = session.venue?.simulated ? simulated.profile : undefined
      return {
        list: usual ? [usual, profiles.everyday()] : profiles.list(),
        default: usual ?? profiles.default(),
        everyday: profiles.everyday(),
      }
    },
    kernelFolders: bootFolders,
    bootFiles: () => bootFilesView.files.map(({ path }) => path),
    ownBootFiles: () => new Set(bootFilesView.files.flatMap(({ origin, path }) => (origin === 'own' ? [path] : []))),
    examStartedAt: () => (session.venue ? session.view.startedAt : undefined),
    onChange: () => publisher.mark('bootChoices', 'detail'),
  })

  const dhcpDesk = new DhcpDesk({
    settings,
    database,
    desktop: options.desktop,
    address: () => (session.venue?.simulated ? undefined : examAddress()),
    known,
    itemOf: itemOfMachine,
    dhcp: () => (session.venue ? served?.dhcp : undefined),
    onChange: () => {
      publisher.mark('settings')
      leases.changed()
    },
  })

  const tftpTool = new TftpTool({ clock, logger, onChange: () => publisher.mark('tftpClient') })

  const pin = new TechnicianPin({
    ...{ file: options.pinFile ?? join(dataFolder, 'pin.json'), clock, emit: bus.emit },
    onChange: () => publisher.mark('pin'),
  })

  const updates = new Updates({
    ...{ clock, version: options.info.version, folder: join(dataFolder, 'updates') },
    installation: options.installation ?? { kind: 'other', target: '', arch: process.arch },
    data: {
      schema: schemaVersion(database),
      saveTo: (path) => backups.saveTo(path),
      goBackTo: async (path) => {
        await backups.make(clock.now())
        backups.prepareRestore(backups.takeIn(path, clock.now()).name, databasePath)
        return () => backups.cancelRestore(databasePath)
      },
    },
    // Practice data are a folder that goes: what is kept of an update would go with it.
    isExamRunning: () => session.running || options.info.practice === true,
    restart: () => options.desktop.restart(),
  })

  const dropDesk = new DropDesk({
    folder: dropFolder,
    isOn: () => settings.current.tftpUploads,
    macOf: (client) => journeys.macOf(client),
    examStartedAt: () => session.view.startedAt,
    onChange: () => publisher.mark('droppedRevision'),
  })

  const examFiles = createExamFiles({
    ...{ database, clock, logger, emit: bus.emit, dataFolder, loaderManifest, journeys, itemOf: itemOfMachine },
    session: () => session,
    httpEndpoint: () => supervisor.views().find(({ name }) => name === 'http')?.endpoint,
    language: () => settings.current.language,
    placeOf: (mac) => examDay.placeOf(mac),
    signIn: (ticket, mac) => examDay.signIn(ticket, mac),
    onChange: () => publisher.mark('papersRevision'),
  })

  const examSystem = new ExamSystem({
    ...{ database, clock, logger, loaderManifest },
    bootOf: (mac) => String(journeys.get(mac)?.bootStartedAt ?? 0),
    profiles: () => profiles.list(),
    emit: bus.emit,
    macOf: (client) => journeys.macOf(client),
    sittingOf: (mac) => bootDesk.sittingOf(mac),
    noteSittingRules: (id, who, areOwn) => examDay.sittings.noteRules(id, who, areOwn),
    papersAt: examFiles.papersAt,
    round: () => examFiles.papers.rounds,
  })

  const sittingRunner = new SittingRunner({
    ...{ database, clock, logger, examDay, papers: examFiles.papers },
    language: () => settings.current.language,
    exam: () => ({
      ...(session.view.examId !== undefined && { id: session.view.examId }),
      isRunning: session.running,
      isSimulated: session.venue?.simulated ?? false,
    }),
    machines: () => journeys.all(),
    isHeard: (mac) => journeys.get(mac) !== undefined,
    macsOf: (itemId) => stock.get(itemId).macs,
    wake: (mac) => lineDesk.wake(mac),
    retentionDays: () => settings.current.retentionDays,
  })

  const sittingReports = new SittingReports({
    ...{ clock, desktop: options.desktop, examDay, papers: examFiles.papers, journal, info: options.info },
    language: () => settings.current.language,
    profileName: (id) => (profiles.list().find((profile) => profile.id === id) ?? profiles.default()).name,
    loaderVersion: () => loaderVersionIn(loaderManifest),
  })

  const dhcpWatch = new DhcpWatch({
    clock,
    logger,
    emit: bus.emit,
    segment: () => (session.running && !session.venue?.simulated && served?.dhcp?.endpoint ? session.venue : undefined),
    ask: ({ nic, address }) => otherServersOn({ nic, mac: examNic()?.mac, address }, clock, vendors),
    cardOf: (address, device) => cardOf(address, device, vendors),
    onChange: () => publisher.mark('dhcpHealth'),
  })

  /** The parts that are told whole, each as it is now. */
  const views: Sources = {
    nics: () => nics,
    services: () => supervisor.views(),
    exam: () => session.view,
    preflight: () => session.preflight,
    roomTroubles: () => [...journeys.roomTroubles],
    detail: () => (watched ? detailOf(watched) : undefined),
    settings: () => settings.current,
    profiles: profileViews,
    bootFiles: () => bootFilesView,
    bootChoices: () => bootDesk.view,
    stockRevision: () => stock.revision,
    importProgress: () => exchange.progress,
    mediaProgress: () => media.progress,
    leasesRevision: () => leases.revision,
    dhcpHealth: () => dhcpWatch.view,
    transfersRevision: () => transfers.revision,
    rooms: () => examDay.rooms.list(),
    sitDown: () => examDay.sitDown.view,
    sittings: () => examDay.sittings.list(),
    incidents: () => examDay.incidents.list(),
    tftpClient: () => tftpTool.view,
    pin: () => pin.view,
    papersRevision: () => examFiles.papers.revision,
    droppedRevision: () => dropDesk.revision,
  }

  const publisher = new Publisher({
    clock,
    logger,
    sources: {
      ...views,
      machines: () => {
        const changes = journeys.takeChanges()
        machinesRemoved = changes?.removed ?? []
        return changes && changes.machines.length > 0 ? changes.machines : undefined
      },
      // Drawn after `machines`, which has just taken the changes.
      machinesRemoved: () => (machinesRemoved.length > 0 ? machinesRemoved : undefined),
      journal: () => (newEntries.length > 0 ? newEntries.splice(0).slice(-maxPushedEntries) : undefined),
    },
    send: (update) => {
      for (const listener of listeners) listener(update)
    },
  })

  /** What its next boot locks it down by. */
  const withExamRules = <Detail extends Pick<MachineDetail, 'nextBoot'>>(detail: Detail, mac: Mac): Detail => {
    const { nextBoot } = detail
    const source = nextBoot && !session.venue?.simulated ? examSystem.rulesSourceOf(nextBoot.profileId, mac) : undefined
    if (!nextBoot || source === undefined) return detail
    const examRules = source === 'profile' ? source : { sitting: examDay.sittings.get(source.sittingId).title }
    return { ...detail, nextBoot: { ...nextBoot, examRules } }
  }

  const detailOf = (mac: Mac): MachineDetail | undefined => {
    const detail = journeys.detail(mac)
    return (
      detail && {
        ...detail,
        ...withExamRules(bootDesk.detailOf(mac), mac),
        journal: journal.list({ groups: [], mac, search: '', before: 0, limit: 100 }),
      }
    )
  }

  const refreshBootFiles = async (): Promise<BootFilesView> => {
    bootFilesView = await bootFiles.list()
    publisher.mark('bootFiles', 'profiles', 'detail')
    return bootFilesView
  }

  // The journeys hear an event before the journal does, so that a lease's address is known when it is recorded.
  bus.listen((event) => {
    journeys.accept(event)
    publisher.mark('machines', 'machinesRemoved')
    if (watched && journeys.machineOf(event) === watched) publisher.mark('detail')
    if (event.type !== 'transfer.progress') publisher.mark('services')
    if (leaseEvents.has(event.type)) leases.changed()
  })
  bus.listen(transfers.accept)
  bus.listen(dropDesk.accept)
  bus.listen(examFiles.accept)
  bus.listen(journal.record)
  bus.listen(dhcpWatch.accept)
  bus.listen((event) => examDay.hear(event))
  bus.listen((event) => sittingRunner.hear(event))
  bus.listen((event) => bootDesk.hear(event))
  bus.listen((event) => {
    if (event.type !== 'dhcp.ack' && event.type !== 'agent.heartbeat') return
    const item = itemOfMachine(event.mac)
    if (item) seenItems.note(item.id, event.at)
  })
  stock.onChange(() => {
    journeys.redraw()
    leases.changed()
    publisher.mark('stockRevision', 'machines', 'machinesRemoved')
  })

  sittingRunner
    .open()
    .catch((error: unknown) => logger.error('old sittings were not made anonymous', { error: String(error) }))

  const backUpWhenDue = (): void => {
    if (!backups.isDue(clock.now())) return
    backups.make(clock.now()).catch((error: unknown) => logger.error('no backup was made', { error: String(error) }))
  }
  const stopBackups = clock.every(backupLookMs, backUpWhenDue)
  const stockWatch = new StockWatch({
    ...{ bus, clock, logger, rooms, journeys },
    itemOf: itemOfMachine,
    notify: (alarms) => {
      const { stockNotifications, language } = settings.current
      if (stockNotifications) options.desktop.notify?.(alarms, language)
    },
  })

  const stopTicking = clock.every(1000, () => {
    saveSeenItems()
    stockWatch.tick()
    leases.tick()
    transfers.tick()
    dhcpWatch.tick(session.running)
    examFiles.papers.tick()
    sittingRunner.tick()
    if (!session.running) return
    const before = JSON.stringify(journeys.roomTroubles)
    silenceWatch.tick()
    journeys.tick(clock.now())
    examDay.tick(() => journeys.all())
    publisher.mark('machines', 'machinesRemoved')
    if (JSON.stringify(journeys.roomTroubles) !== before) publisher.mark('roomTroubles')
  })
  const saveSeenItems = (): void => {
    try {
      seenItems.save()
    } catch (error) {
      logger.error('what was seen of the stock was not written', { error: String(error) })
    }
  }
  const guard = new ExamNicGuard({ clock, emit: bus.emit, logger, supervisor, venue: () => session.venue })
  const stopWatching = watchNics(
    clock,
    (now) => {
      const before = nics
      nics = now.map(withProposedPool)
      publisher.mark('nics')
      leases.changed()
      // It logs its own failures.
      void guard.look(before, now)
    },
    undefined,
    { onError: (error) => logger.warn('the NICs could not be listed', { error: String(error) }) },
  )

  const snapshot = async (): Promise<ViewUpdate> => {
    await refreshBootFiles()
    const latest = journal.list({ groups: [], mac: '', search: '', before: 0, limit: 200 }).reverse()
    // What waits for the next push comes with it: each entry reaches the screen once.
    const firstWaiting = newEntries[0]?.id ?? Infinity
    return {
      seq: publisher.seq,
      full: true,
      ...drawnNow(views),
      machines: journeys.all(),
      journal: latest.filter(({ id }) => id < firstWaiting),
    }
  }

  const commands = commandHandlers({
    info: {
      practice: false,
      ...options.info,
      hasKeyring: options.sealer !== undefined,
      dataFolder,
      ...(recovery && { notice: noticeOf(recovery) }),
    },
    backups,
    databasePath,
    desktop: options.desktop,
    session,
    settings,
    clock,
    stock,
    exchange,
    rooms,
    profiles,
    bootFiles,
    media,
    inspectProfile: (profile) =>
      inspectProfile(profile, {
        ...initrdsAt,
        pcsBelow: rooms.inventory.pcsBelow,
        hasExamRules: examSystem.rules.of(profile.id) !== undefined,
      }),
    journal,
    journeys,
    supervisor,
    leases,
    transfers,
    examDay,
    bootDesk,
    dhcpDesk,
    tftpTool,
    dropDesk,
    papers: examFiles.papers,
    examSystem,
    sittingRunner,
    sittingReports,
    lineDesk,
    windowsSources,
    packetWatch,
    pin,
    updates,
    selfTester,
    linkTests,
    vendors,
    snapshot,
    refreshBootFiles,
    withMissing,
    giveAddress: (nic, address) => givenAddresses.give(nic, address),
    openFirewall: (nic) => openedFirewalls.open(firewallNeed(nic, examPorts(settings.current))),
    watch: (mac) => {
      watched = mac
      publisher.mark('detail')
    },
    mark: (...parts) => publisher.mark(...parts),
  })

  const close = async (): Promise<void> => {
    stopTicking()
    stopBackups()
    stopWatching()
    tftpTool.cancel()
    pin.close()
    try {
      await session.suspend()
      await packetWatch.stop()
    } finally {
      publisher.close()
      examDay.close()
      saveSeenItems()
      journal.close()
      database.close()
      unlock()
    }
  }
  let closing: Promise<void> | undefined

  return {
    commands,
    session,
    pin,
    snapshot,
    onUpdate: (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    onEvent: (listener) => bus.listen(listener),
    machines: () => journeys.all(),
    settings: () => settings.current,
    simulatedMachines: () => simulated.machines(),
    close: () => (closing ??= close()),
  }
}

/** As its manifest says; empty when there is none. */
async function loaderVersionIn(manifest: string): Promise<string> {
  try {
    const { version } = JSON.parse(await readFile(manifest, 'utf8')) as { version?: unknown }
    return typeof version === 'string' ? version : ''
  } catch {
    // Loaders were laid there by hand.
    return ''
  }
}

/** What the screen says of a file that was damaged. */
const noticeOf = ({ setAside, rows, incompleteTables }: Recovery): NonNullable<AppInfo['notice']> => ({
  code: 'storage.recovered',
  details: { rows, file: basename(setAside), tables: incompleteTables.join(', ') },
})
