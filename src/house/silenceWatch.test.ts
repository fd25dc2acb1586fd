import { describe, expect, it } from 'vitest'
import { ManualClock, silentLogger } from '../base/index.ts'
import type { AmorceEvent, Ipv4 } from '../contract/index.ts'
import type { NeighbourState } from '../network/index.ts'
import { SilenceWatch, type Asker, type SilentMachine } from './silenceWatch.ts'

const away: NeighbourState = { hasFailed: true, isReachable: false, confirmedAgo: 60 }
const there = (confirmedAgo: number): NeighbourState => ({ hasFailed: false, isReachable: true, confirmedAgo })

function watch(silent: SilentMachine[]) {
  const clock = new ManualClock()
  const told: AmorceEvent[] = []
  const echoing = new Set<Ipv4>()
  const table = new Map<Ipv4, NeighbourState>()
  const echoed: Ipv4[] = []
  const asker: Asker = {
    poke: () => Promise.resolve(),
    neighbours: () => Promise.resolve(table),
    echo: (address) => {
      echoed.push(address)
      return Promise.resolve(echoing.has(address))
    },
  }
  const silence = new SilenceWatch({
    clock,
    emit: (event) => {
      told.push(event)
      if (event.type !== 'machine.asked') return
      const machine = silent.find(({ mac }) => mac === event.mac)
      if (machine) machine.answer = event.answer
    },
    logger: silentLogger,
    silent: () => silent,
    asker: () => asker,
    simulated: () => undefined,
  })
  const seconds = async (count: number): Promise<void> => {
    for (let i = 0; i < count; i++) {
      clock.advance(1000)
      silence.tick()
      for (let turns = 0; turns < 20; turns++) await Promise.resolve()
    }
  }
  const answers = () => told.map((event) => (event.type === 'machine.asked' ? `${event.mac} ${event.answer}` : ''))
  return { seconds, answers, echoing, table, echoed }
}

const machine = (n: number): SilentMachine => ({ mac: `52:54:00:00:00:${n}`, address: `192.168.60.${n}` })

describe('a machine whose agent fell silent', () => {
  it('answers with its kernel, and that is told once', async () => {
    const { seconds, answers, echoing, table } = watch([machine(10)])
    echoing.add('192.168.60.10')
    table.set('192.168.60.10', there(2))
    await seconds(20)
    expect(answers()).toEqual(['52:54:00:00:00:10 echo'])
    echoing.clear()
    table.set('192.168.60.10', away)
    await seconds(5)
    expect(answers()).toEqual(['52:54:00:00:00:10 echo', '52:54:00:00:00:10 none'])
  })

  it('is not taken to be there for what was known before it was asked', async () => {
    const { seconds, answers, table } = watch([machine(10)])
    table.set('192.168.60.10', there(12))
    await seconds(10)
    expect(answers()).toEqual([])
    table.set('192.168.60.10', there(1))
    await seconds(4)
    expect(answers()).toEqual(['52:54:00:00:00:10 arp'])
  })

  it('waits for its turn when a whole room is silent, unless it is known to be away', async () => {
    const room = Array.from({ length: 30 }, (_, i) => machine(10 + i))
    const { seconds, answers, echoed, table } = watch(room)
    for (const { address } of room.slice(0, 10)) table.set(address, away)
    await seconds(1)
    expect(answers()).toHaveLength(10)
    expect(echoed).toHaveLength(8)
    await seconds(8)
    expect(new Set(echoed).size).toBe(20)
  })
})
