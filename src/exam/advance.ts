import type { AmorceEvent, DhcpClientFacts, EventType, FirmwareKind, TransferView } from '../contract/index.ts'
import {
  addTransfer,
  bootAgain,
  enter,
  hasReached,
  noteClient,
  noteFirmwareRow,
  noteTransferProgress,
  reach,
  remember,
  type Journey,
} from './journey.ts'

/**
 * Advances one machine's journey by one event that is about it. Reads no clock: the event says when it happened, so
 * that replaying a journal gives the same journey.
 */
export function advance(journey: Journey, event: AmorceEvent): void {
  const { evidence } = journey
  const { at } = event
  if (!isOurDoing(event.type)) journey.lastHeardAt = Math.max(journey.lastHeardAt, at)

  remember(journey, event)
  switch (event.type) {
    case 'dhcp.discover':
      if (startsNewBoot(journey, event.client.firmware)) bootAgain(journey, at)
      journey.evidence.firstDiscover ??= event
      noteClient(journey, event.client)
      noteLoaderSpeaks(journey, event.client, at)
      if (isSystem(event.client)) noteSystemSpeaks(journey, event)
      if (journey.evidence.firstOfferAt !== undefined) journey.evidence.discoversSinceOffer += 1
      if (journey.stage === 'lost' || journey.stage === 'left') reach(journey, 'heard', at)
      return

    case 'dhcp.offer':
      evidence.firstOfferAt ??= at
      evidence.poolEmptyAt = undefined
      noteFirmwareRow(journey, event.firmwareRow)
      reach(journey, 'offered', at)
      return

    case 'dhcp.request':
      noteClient(journey, event.client)
      evidence.discoversSinceOffer = 0
      if (isSystem(event.client)) noteSystemSpeaks(journey, event)
      return

    case 'dhcp.ack':
      noteClient(journey, event.client)
      journey.address = event.address
      journey.leaseExpiresAt = event.expiresAt
      evidence.acknowledgedAt = at
      noteFirmwareRow(journey, event.firmwareRow)
      evidence.discoversSinceOffer = 0
      evidence.otherServer = undefined
      evidence.poolEmptyAt = undefined
      if (event.bootFile && !event.renewal) {
        evidence.bootFileGivenAt = at
        evidence.bootFile = event.bootFile
      }
      // A lost machine's lease may renew itself while its agent is dead: that is no sign of life.
      if (!event.renewal) reach(journey, 'leased', at)
      return

    case 'dhcp.proxy':
      noteClient(journey, event.client)
      if (event.address) journey.address = event.address
      noteFirmwareRow(journey, event.firmwareRow)
      if (event.bootFile) {
        evidence.bootFileGivenAt = at
        evidence.bootFile = event.bootFile
      }
      if (event.step === 'offer') evidence.firstOfferAt ??= at
      reach(journey, event.step === 'address' ? 'leased' : 'offered', at)
      return

    case 'dhcp.release':
      // Firmware gives its lease back between two attempts; only a machine that was up and says goodbye has left.
      journey.address = undefined
      journey.leaseExpiresAt = undefined
      if (hasReached(journey, 'system') || journey.firmware === 'none') enter(journey, 'left', at)
      return

    case 'dhcp.nak':
    case 'dhcp.decline':
      evidence.refusedAt = [...evidence.refusedAt, at].slice(-3)
      return

    case 'dhcp.silent':
      if (event.reason === 'poolEmpty') evidence.poolEmptyAt ??= at
      if (event.reason === 'otherServerChosen' && event.serverId) evidence.otherServer = { address: event.serverId, at }
      return

    case 'transfer.start': {
      // What a machine drops here is no step of its boot.
      if (event.direction === 'received') return
      const transfer: TransferView = {
        id: event.id,
        protocol: event.protocol,
        file: event.file,
        kind: event.kind,
        bytes: 0,
        size: event.size,
        startedAt: at,
        rate: 0,
        retransmissions: 0,
        options: event.options,
      }
      addTransfer(journey, transfer)
      evidence.requestedAt = at
      evidence.refused = undefined
      if (event.kind !== 'file') reach(journey, event.kind, at)
      return
    }

    case 'transfer.progress': {
      const transfer = journey.transfers.find((candidate) => candidate.id === event.id)
      if (!transfer) return
      // Blocks that are sent again in vain are no sign of life.
      if (event.bytes > transfer.bytes) evidence.requestedAt = at
      transfer.bytes = event.bytes
      transfer.retransmissions = event.retransmissions
      transfer.rate = rateOf(event.bytes, at - transfer.startedAt)
      noteTransferProgress(journey, transfer)
      return
    }

    case 'transfer.end': {
      if (event.direction === 'received') return
      const transfer = journey.transfers.find((candidate) => candidate.id === event.id)
      if (transfer) {
        transfer.bytes = event.bytes
        transfer.size = event.size ?? transfer.size
        transfer.endedAt = at
        transfer.rate = rateOf(event.bytes, event.durationMs)
        transfer.retransmissions = event.retransmissions
        transfer.outcome = event.outcome
        transfer.reason = event.reason
        noteTransferProgress(journey, transfer)
      }
      if (event.outcome === 'complete') noteFetched(journey, event, at)
      else if (event.outcome !== 'probe')
        evidence.brokenTransfer = { file: event.file, at, reason: event.reason ?? event.outcome }
      return
    }

    case 'transfer.refused':
      if (event.direction === 'received') return
      evidence.requestedAt = at
      if (event.code === 'content.notFound') evidence.refused = { file: event.file, nearest: event.nearest, at }
      return

    case 'boot.script':
      journey.profileName = event.profileName
      forgetDeadLoaders(journey)
      evidence.scriptAt = at
      evidence.scriptIsLocalDisk = event.localDisk
      reach(journey, 'script', at)
      if (event.localDisk) enter(journey, 'left', at)
      return

    case 'boot.report':
      journey.facts = { ...journey.facts, ...event.facts }
      if (event.facts.uuid) journey.uuid = event.facts.uuid
      return

    case 'agent.heartbeat':
      journey.facts = { ...journey.facts, ...event.facts }
      journey.battery = event.battery
      noteAgentSpeaks(journey, at)
      if (event.stage === 'leaving') {
        enter(journey, 'left', at)
        return
      }
      if (event.stage === 'ready') journey.bootedAgainAt = undefined
      reach(journey, event.stage, at)
      return

    case 'machine.asked':
      evidence.answer = event
      return

    case 'machine.woken':
      evidence.woken = [...evidence.woken, event].slice(-3)
      return

    case 'exam.resumed':
    case 'nic.changed':
      // Nothing was listening while the laptop was down or unplugged: silence in that time proves nothing.
      if (evidence.heartbeatAt !== undefined) evidence.heartbeatAt = at
      if (evidence.requestedAt !== undefined) evidence.requestedAt = at
      return
  }
}

/** Of a transfer too quick for the clock: what it is at least. */
const rateOf = (bytes: number, durationMs: number): number => Math.round((bytes * 1000) / Math.max(durationMs, 1))

const isLoader = (firmware: FirmwareKind): boolean => firmware === 'ipxe' || firmware === 'ipxe-partial'
const isSystem = (client: DhcpClientFacts): boolean => client.firmware === 'none'

/**
 * A chain is one boot: the firmware asks, then its loader, then the system. It is a new boot when an earlier link of
 * the chain asks again after a later one has been seen.
 */
function startsNewBoot(journey: Journey, firmware: FirmwareKind): boolean {
  if (firmware === 'none' || firmware === 'other') return journey.stage === 'left' && !hasReached(journey, 'script')
  if (journey.stage === 'left') return true
  return isLoader(firmware) ? hasReached(journey, 'script') : hasReached(journey, 'loader')
}

function noteLoaderSpeaks(journey: Journey, client: DhcpClientFacts, at: number): void {
  if (!isLoader(client.firmware)) return
  journey.evidence.loaderHeardAt = at
  if (client.firmware === 'ipxe') forgetDeadLoaders(journey)
}

function forgetDeadLoaders(journey: Journey): void {
  journey.deadLoaders = 0
  journey.deadLoader = undefined
}

/** What we do, or what befell the laptop, is no sign of a machine's life. */
const isOurDoing = (type: EventType): boolean =>
  type === 'machine.asked' || type === 'machine.woken' || type === 'exam.resumed' || type === 'nic.changed'

/** No machine goes from its exam to another system's DHCP client faster; the exam's own one may ask again meanwhile. */
const otherSystemAfterMs = 10_000
/** From a magic packet to the first word of a machine that only slept. */
const wakesWithinMs = 60_000

const wordsOf = ({ vendorClass = '', hostName = '' }: DhcpClientFacts): string => `${vendorClass}\n${hostName}`

/** A kernel's own DHCP client is heard: the exam's system runs, whether or not an agent ever reports; or another one does. */
function noteSystemSpeaks(
  journey: Journey,
  event: Extract<AmorceEvent, { type: 'dhcp.discover' | 'dhcp.request' }>,
): void {
  const { evidence } = journey
  const { at, client } = event
  const words = wordsOf(client)
  const begins = event.type === 'dhcp.discover' || event.state === 'initReboot' || event.state === 'selecting'
  const isKnown = evidence.systems.includes(words)
  const isLongSilent = evidence.heartbeatAt !== undefined && at - evidence.heartbeatAt >= otherSystemAfterMs
  if (!isKnown && isLongSilent && begins && hasReached(journey, 'ready')) {
    evidence.otherSystem ??= event
    enter(journey, 'lost', at)
    return
  }
  if (!isKnown && !isLongSilent) evidence.systems = [...evidence.systems, words].slice(-8)
  if (evidence.systemMediaDoneAt !== undefined) reach(journey, 'system', at)
}

function noteAgentSpeaks(journey: Journey, at: number): void {
  const { evidence } = journey
  const by = evidence.woken.at(-1)
  if (by && evidence.heartbeatAt !== undefined && at - by.at <= wakesWithinMs) evidence.wokenFromSleep = { by, at }
  // It was the exam's own system, dressed anew.
  if (evidence.otherSystem) evidence.systems = [...evidence.systems, wordsOf(evidence.otherSystem.client)].slice(-8)
  evidence.heartbeatAt = at
  evidence.otherSystem = undefined
  evidence.answer = undefined
  evidence.woken = []
}

function noteFetched(journey: Journey, event: { kind: TransferView['kind']; file: string }, at: number): void {
  const { evidence } = journey
  evidence.brokenTransfer = undefined
  if (event.kind === 'loader') {
    evidence.loaderDoneAt = at
    evidence.loaderFile = event.file
    evidence.loaderFetches += 1
  }
  // With no initrd the kernel is all the system needs; with one, the last of them is.
  if (event.kind === 'kernel' || event.kind === 'initrd') evidence.systemMediaDoneAt = at
}
