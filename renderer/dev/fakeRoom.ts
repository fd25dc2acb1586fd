import type {
  AmorceEvent,
  JourneyStage,
  JournalEntry,
  MachineDetail,
  MachineView,
  StageSpan,
  TransferView,
  Trouble,
} from '../../src/contract/index.ts'
import { journeyStages } from '../../src/contract/index.ts'
import { macOf, type FakeStock } from './fakeStock.ts'

/** How long each stage takes, in seconds, before each machine's own pace. */
const stageSeconds: Record<JourneyStage, number> = {
  heard: 0.6,
  offered: 0.8,
  leased: 1.2,
  loader: 2.2,
  script: 1.5,
  kernel: 2.4,
  initrd: 14,
  system: 9,
  ready: Infinity,
}
const progressAt: Record<JourneyStage, number> = {
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
const files = {
  loader: { file: 'snponly.efi', size: 203_776, protocol: 'tftp' },
  kernel: { file: 'debian-exam/vmlinuz', size: 8_290_000, protocol: 'http' },
  initrd: { file: 'debian-exam/initrd-with-the-whole-exam-system.img', size: 214_000_000, protocol: 'http' },
} as const

interface Seat {
  mac: string
  bootAt: number
  pace: number
  /** Where it stops, and why. */
  stops?: { stage: JourneyStage; trouble: Trouble['code']; severity: Trouble['severity']; facts: Trouble['facts'] }
}

/** A room of machines that boot one after the other, computed from the clock alone. */
export class FakeRoom {
  readonly #seats: Seat[]
  readonly #stock: FakeStock
  readonly #emit: (event: AmorceEvent, mac: string) => void
  #reached = new Map<string, number>()

  constructor(count: number, startedAt: number, stock: FakeStock, emit: (event: AmorceEvent, mac: string) => void) {
    this.#stock = stock
    this.#emit = emit
    this.#seats = Array.from({ length: count }, (_, index) => ({
      mac: macOf(index),
      bootAt: startedAt + 1500 + ((index * 5501) % 17) * (count > 100 ? 1500 : 900) + index * (count > 100 ? 60 : 250),
      pace: 0.8 + ((index * 37) % 10) / 14,
    }))
    const blocked = this.#seats[Math.min(3, count - 1)]
    if (blocked)
      blocked.stops = {
        stage: 'leased',
        trouble: 'noLoaderRequest',
        severity: 'blocked',
        facts: { file: 'snponly.efi' },
      }
    const stalled = count > 8 ? this.#seats[Math.floor(count * 0.6)] : undefined
    if (stalled)
      stalled.stops = {
        stage: 'initrd',
        trouble: 'transferStalled',
        severity: 'attention',
        facts: { file: files.initrd.file },
      }
  }

  /** Every machine heard by now. */
  views(now: number): MachineView[] {
    return this.#seats.filter((seat) => seat.bootAt <= now).map((seat, index) => this.#view(seat, index, now))
  }

  detail(mac: string, now: number, journal: readonly JournalEntry[]): MachineDetail | undefined {
    const seat = this.#seats.find((candidate) => candidate.mac === mac)
    if (!seat || seat.bootAt > now) return undefined
    const spans = this.#spans(seat, now)
    return {
      mac,
      timeline: spans,
      transfers: spans.flatMap((span) => this.#transfer(seat, span, now)).reverse(),
      journal: journal.filter((entry) => entry.mac === mac).slice(0, 100),
      earlierBoots: seat.stops ? [{ startedAt: seat.bootAt - 95_000, reached: seat.stops.stage }] : [],
    }
  }

  #spans(seat: Seat, now: number): StageSpan[] {
    const spans: StageSpan[] = []
    let at = seat.bootAt
    for (const stage of journeyStages) {
      const to = seat.stops?.stage === stage ? Infinity : at + stageSeconds[stage] * 1000 * seat.pace
      spans.push({ stage, from: at, to: to <= now ? to : undefined })
      if (to > now) break
      at = to
    }
    return spans
  }

  #transfer(seat: Seat, span: StageSpan, now: number): TransferView[] {
    if (span.stage !== 'loader' && span.stage !== 'kernel' && span.stage !== 'initrd') return []
    const { file, size, protocol } = files[span.stage]
    const share = this.#share(seat, span, now)
    const seconds = ((span.to ?? now) - span.from) / 1000
    return [
      {
        id: `${seat.mac} ${span.stage}`,
        protocol,
        file,
        kind: span.stage,
        bytes: Math.round(size * share),
        size,
        startedAt: span.from,
        endedAt: span.to,
        rate: seconds > 0 ? Math.round((size * share) / seconds) : 0,
        retransmissions: span.stage === 'loader' && seat.pace > 1.2 ? 3 : 0,
        options: protocol === 'tftp' ? { blksize: 1468, windowsize: 4 } : { range: 'bytes=0-' },
        outcome: span.to === undefined ? undefined : 'complete',
      },
    ]
  }

  /** How much of a stage is done, 0 to 1. */
  #share(seat: Seat, span: StageSpan, now: number): number {
    if (span.to !== undefined) return 1
    const share = (now - span.from) / (stageSeconds[span.stage as JourneyStage] * 1000 * seat.pace)
    return Math.min(share, seat.stops?.stage === span.stage ? 0.43 : 1)
  }

  #view(seat: Seat, index: number, now: number): MachineView {
    const spans = this.#spans(seat, now)
    const last = spans.at(-1)!
    const stage = last.stage as JourneyStage
    const rank = journeyStages.indexOf(stage)
    const next = progressAt[journeyStages[rank + 1] ?? 'ready']
    const address = `192.168.60.${100 + (index % 150)}`
    this.#tell(seat, spans, address)
    const isStuck = seat.stops?.stage === stage && now - last.from > 6000
    const item = this.#stock.byMac(seat.mac)
    const isReporting = rank >= journeyStages.indexOf('script')
    return {
      mac: seat.mac,
      uuid: `4c4c4544-0042-3510-8054-${seat.mac.replaceAll(':', '')}`,
      address: rank >= 2 ? address : undefined,
      leaseExpiresAt: rank >= 2 ? seat.bootAt + 3_600_000 : undefined,
      firmware: index % 5 === 4 ? 'bios' : 'uefi-x64',
      firmwareRow: 'UEFI x64',
      arch: 7,
      stage,
      reached: stage,
      stageSince: last.from,
      progress: progressAt[stage] + (next - progressAt[stage]) * this.#share(seat, last, now),
      trouble: isStuck
        ? {
            code: seat.stops!.trouble,
            severity: seat.stops!.severity,
            since: last.from + 6000,
            facts: seat.stops!.facts,
          }
        : undefined,
      boots: seat.stops ? 2 : 1,
      firstHeardAt: seat.bootAt,
      lastHeardAt: isStuck ? last.from : now - (now % 5000),
      profileName: isReporting ? 'Debian examen' : undefined,
      facts: isReporting
        ? { manufacturer: 'Dell Inc.', product: 'OptiPlex 7090', serial: `SN${1000 + index}`, memoryMiB: 16_384 }
        : {},
      item: item && { id: item.id, assetTag: item.assetTag.replace('B104-', ''), location: item.location },
    }
  }

  /** Writes into the journal what happened since it was last asked. */
  #tell({ mac, stops }: Seat, spans: readonly StageSpan[], address: string): void {
    const known = this.#reached.get(mac) ?? 0
    if (spans.length === known) return
    this.#reached.set(mac, spans.length)
    const client = { firmware: 'uefi-x64', secs: 0, xid: 7, arch: 7 } as const
    for (const { stage, from: at } of spans.slice(known)) {
      if (stage === 'heard') this.#emit({ type: 'dhcp.discover', at, mac, client }, mac)
      if (stage === 'offered')
        this.#emit({ type: 'dhcp.offer', at, mac, address, bootFile: 'snponly.efi', xid: 7 }, mac)
      if (stage === 'leased') {
        this.#emit(
          { type: 'dhcp.request', at, mac, state: 'selecting', address, serverId: '192.168.60.1', client },
          mac,
        )
        this.#emit(
          {
            type: 'dhcp.ack',
            at,
            mac,
            address,
            expiresAt: at + 3_600_000,
            renewal: false,
            bootFile: 'snponly.efi',
            client,
          },
          mac,
        )
        if (stops?.stage === 'leased')
          this.#emit({ type: 'dhcp.silent', at, mac, reason: 'otherServerChosen', serverId: '192.168.1.1' }, mac)
      }
      if (stage === 'loader' || stage === 'kernel' || stage === 'initrd') {
        const { file, size, protocol } = files[stage]
        this.#emit(
          {
            type: 'transfer.start',
            at,
            id: `${mac} ${stage}`,
            protocol,
            client: address,
            file,
            kind: stage,
            size,
            options: {},
          },
          mac,
        )
      }
      if (stage === 'script')
        this.#emit(
          {
            type: 'boot.script',
            at,
            mac,
            client: address,
            profileId: 1,
            profileName: 'Debian examen',
            localDisk: false,
          },
          mac,
        )
      if (stage === 'system' || stage === 'ready')
        this.#emit({ type: 'agent.heartbeat', at, mac, client: address, stage, facts: {} }, mac)
    }
  }
}
