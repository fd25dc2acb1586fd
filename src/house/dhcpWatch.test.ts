import { beforeEach, describe, expect, it } from 'vitest'
import { ManualClock, silentLogger } from '../base/index.ts'
import type { AmorceEvent } from '../contract/index.ts'
import type { OtherServer } from '../diagnosis/index.ts'
import { DhcpWatch, type Segment } from './dhcpWatch.ts'

const router: OtherServer = { address: '192.168.60.254', offered: '192.168.60.77', mac: '52:54:00:00:00:fe' }

describe('what the DHCP service bears', () => {
  let clock: ManualClock
  let watch: DhcpWatch
  let segment: Segment | undefined
  let found: OtherServer[]
  let asked: number
  let emitted: AmorceEvent[]
  beforeEach(() => {
    clock = new ManualClock()
    segment = { nic: 'eth0', address: '192.168.60.1' }
    found = []
    asked = 0
    emitted = []
    watch = new DhcpWatch({
      clock,
      logger: silentLogger,
      emit: (event) => {
        emitted.push(event)
        watch.accept(event)
      },
      segment: () => segment,
      ask: () => {
        asked += 1
        return Promise.resolve(found)
      },
      cardOf: () => Promise.resolve({ mac: '52:54:00:00:00:01', vendor: 'QEMU' }),
      onChange: () => {},
    })
  })
  const settle = async (): Promise<void> => {
    for (let i = 0; i < 5; i++) await Promise.resolve()
  }
  const pass = async (ms: number): Promise<void> => {
    clock.advance(ms)
    watch.tick(true)
    await settle()
  }

  it('asks for other servers once a minute, and tells of each once', async () => {
    await pass(0)
    await pass(30_000)
    expect([asked, emitted]).toEqual([1, []])
    found = [router]
    await pass(30_000)
    await pass(60_000)
    expect(asked).toBe(3)
    expect(emitted).toMatchObject([{ type: 'dhcp.otherServer', ...{ address: router.address, seenIn: 'probe' } }])
    const { firstSeenAt = 0, lastSeenAt = 0, ...server } = watch.view.otherServers[0] ?? {}
    expect(server).toEqual({ ...router, seenIn: 'probe' })
    expect(lastSeenAt - firstSeenAt).toBe(60_000)
  })

  it('takes a server that is silent for long to be gone, and tells of it when it comes back', async () => {
    found = [router]
    await pass(0)
    found = []
    for (let minute = 0; minute < 4; minute++) await pass(60_000)
    expect(watch.view.otherServers).toEqual([])
    found = [router]
    await pass(60_000)
    expect(emitted).toHaveLength(2)
  })

  it('finds the card of a server that a machine named', async () => {
    watch.accept({ at: clock.now(), type: 'dhcp.otherServer', address: '192.168.60.9', seenIn: 'request' })
    await settle()
    expect(watch.view.otherServers).toMatchObject([{ address: '192.168.60.9', vendor: 'QEMU', seenIn: 'request' }])
  })

  it('never asks where it may not', async () => {
    segment = undefined
    await pass(0)
    await pass(120_000)
    expect(asked).toBe(0)
  })

  it('counts what a flood cost in the last seconds, and forgets it', async () => {
    for (const count of [300, 200]) watch.accept({ at: clock.now(), type: 'dhcp.limited', count })
    expect(watch.view.limited).toBe(500)
    await pass(5_000)
    expect(watch.view.limited).toBe(0)
  })

  it('remembers a bounded number of addresses that are set aside, for a while', async () => {
    const mac = '52:54:00:00:00:01'
    for (let n = 1; n <= 30; n++)
      watch.accept({ at: clock.now(), type: 'dhcp.conflict', mac, address: `192.168.60.${n}` })
    watch.accept({ at: clock.now(), type: 'dhcp.decline', mac, address: '192.168.60.30' })
    expect(watch.view.setAside).toHaveLength(20)
    expect(watch.view.setAside[0]).toMatchObject({ address: '192.168.60.30', why: 'declined' })
    await pass(600_000)
    expect(watch.view.setAside).toEqual([])
  })

  it('forgets all of it when the exam ends', async () => {
    found = [router]
    await pass(0)
    watch.tick(false)
    expect(watch.view).toEqual({ otherServers: [], limited: 0, setAside: [] })
  })
})
