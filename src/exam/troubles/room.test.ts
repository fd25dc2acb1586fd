import { describe, expect, it } from 'vitest'
import { Journeys } from '../journeys.ts'
import { Story } from '../testing/events.ts'

function openRoom(size: number, linkMbps?: number) {
  const journeys = new Journeys({ itemOf: () => undefined, linkMbps: () => linkMbps })
  const stories = Array.from(
    { length: size },
    (_, index) => new Story(journeys.accept, `52:54:00:00:00:${String(10 + index)}`, `192.168.60.${10 + index}`),
  )
  const [first] = stories
  if (!first) throw new Error('a room without machines')
  first.play({ type: 'exam.started', at: first.now, examId: 1, nic: 'eth0', address: '192.168.60.1' })
  const codes = () => {
    journeys.tick(Math.max(...stories.map(({ now }) => now)))
    return journeys.roomTroubles.map(({ code, facts, shared }) => ({ code, facts, ...(shared ? { shared } : {}) }))
  }
  const troubleOf = ({ mac }: Story) => journeys.get(mac)?.trouble?.code
  return { stories, codes, troubleOf }
}

describe('what machines show together', () => {
  it('is nothing in a room that boots', () => {
    const { stories, codes } = openRoom(6)
    for (const story of stories) story.bootToReady()
    expect(codes()).toEqual([])
  })

  it('is a link of 100 Mb/s when the system says so and several wait for it', () => {
    const { stories, codes } = openRoom(3, 100)
    for (const story of stories) {
      story.bootToScript()
      story.progress(story.begin('initrd', 'initrd.img', 100_000_000), 1).wait(6)
    }
    expect(codes()).toMatchObject([{ code: 'roomSlow', facts: { count: 3, speedMbps: 100 } }])
  })

  it('is a slow switch when many together get what 100 Mb/s carry', () => {
    const { stories, codes } = openRoom(6)
    for (const story of stories) {
      story.bootToScript()
      const id = story.begin('initrd', 'initrd.img', 100_000_000)
      story.wait(6).progress(id, 6 * 1_900_000)
    }
    expect(codes()).toMatchObject([{ code: 'roomSlow', facts: { count: 6 } }])
  })

  it('is a batch that fell silent in the same breath', () => {
    const { stories, codes } = openRoom(8)
    for (const story of stories) story.bootToReady()
    for (const [index, story] of stories.entries()) {
      story.wait(index < 4 ? 20 + index : 60)
      if (index >= 4) story.heartbeat('ready')
    }
    expect(codes()).toMatchObject([{ code: 'roomSilent', facts: { count: 4, of: 8 } }])
  })

  it('is the switch when a batch answers nothing, and each of them says so', () => {
    const { stories, codes, troubleOf } = openRoom(5)
    for (const story of stories) story.bootToReady()
    const [first, second, third, fourth, last] = stories
    for (const story of [first, second, third]) story?.wait(15).asked('none').wait(6)
    fourth?.wait(15).asked('echo').wait(6)
    last?.wait(21).heartbeat('ready')
    expect(codes()).toMatchObject([{ code: 'roomSilent', facts: { count: 3, of: 5 } }])
    expect(stories.map(troubleOf)).toEqual(['switchSilent', 'switchSilent', 'switchSilent', 'agentSilent', undefined])
    first?.heartbeat('ready')
    codes()
    expect(stories.map(troubleOf)).toEqual([undefined, 'machineGone', 'machineGone', 'agentSilent', undefined])
  })

  it('is the laptop’s own cable while it has no link', () => {
    const { stories, codes, troubleOf } = openRoom(4)
    for (const story of stories) story.bootToReady()
    const [first] = stories
    first?.wait(1).link('down')
    expect(codes()).toMatchObject([{ code: 'roomUnplugged', facts: { of: 4 } }])
    for (const story of stories) story.wait(30)
    codes()
    expect(stories.map(troubleOf)).toEqual(Array(4).fill('laptopUnplugged'))
    first?.link('up')
    expect(codes()).toEqual([])
    expect(stories.map(troubleOf)).toEqual(Array(4).fill(undefined))
  })

  it('is no batch when they leave one by one', () => {
    const { stories, codes } = openRoom(4)
    for (const [index, story] of stories.entries()) {
      story
        .bootToReady()
        .wait(index * 30)
        .heartbeat('ready')
        .wait(1)
    }
    for (const story of stories) story.wait((stories.at(-1)?.now ?? 0) / 1000 - story.now / 1000 + 30)
    expect(codes()).toEqual([])
  })

  it('is a switch that makes everyone wait', () => {
    const { stories, codes } = openRoom(5)
    for (const story of stories) story.wait(60).discover('bios', { secs: 31 })
    expect(codes()).toMatchObject([{ code: 'roomSpanningTree', facts: { count: 5, of: 5 } }])
  })

  it('is no cable of one machine’s when packets to most of them are lost', () => {
    const { stories, codes, troubleOf } = openRoom(6)
    const lose = (story: Story): void => {
      story.lease('uefi-x64', 'ipxe.efi')
      story.progress(story.begin('loader', 'ipxe.efi', 1_000_000, { blksize: 1468 }), 500_000, 40)
    }
    const [first, second, third, fourth] = stories
    for (const story of [first, second]) lose(story!)
    expect(codes()).toEqual([])
    expect([first, second].map((story) => troubleOf(story!))).toEqual(['lossyLink', 'lossyLink'])
    for (const story of [third, fourth]) lose(story!)
    expect(codes()).toMatchObject([{ code: 'roomLossy', facts: { count: 4, of: 4 } }])
    expect(stories.map(troubleOf)).toEqual(Array(6).fill(undefined))
    // Two of them boot anew without a loss: what is left are two cables.
    for (const story of [third, fourth]) story!.wait(60).bootToReady()
    expect(codes()).toEqual([])
    expect(troubleOf(first!)).toBe('lossyLink')
  })

  it('is three cables where most of the room lost nothing, and nobody’s once all have arrived', () => {
    const { stories, codes, troubleOf } = openRoom(8)
    for (const story of stories.slice(3)) story.bootToReady()
    const lossy = stories.slice(0, 3)
    for (const story of lossy) {
      story.lease('uefi-x64', 'ipxe.efi')
      const id = story.begin('loader', 'ipxe.efi', 1_000_000, { blksize: 1468 })
      story.wait(1).end(id, 'loader', 'ipxe.efi', 1_000_000, 'complete', { retransmissions: 40 })
    }
    expect(codes()).toEqual([])
    expect(lossy.map(troubleOf)).toEqual(Array(3).fill('lossyLink'))
    const latest = Math.max(...stories.map(({ now }) => now))
    for (const story of stories) story.wait((latest - story.now) / 1000).heartbeat('ready')
    expect(codes()).toEqual([])
    expect(lossy.map(troubleOf)).toEqual(Array(3).fill(undefined))
  })

  it('is nothing where packets are lost without a cable: the simulated room on a busy computer', () => {
    const journeys = new Journeys({ itemOf: () => undefined })
    const story = new Story(journeys.accept, '52:54:00:00:00:10', '127.67.3.10')
    story.lease('uefi-x64', 'ipxe.efi')
    story.progress(story.begin('loader', 'ipxe.efi', 1_000_000, { blksize: 1468 }), 500_000, 40)
    expect(journeys.get('52:54:00:00:00:10')?.trouble).toBeUndefined()
  })

  it('is one cause where most of those that are stuck share it', () => {
    const { stories, codes } = openRoom(5)
    for (const story of stories.slice(0, 4)) story.lease('bios', 'undionly.kpxe').wait(30)
    stories[4]?.bootToReady().wait(10)
    expect(codes()).toMatchObject([{ code: 'roomSameCause', shared: 'noLoaderRequest', facts: { count: 4, of: 5 } }])
  })
})
