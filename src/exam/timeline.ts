import type { AmorceEvent, Mac, Stage, TimelineLane, TimelineView, TroubleCode } from '../contract/index.ts'
import { Journeys } from './journeys.ts'

export interface TimelineOptions {
  /** Milliseconds since the Unix epoch: where it ends. */
  to: number
  /** Where a machine stands; those that stand nowhere come last. */
  placeOf(mac: Mac): Pick<TimelineLane, 'seatId' | 'label' | 'candidateId'> | undefined
  /** Ids of seats, in the order in which they are shown. */
  order: readonly number[]
}

/** Silences are looked at this often, as while it happened. */
const tickMs = 5000
/** The longest patience is two minutes. */
const mostTicks = 40
/** Smaller files say nothing of a link. */
const tellingBytes = 1_000_000
/** So much slower than the middle one is worth a look at the cable. */
const slowShare = 0.5
/** Fewer links have no middle. */
const tellingLinks = 3

type Lane = TimelineLane & { open?: { stage: Stage; from: number }; trouble?: { code: TroubleCode; from: number } }

/**
 * What each machine was doing when, found again from what was written down: the events go through the same journeys as
 * when they happened.
 *
 * @param events oldest first
 */
export function buildTimeline(
  events: readonly AmorceEvent[],
  { to, placeOf, order }: TimelineOptions,
): Pick<TimelineView, 'from' | 'to' | 'lanes' | 'slowest'> {
  const journeys = new Journeys({ itemOf: () => undefined })
  const lanes = new Map<Mac, Lane>()
  const boots = new Map<Mac, number>()
  const largest = new Map<Mac, number>()

  const note = (mac: Mac, at: number): void => {
    const journey = journeys.get(mac)
    if (!journey) return
    let lane = lanes.get(mac)
    if (!lane) {
      lane = { mac, label: journey.hostName ?? mac, ...placeOf(mac), spans: [], troubles: [], boots: [] }
      lanes.set(mac, lane)
    }
    // A heartbeat is written down only when it says something new: silence of the record is no silence of the machine.
    const isSilentRecord = journey.trouble?.code === 'heartbeatLost'
    const stage = isSilentRecord ? journey.reached : journey.stage
    if (lane.open?.stage !== stage) {
      if (lane.open && at > lane.open.from) lane.spans.push({ ...lane.open, to: at })
      lane.open = { stage, from: lane.open ? at : journey.firstHeardAt }
      if (stage === 'ready' && boots.get(mac) !== journey.bootStartedAt) {
        boots.set(mac, journey.bootStartedAt)
        lane.boots.push(at - journey.bootStartedAt)
      }
    }
    const code = isSilentRecord ? undefined : journey.trouble?.code
    if (lane.trouble?.code !== code) {
      if (lane.trouble && at > lane.trouble.from) lane.troubles.push({ ...lane.trouble, to: at })
      lane.trouble = code === undefined ? undefined : { code, from: at }
    }
  }

  let ticked = events[0]?.at ?? to
  const tickUntil = (at: number): void => {
    // Nothing changes by itself once everything has been silent for long.
    for (let i = 0; ticked + tickMs <= at && i < mostTicks; i++) {
      ticked += tickMs
      journeys.tick(ticked)
      for (const mac of lanes.keys()) note(mac, ticked)
    }
    ticked = Math.max(ticked, at)
  }
  for (const event of events) {
    tickUntil(event.at)
    journeys.accept(event)
    const mac = journeys.machineOf(event)
    if (mac === undefined) continue
    note(mac, event.at)
    const lane = lanes.get(mac)
    if (lane && event.type === 'transfer.end' && event.outcome === 'complete' && event.durationMs > 0) {
      const isLarger = event.bytes >= tellingBytes && event.bytes > (largest.get(mac) ?? 0)
      if (isLarger) {
        largest.set(mac, event.bytes)
        lane.rate = (event.bytes * 1000) / event.durationMs
      }
    }
  }
  if (events.length > 0) tickUntil(to)

  const places = new Map(order.map((id, index) => [id, index]))
  const placed = ({ seatId }: Lane): number => places.get(seatId ?? -1) ?? Infinity
  const finished = [...lanes.values()]
    .map((lane): TimelineLane => {
      const { open, trouble, ...rest } = lane
      return {
        ...rest,
        spans: open && to > open.from ? [...rest.spans, { ...open, to }] : rest.spans,
        troubles: trouble && to > trouble.from ? [...rest.troubles, { ...trouble, to }] : rest.troubles,
      }
    })
    .sort((a, b) => compareNumbers(placed(a), placed(b)) || a.label.localeCompare(b.label, 'fr', { numeric: true }))
  const from = Math.min(to, ...finished.flatMap(({ spans }) => spans[0]?.from ?? to))
  const slowest = slowestOf(finished)
  return { from, to, lanes: finished, ...(slowest && { slowest }) }
}

const compareNumbers = (a: number, b: number): number => (a === b ? 0 : a < b ? -1 : 1)

function slowestOf(lanes: readonly TimelineLane[]): TimelineView['slowest'] {
  const known = lanes
    .flatMap(({ mac, label, rate }) => (rate === undefined ? [] : [{ mac, label, rate }]))
    .sort((a, b) => a.rate - b.rate)
  const median = known[Math.floor(known.length / 2)]?.rate
  const [first] = known
  return first && median !== undefined && known.length >= tellingLinks && first.rate < median * slowShare
    ? { ...first, median }
    : undefined
}
