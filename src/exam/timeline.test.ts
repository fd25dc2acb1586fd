import { describe, expect, it } from 'vitest'
import type { AmorceEvent, DhcpClientFacts, Mac } from '../contract/index.ts'
import { buildTimeline } from './timeline.ts'

const client: DhcpClientFacts = { firmware: 'bios', arch: 0, secs: 0, xid: 1 }
const macOf = (number: number): Mac => `52:54:00:00:00:0${number}`
const addressOf = (number: number): string => `10.0.0.${number}`

/** A boot that takes twenty seconds, its file sent at so many bytes per second. */
function boot(number: number, at: number, rate = 10_000_000): AmorceEvent[] {
  const mac = macOf(number)
  const address = addressOf(number)
  const bytes = 20_000_000
  return [
    { type: 'dhcp.discover', at, mac, client },
    {
      type: 'dhcp.ack',
      at: at + 1000,
      mac,
      address,
      expiresAt: at + 9e6,
      renewal: false,
      bootFile: 'ipxe.pxe',
      client,
    },
    {
      ...{ type: 'transfer.end', at: at + 8000, id: `t${number}`, protocol: 'http', client: address, file: 'initrd' },
      ...{
        kind: 'initrd',
        bytes,
        size: bytes,
        durationMs: (bytes / rate) * 1000,
        retransmissions: 0,
        outcome: 'complete',
      },
    },
    { type: 'agent.heartbeat', at: at + 20_000, mac, client: address, stage: 'ready', facts: {} },
  ]
}
const inOrder = (events: AmorceEvent[]): AmorceEvent[] => events.sort((a, b) => a.at - b.at)
const options = {
  to: 200_000,
  placeOf: (mac: Mac) => ({ seatId: Number(mac.slice(-1)), label: `A${mac.slice(-1)}` }),
  order: [3, 2, 1],
}

describe('a timeline', () => {
  it('has a lane for each machine, in the order of the seats, its spans without a gap', () => {
    const { lanes, from } = buildTimeline(inOrder([...boot(1, 1000), ...boot(2, 5000)]), options)
    expect(from).toBe(1000)
    expect(lanes.map(({ label }) => label)).toEqual(['A2', 'A1'])
    const [, first] = lanes
    expect(first?.boots).toEqual([20_000])
    expect(first?.spans[0]).toMatchObject({ stage: 'heard', from: 1000 })
    expect(first?.spans.at(-1)).toEqual({ stage: 'ready', from: 21_000, to: 200_000 })
    for (const [i, span] of first!.spans.entries()) if (i > 0) expect(span.from).toBe(first!.spans[i - 1]!.to)
  })

  it('shows who stood still, though nothing was written down of the silence', () => {
    const mac = macOf(1)
    const ack = boot(1, 1000).slice(0, 2)
    const { lanes } = buildTimeline(inOrder([...ack, ...boot(2, 100_000)]), options)
    const stuck = lanes.find((lane) => lane.mac === mac)
    expect(stuck?.troubles.map(({ code }) => code)).toContain('noLoaderRequest')
    expect(stuck?.boots).toEqual([])
  })

  it('does not take a machine for lost that only said nothing new', () => {
    const { lanes } = buildTimeline(boot(1, 1000), { ...options, to: 3_600_000 })
    expect(lanes[0]?.spans.at(-1)?.stage).toBe('ready')
    expect(lanes[0]?.troubles).toEqual([])
  })

  it('names the slowest link when it is one', () => {
    const rates = [10_000_000, 11_000_000, 1_000_000]
    const { slowest } = buildTimeline(inOrder(rates.flatMap((rate, i) => boot(i + 1, 1000, rate))), options)
    expect(slowest).toEqual({ mac: macOf(3), label: 'A3', rate: 1_000_000, median: 10_000_000 })
    const alike = buildTimeline(inOrder([1, 2, 3].flatMap((number) => boot(number, 1000))), options)
    expect(alike.slowest).toBeUndefined()
  })

  it('of nothing is empty', () => {
    expect(buildTimeline([], options)).toEqual({ from: 200_000, to: 200_000, lanes: [] })
  })
})
