import {
  journeyStages,
  type AmorceEvent,
  type BatteryState,
  type DhcpClientFacts,
  type FirmwareKind,
  type Ipv4,
  type JourneyStage,
  type Mac,
  type MachineFacts,
  type MachineView,
  type Stage,
  type StageSpan,
  type TransferView,
  type Trouble,
} from '../contract/index.ts'

const maxTransfers = 50
const maxSpans = 40
const maxEarlierBoots = 20

/** Events remembered of a machine, for the rules and as their proof. */
const maxHistory = 80
/** NIC adapters that go from machine to machine: more identities than these say nothing more. */
const maxUuids = 8

/** What the trouble rules look at; times are milliseconds since the Unix epoch. All of it is about the present boot. */
export interface BootEvidence {
  discoversSinceOffer: number
  /** The first of this boot. */
  firstDiscover?: Extract<AmorceEvent, { type: 'dhcp.discover' }>
  firstOfferAt?: number
  /** When we last acknowledged a firmware or loader that was handed a boot file. */
  bootFileGivenAt?: number
  bootFile?: string
  /** The last request for any file. */
  requestedAt?: number
  loaderFile?: string
  loaderDoneAt?: number
  /** Complete fetches of a loader in this boot. */
  loaderFetches: number
  loaderHeardAt?: number
  scriptAt?: number
  scriptIsLocalDisk: boolean
  systemMediaDoneAt?: number
  refused?: { file: string; nearest?: string; at: number }
  brokenTransfer?: { file: string; at: number; reason: string }
  otherServer?: { address: Ipv4; at: number }
  poolEmptyAt?: number
  heartbeatAt?: number
  /** What each system said of itself to DHCP while the exam's agent was heard. */
  systems: string[]
  /** Another system asked for an address after the agent had fallen silent. */
  otherSystem?: Extract<AmorceEvent, { type: 'dhcp.discover' | 'dhcp.request' }>
  /** How it answered last in the present silence. */
  answer?: Extract<AmorceEvent, { type: 'machine.asked' }>
  /** Magic packets sent in the present silence. */
  woken: Extract<AmorceEvent, { type: 'machine.woken' }>[]
  /** The one that it answered without booting: it had been asleep. */
  wokenFromSleep?: { by: Extract<AmorceEvent, { type: 'machine.woken' }>; at: number }
  /** When its addresses were refused (NAK), or found taken by it (DECLINE): the last three times. */
  refusedAt: number[]
  acknowledgedAt?: number
}

/** One machine's way through one or several boots. Built from events alone, so that replaying a journal rebuilds it. */
export interface Journey {
  readonly mac: Mac
  uuid?: string
  address?: Ipv4
  leaseExpiresAt?: number
  firmware: FirmwareKind
  firmwareRow?: string
  firmwareSaid?: MachineView['firmwareSaid']
  /** What its last message said, whoever sent it: firmware, loader or system. */
  said?: MachineView['firmwareSaid']
  arch?: number
  /** As its agent told last, in this boot. */
  battery?: BatteryState
  hostName?: string
  facts: MachineFacts
  profileName?: string
  stage: Stage
  reached: JourneyStage
  stageSince: number
  progress: number
  timeline: StageSpan[]
  /** Newest first. */
  transfers: TransferView[]
  earlierBoots: { startedAt: number; reached: Stage }[]
  boots: number
  bootStartedAt: number
  firstHeardAt: number
  lastHeardAt: number
  /** Boots in a row that ended right after the loader was complete: the loader was refused or hung. */
  deadLoaders: number
  /** The last of them. */
  deadLoader?: DeadLoader
  /** Newest last; progress of transfers and repeated heartbeats are left out. */
  history: AmorceEvent[]
  /** Every option 97 heard from this MAC, the first as it was sent. */
  uuids: string[]
  /** It was ready and has booted again since: an incident during an exam. */
  bootedAgainAt?: number
  evidence: BootEvidence
  trouble?: Trouble
}

/** A loader that was fetched whole and never spoke. */
export interface DeadLoader {
  file: string
  doneAt: number
  /** The shortest time, in milliseconds, that the firmware took to begin again: a person who restarts it takes longer. */
  quickestRestartMs: number
}

const emptyEvidence = (): BootEvidence => ({
  discoversSinceOffer: 0,
  loaderFetches: 0,
  scriptIsLocalDisk: false,
  refusedAt: [],
  systems: [],
  woken: [],
})

export const newJourney = (mac: Mac, at: number): Journey => ({
  mac,
  firmware: 'none',
  facts: {},
  stage: 'heard',
  reached: 'heard',
  stageSince: at,
  progress: progressAtStage.heard,
  timeline: [{ stage: 'heard', from: at }],
  transfers: [],
  earlierBoots: [],
  boots: 1,
  bootStartedAt: at,
  firstHeardAt: at,
  lastHeardAt: at,
  deadLoaders: 0,
  history: [],
  uuids: [],
  evidence: emptyEvidence(),
})

/** Where each stage begins on the bar of the whole boot. The initrd is most of the bytes, so it is most of the bar. */
const progressAtStage: Record<JourneyStage, number> = {
  heard: 0.02,
  offered: 0.04,
  leased: 0.06,
  loader: 0.08,
  script: 0.16,
  kernel: 0.2,
  initrd: 0.35,
  system: 0.85,
  ready: 1,
}

const rank = (stage: JourneyStage): number => journeyStages.indexOf(stage)

export const hasReached = (journey: Journey, stage: JourneyStage): boolean => rank(journey.reached) >= rank(stage)

/** Moves on to `stage`; a stage already passed in this boot is not gone back to. */
export function reach(journey: Journey, stage: JourneyStage, at: number): void {
  // What another system on its disk does is no step of this boot.
  if (journey.evidence.otherSystem) return
  if (rank(stage) > rank(journey.reached)) journey.reached = stage
  else if (journey.stage === journey.reached) return
  // A lost machine that speaks again stands where it had come to.
  enter(journey, journey.reached, at)
  journey.progress = Math.max(journey.progress, progressAtStage[journey.reached])
}

/** Enters a stage and closes the span of the one before. */
export function enter(journey: Journey, stage: Stage, at: number): void {
  if (journey.stage === stage) return
  const open = journey.timeline.at(-1)
  if (open) open.to = at
  journey.timeline.push({ stage, from: at })
  if (journey.timeline.length > maxSpans) journey.timeline.shift()
  journey.stage = stage
  journey.stageSince = at
}

/** Power-on again: the way starts anew, what is known of the machine stays. */
export function bootAgain(journey: Journey, at: number): void {
  const { evidence } = journey
  if (journey.reached === 'loader' && evidence.loaderDoneAt !== undefined && evidence.loaderHeardAt === undefined) {
    journey.deadLoaders += 1
    const { loaderDoneAt: doneAt, loaderFile: file = '' } = evidence
    const quickestRestartMs = Math.min(at - doneAt, journey.deadLoader?.quickestRestartMs ?? Infinity)
    journey.deadLoader = { file, doneAt, quickestRestartMs }
  }
  if (journey.reached === 'ready' && journey.stage !== 'left') journey.bootedAgainAt = at
  journey.earlierBoots.unshift({ startedAt: journey.bootStartedAt, reached: journey.reached })
  journey.earlierBoots.length = Math.min(journey.earlierBoots.length, maxEarlierBoots)
  journey.boots += 1
  journey.bootStartedAt = at
  journey.stage = 'heard'
  journey.reached = 'heard'
  journey.stageSince = at
  journey.progress = progressAtStage.heard
  journey.timeline = [{ stage: 'heard', from: at }]
  journey.transfers = []
  journey.battery = undefined
  journey.evidence = emptyEvidence()
}

/** Keeps an event as what a rule may look at. */
export function remember(journey: Journey, event: AmorceEvent): void {
  if (event.type === 'transfer.progress') return
  if (event.type === 'agent.heartbeat' && journey.history.at(-1)?.type === 'agent.heartbeat') journey.history.pop()
  journey.history.push(event)
  if (journey.history.length > maxHistory) journey.history.shift()
}

/** A loader and its firmware may send the same UUID in either byte order (SMBIOS 7.2.1). */
const otherByteOrder = (uuid: string): string => {
  const turned = (hex: string): string => hex.match(/../g)?.reverse().join('') ?? hex
  const [a = '', b = '', c = '', ...rest] = uuid.split('-')
  return [turned(a), turned(b), turned(c), ...rest].join('-')
}

function noteUuid(journey: Journey, uuid: string): void {
  journey.uuid = uuid
  const isKnown = journey.uuids.includes(uuid) || journey.uuids.includes(otherByteOrder(uuid))
  if (!isKnown && journey.uuids.length < maxUuids) journey.uuids.push(uuid)
}

export function noteClient(journey: Journey, client: DhcpClientFacts): void {
  if (client.uuid) noteUuid(journey, client.uuid)
  if (client.hostName) journey.hostName = client.hostName
  if (client.arch !== undefined) journey.arch = client.arch
  const { arch, vendorClass, userClass } = client
  journey.said = { arch, vendorClass, userClass }
  // What the system asks later says nothing of the firmware that booted it.
  if (client.firmware === 'none' || client.firmware === 'other') return
  const isLoader = client.firmware === 'ipxe' || client.firmware === 'ipxe-partial'
  if (!isLoader || journey.firmware === 'none') journey.firmware = client.firmware
}

/** The row of the firmware table that answered what it said last. */
export function noteFirmwareRow(journey: Journey, row: string | undefined): void {
  if (row === undefined) return
  journey.firmwareRow = row
  journey.firmwareSaid = journey.said
}

export function addTransfer(journey: Journey, transfer: TransferView): void {
  journey.transfers.unshift(transfer)
  journey.transfers.length = Math.min(journey.transfers.length, maxTransfers)
}

/** Where on the bar of the whole boot the transfer of a stage's files stands. */
export function noteTransferProgress(journey: Journey, transfer: TransferView): void {
  const span = transferSpan[transfer.kind]
  if (!span || !transfer.size) return
  const [from, to] = span
  const share = Math.min(transfer.bytes / transfer.size, 1)
  journey.progress = Math.max(journey.progress, from + (to - from) * share)
}

const transferSpan: Partial<Record<TransferView['kind'], readonly [number, number]>> = {
  loader: [progressAtStage.loader, progressAtStage.script],
  kernel: [progressAtStage.kernel, progressAtStage.initrd],
  initrd: [progressAtStage.initrd, progressAtStage.system],
}

export const journeyView = (journey: Journey, item: MachineView['item'], seat: MachineView['seat']): MachineView => ({
  mac: journey.mac,
  uuid: journey.uuid,
  address: journey.address,
  leaseExpiresAt: journey.leaseExpiresAt,
  firmware: journey.firmware,
  firmwareRow: journey.firmwareRow,
  firmwareSaid: journey.firmwareSaid,
  arch: journey.arch,
  stage: journey.stage,
  reached: journey.reached,
  stageSince: journey.stageSince,
  progress: journey.progress,
  trouble: journey.trouble,
  boots: journey.boots,
  firstHeardAt: journey.firstHeardAt,
  lastHeardAt: journey.lastHeardAt,
  profileName: journey.profileName,
  facts: journey.facts,
  battery: journey.battery,
  hostName: journey.hostName,
  item,
  seat,
})
