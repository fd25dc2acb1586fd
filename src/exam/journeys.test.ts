import { describe, expect, it } from 'vitest'
import type { AmorceEvent, MachineView } from '../contract/index.ts'
import { Journeys } from './journeys.ts'
import { address, mac, Story } from './testing/events.ts'

const openRoom = (): { journeys: Journeys; story: Story; machine(): MachineView; told: AmorceEvent[] } => {
  const journeys = new Journeys({ itemOf: () => undefined })
  const told: AmorceEvent[] = []
  const story = new Story((event) => {
    told.push(event)
    journeys.accept(event)
  })
  const machine = (): MachineView => {
    journeys.tick(story.now)
    const found = journeys.all().find((view) => view.mac === mac)
    if (!found) throw new Error('the machine was never heard')
    return found
  }
  return { journeys, story, machine, told }
}

describe('a boot without a hitch', () => {
  it('goes through every stage in order and never back', () => {
    const { journeys, story, machine } = openRoom()
    story.bootToReady()
    expect(machine()).toMatchObject({ stage: 'ready', progress: 1, boots: 1, address, firmware: 'bios' })
    expect(machine().trouble).toBeUndefined()
    expect(journeys.detail(mac)?.timeline.map(({ stage }) => stage)).toEqual([
      'heard',
      'offered',
      'leased',
      'loader',
      'script',
      'kernel',
      'initrd',
      'system',
      'ready',
    ])
  })

  it('closes each span of the timeline where the next begins', () => {
    const { journeys, story } = openRoom()
    story.bootToReady()
    const spans = journeys.detail(mac)?.timeline ?? []
    spans.slice(0, -1).forEach((span, index) => expect(span.to).toBe(spans[index + 1]?.from))
    expect(spans.at(-1)?.to).toBeUndefined()
  })

  it('never lets the bar of the whole boot go back', () => {
    const { journeys, story } = openRoom()
    let highest = 0
    const follow = new Story((event) => {
      journeys.accept(event)
      const { progress } = journeys.all()[0] ?? { progress: 0 }
      expect(progress).toBeGreaterThanOrEqual(highest)
      highest = progress
    })
    follow.bootToReady()
    expect(highest).toBe(1)
    expect(story.now).toBe(follow.startMs)
  })

  it('moves the bar with the bytes of the initrd', () => {
    const { story, machine } = openRoom()
    story.bootToScript().fetch('kernel', 'vmlinuz')
    const id = story.begin('initrd', 'initrd.img', 1000)
    const before = machine().progress
    story.progress(id, 500)
    expect(machine().progress).toBeGreaterThan(before)
    expect(machine().progress).toBeLessThan(0.85)
  })

  it('counts a kernel without an initrd as a system once it asks for an address itself', () => {
    const { story, machine } = openRoom()
    story.bootToScript().fetch('kernel', 'memtest').wait(4).lease('none')
    expect(machine().stage).toBe('system')
  })

  it('goes straight from the lease to the script with an iPXE in the ROM', () => {
    const { story, machine } = openRoom()
    story.lease('ipxe', 'http://192.168.60.1/boot.ipxe').fetch('script', 'boot.ipxe').script()
    expect(machine()).toMatchObject({ stage: 'script', boots: 1, firmware: 'ipxe' })
  })
})

describe('booting again', () => {
  it('is a new boot when the firmware asks after its loader was served', () => {
    const { journeys, story, machine } = openRoom()
    story.bootToScript().wait(30).discover('bios')
    expect(machine()).toMatchObject({ stage: 'heard', boots: 2 })
    expect(journeys.detail(mac)?.earlierBoots).toMatchObject([{ reached: 'script' }])
  })

  it('is the same boot when the firmware only repeats itself', () => {
    const { story, machine } = openRoom()
    story.discover('bios').wait(4).discover('bios').offer('undionly.kpxe').wait(4).discover('bios')
    expect(machine()).toMatchObject({ stage: 'offered', boots: 1 })
  })

  it('is the same boot when the system asks for its own address', () => {
    const { story, machine } = openRoom()
    story.bootToReady().wait(10).lease('none')
    expect(machine()).toMatchObject({ stage: 'ready', boots: 1 })
  })

  it('is an incident when the machine was in its exam, until it is back', () => {
    const { story, machine } = openRoom()
    story.bootToReady().wait(5).discover('bios')
    expect(machine().trouble).toMatchObject({ code: 'bootAgain', severity: 'attention' })
    story.bootToReady()
    expect(machine().trouble).toBeUndefined()
  })

  it('knows the battery that its agent tells of, until the machine boots again', () => {
    const { story, machine } = openRoom()
    story.bootToReady().heartbeat('ready', { percent: 18, isOnMains: false })
    expect(machine().battery).toEqual({ percent: 18, isOnMains: false })
    story.wait(5).discover('bios')
    expect(machine()).toMatchObject({ boots: 2, battery: undefined })
  })

  it('is no incident after the machine said goodbye', () => {
    const { story, machine } = openRoom()
    story.bootToReady().heartbeat('leaving').wait(600).discover('bios')
    expect(machine()).toMatchObject({ stage: 'heard', boots: 2 })
    expect(machine().trouble).toBeUndefined()
  })
})

describe('silence', () => {
  it('loses a ready machine whose heartbeat stops, and finds it again', () => {
    const { story, machine } = openRoom()
    story.bootToReady().wait(25)
    expect(machine()).toMatchObject({ stage: 'lost', reached: 'ready', trouble: { code: 'heartbeatLost' } })
    story.heartbeat('ready')
    expect(machine().stage).toBe('ready')
    expect(machine().trouble).toBeUndefined()
  })

  it('is not broken by a lease that renews itself while the agent is dead', () => {
    const { story, machine } = openRoom()
    story.bootToReady().wait(25)
    expect(machine().stage).toBe('lost')
    story.ack('none', undefined, true)
    expect(machine().stage).toBe('lost')
  })

  it('of a machine sent to its own disk is its leaving', () => {
    const { story, machine } = openRoom()
    story.lease('ipxe', 'http://x/').script(true).wait(600)
    expect(machine()).toMatchObject({ stage: 'left', profileName: 'Disque local' })
    expect(machine().trouble).toBeUndefined()
  })
})

describe('what is heard from others', () => {
  it('opens no tile for a transfer from an address that holds no lease', () => {
    const { journeys, story } = openRoom()
    story.begin('loader', 'undionly.kpxe')
    expect(journeys.size).toBe(0)
  })

  it('keeps leased machines when a flood of invented MACs fills the room', () => {
    const { journeys, story } = openRoom()
    story.lease('bios', 'undionly.kpxe')
    for (let n = 0; n < 5000; n++) {
      const stranger = `02:00:00:00:${(n >> 8).toString(16).padStart(2, '0')}:${(n & 255).toString(16).padStart(2, '0')}`
      journeys.accept({
        type: 'dhcp.discover',
        at: story.now,
        mac: stranger,
        client: { firmware: 'none', secs: 0, xid: n },
      })
    }
    expect(journeys.size).toBeLessThanOrEqual(2000)
    expect(journeys.get(mac)?.reached).toBe('leased')
  })

  it('lets machines that only claim to be far on go before one that holds a lease', () => {
    const { journeys, story } = openRoom()
    story.lease('none')
    for (let n = 0; n < 5000; n++) {
      const stranger = `02:00:00:00:${(n >> 8).toString(16).padStart(2, '0')}:${(n & 255).toString(16).padStart(2, '0')}`
      const said = { type: 'agent.heartbeat', stage: 'ready', facts: {}, client: '192.168.60.200' } as const
      journeys.accept({ ...said, at: story.now, mac: stranger })
    }
    expect(journeys.size).toBeLessThanOrEqual(2000)
    expect(journeys.get(mac)?.reached).toBe('leased')
  })

  it('gives the address to whoever was acknowledged last', () => {
    const { journeys, story } = openRoom()
    story.lease('none')
    const second = '52:54:00:00:00:02'
    journeys.accept({
      type: 'dhcp.ack',
      at: story.now,
      mac: second,
      address,
      expiresAt: story.now + 1000,
      renewal: false,
      client: { firmware: 'none', secs: 0, xid: 1 },
    })
    expect(journeys.macOf(address)).toBe(second)
  })
})

describe('rebuilding from a journal', () => {
  it('gives the same journey, and does not hold the time the laptop was down against the machine', () => {
    const { story, machine, told } = openRoom()
    story.bootToReady()
    const before = machine()
    const again = new Journeys({ itemOf: () => undefined })
    for (const event of told) again.accept(event)
    expect(again.all()).toEqual([before])

    const later = story.now + 600_000
    again.accept({ type: 'exam.resumed', at: later, examId: 1, nic: 'exam0', address: '192.168.60.1' })
    again.tick(later + 5000)
    expect(again.all()[0]).toMatchObject({ stage: 'ready', trouble: undefined })
  })
})

describe('changes', () => {
  it('are handed over once', () => {
    const { journeys, story } = openRoom()
    story.discover('bios').offer()
    expect(journeys.takeChanges()?.machines).toHaveLength(1)
    expect(journeys.takeChanges()).toBeUndefined()
    journeys.tick(story.now)
    expect(journeys.takeChanges()).toBeUndefined()
  })

  it('name the machines that were forgotten', () => {
    const { journeys, story } = openRoom()
    story.discover('bios')
    journeys.takeChanges()
    journeys.forget(mac)
    expect(journeys.takeChanges()).toEqual({ machines: [], removed: [mac] })
  })
})

describe('the row of the firmware table', () => {
  it('comes with what its machine had said to be given it, not with what its system says later', () => {
    const { journeys, machine, story } = openRoom()
    const said = { arch: 7, vendorClass: 'PXEClient:Arch:00007:UNDI:003016' }
    story.discover('uefi-x64', said)
    journeys.accept({
      ...{ type: 'dhcp.offer', at: story.now, mac, address, bootFile: 'ipxe.efi', xid: 1 },
      firmwareRow: 'uefi-x64',
    })
    story.discover('none', { vendorClass: 'udhcp' }).offer()
    expect(machine()).toMatchObject({ firmwareRow: 'uefi-x64', firmwareSaid: said })
  })
})
