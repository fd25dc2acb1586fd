import type { RoomTrouble, TroubleCode } from '../../contract/index.ts'
import type { Journey } from '../journey.ts'
import { patience } from './patience.ts'
import { firstSecsWhileListening } from './slowPort.ts'
import { lossyTogether } from './transfers.ts'

/** What a rule about the whole room may know. */
export interface RoomContext {
  /** Milliseconds since the Unix epoch. */
  now: number
  listeningSince: number
  /** Since when the laptop itself has no link; undefined while it has. */
  linkDownSince?: number
  /** Of the NIC, in megabits per second; undefined when the system does not tell. */
  linkMbps?: number
}

type RoomRule = (room: readonly Journey[], context: RoomContext) => RoomTrouble | undefined

/** From so many on it is not one machine's affair. */
const several = 3

/** Together on the wire, in bytes per second: what 100 Mb/s carries, and what is near enough to say so. */
const hundredMegabits = 12_600_000
const nearHundredMegabits = 6_000_000
const crowd = 5
const settledTransferMs = 5_000

/** Everyone is slow: the laptop's cable or its switch is of the last century. */
const roomSlow: RoomRule = (room, { now, linkMbps }) => {
  const open = room.flatMap(({ transfers }) =>
    transfers.filter(({ endedAt, startedAt }) => endedAt === undefined && now - startedAt >= settledTransferMs),
  )
  const total = open.reduce((sum, { rate }) => sum + rate, 0)
  const isSlowLink = linkMbps !== undefined && linkMbps <= 100
  const looksSaturated = open.length >= crowd && total >= nearHundredMegabits && total <= hundredMegabits
  if (!(isSlowLink && open.length >= several) && !looksSaturated) return undefined
  return {
    code: 'roomSlow',
    since: Math.min(...open.map(({ startedAt }) => startedAt)),
    confidence: isSlowLink ? 0.97 : 0.6,
    facts: { count: open.length, rate: total, ...(linkMbps ? { speedMbps: linkMbps } : {}) },
  }
}

const silences: readonly TroubleCode[] = [
  'heartbeatLost',
  'machineGone',
  'switchSilent',
  'laptopUnplugged',
  'transferStalled',
  'systemLost',
]

/** Nobody can be heard: the cable between the laptop and the switch, or the switch itself. */
const roomUnplugged: RoomRule = (room, { linkDownSince }) =>
  linkDownSince === undefined
    ? undefined
    : { code: 'roomUnplugged', since: linkDownSince, confidence: 0.97, facts: { of: room.length } }

const roomSilent: RoomRule = (room, { linkDownSince }) => {
  if (linkDownSince !== undefined) return undefined
  const silent = room
    .filter(({ trouble }) => trouble && silences.includes(trouble.code))
    .sort((a, b) => (a.trouble?.since ?? 0) - (b.trouble?.since ?? 0))
  const batches = silent.map((first, index) =>
    silent
      .slice(index)
      .filter(({ trouble }) => (trouble?.since ?? 0) - (first.trouble?.since ?? 0) <= patience.sameBreath),
  )
  const largest = batches.reduce((best, batch) => (batch.length > best.length ? batch : best), [] as Journey[])
  if (largest.length < several) return undefined
  return {
    code: 'roomSilent',
    since: largest[0]?.trouble?.since ?? 0,
    confidence: largest.length >= crowd ? 0.9 : 0.7,
    facts: { count: largest.length, of: room.length },
  }
}

const roomSpanningTree: RoomRule = (room, { listeningSince }) => {
  const late = room.filter((journey) => firstSecsWhileListening(journey, listeningSince) !== undefined)
  if (late.length < several) return undefined
  return {
    code: 'roomSpanningTree',
    since: Math.min(...late.map(({ bootStartedAt }) => bootStartedAt)),
    confidence: late.length >= crowd ? 0.9 : 0.75,
    facts: { count: late.length, of: room.length },
  }
}

/** Packets to most of them are lost: what they share is the way out of the laptop, or a laptop that is too busy. */
const roomLossy: RoomRule = (room) => {
  const lossy = lossyTogether(room)
  // Those that arrived anyway need nothing more.
  if (lossy.every(({ journey }) => journey.stage === 'ready' || journey.stage === 'left')) return undefined
  return {
    code: 'roomLossy',
    since: Math.min(...lossy.map(({ transfer }) => transfer.startedAt)),
    confidence: lossy.length >= crowd ? 0.8 : 0.6,
    facts: { count: lossy.length, of: room.length },
  }
}

/** The same verdict on several machines, on at least half of those that are not further yet. */
const roomSameCause: RoomRule = (room) => {
  const stuck = room.filter(({ trouble }) => trouble?.severity === 'blocked')
  const counts = new Map<TroubleCode, number>()
  for (const { trouble } of stuck) if (trouble) counts.set(trouble.code, (counts.get(trouble.code) ?? 0) + 1)
  const [shared, count] = [...counts].sort((a, b) => b[1] - a[1])[0] ?? []
  // Of a batch that fell silent, `roomSilent` tells more.
  if (!shared || !count || count < several || count * 2 < stuck.length || silences.includes(shared)) return undefined
  const those = stuck.filter(({ trouble }) => trouble?.code === shared)
  return {
    code: 'roomSameCause',
    shared,
    since: Math.min(...those.map(({ trouble }) => trouble?.since ?? Infinity)),
    confidence: Math.max(...those.map(({ trouble }) => trouble?.confidence ?? 0)),
    facts: { count, of: room.length },
  }
}

export const roomRules: readonly RoomRule[] = [
  roomUnplugged,
  roomSlow,
  roomSilent,
  roomLossy,
  roomSpanningTree,
  roomSameCause,
]

/** What the machines show together, the surest first. */
export const findRoomTroubles = (room: readonly Journey[], context: RoomContext): RoomTrouble[] =>
  roomRules.flatMap((rule) => rule(room, context) ?? []).sort((a, b) => b.confidence - a.confidence)
