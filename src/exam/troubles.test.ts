import { describe, expect, it } from 'vitest'
import type { TroubleCode } from '../contract/index.ts'
import { Journeys } from './journeys.ts'
import { address, mac, Story } from './testing/events.ts'

/** Each cause with the story that shows it, and what must follow for it to be withdrawn. */
const cases: { code: TroubleCode; tell(story: Story): void; facts?: object; mend?(story: Story): void }[] = [
  {
    code: 'otherServer',
    tell: (story) =>
      story
        .discover('bios')
        .offer()
        .play({ type: 'dhcp.silent', at: story.now, mac, reason: 'otherServerChosen', serverId: '192.168.1.1' }),
    facts: { address: '192.168.1.1' },
    mend: (story) => story.wait(5).lease('bios', 'undionly.kpxe'),
  },
  {
    code: 'poolEmpty',
    tell: (story) => story.discover('bios').play({ type: 'dhcp.silent', at: story.now, mac, reason: 'poolEmpty' }),
    mend: (story) => story.wait(5).discover('bios').offer(),
  },
  {
    code: 'fileMissing',
    tell: (story) =>
      story
        .lease('bios', 'undionly.kpxe')
        .play({
          type: 'transfer.refused',
          at: story.now,
          protocol: 'tftp',
          client: address,
          file: 'undionly.kpx',
          code: 'content.notFound',
          nearest: 'undionly.kpxe',
        })
        .wait(4),
    facts: { file: 'undionly.kpx', nearest: 'undionly.kpxe' },
    mend: (story) => story.fetch('loader', 'undionly.kpxe'),
  },
  {
    code: 'loaderLoop',
    tell: (story) =>
      story
        .lease('bios', 'undionly.kpxe')
        .fetch('loader', 'undionly.kpxe')
        .lease('ipxe', 'undionly.kpxe')
        .fetch('loader', 'undionly.kpxe'),
    facts: { file: 'undionly.kpxe' },
  },
  {
    code: 'loaderSilent',
    tell: (story) => story.lease('uefi-x64', 'ipxe.efi').fetch('loader', 'ipxe.efi').wait(21),
    facts: { file: 'ipxe.efi', attempts: 1 },
    mend: (story) => story.lease('ipxe', 'http://x/').fetch('script', 'boot.ipxe').script(),
  },
  {
    code: 'loaderSilent',
    tell: (story) => story.lease('uefi-x64', 'ipxe.efi').fetch('loader', 'ipxe.efi').wait(5).discover('uefi-x64'),
    facts: { attempts: 1 },
  },
  {
    code: 'transferStalled',
    tell: (story) => {
      story.bootToScript()
      story.progress(story.begin('kernel', 'vmlinuz', 1000), 300).wait(11)
    },
    facts: { file: 'vmlinuz' },
  },
  {
    code: 'transferStalled',
    tell: (story) => {
      story.bootToScript()
      story.end(story.begin('kernel', 'vmlinuz', 1000), 'kernel', 'vmlinuz', 300, 'timeout').wait(11)
    },
    mend: (story) => story.fetch('kernel', 'vmlinuz'),
  },
  {
    code: 'noLoaderRequest',
    tell: (story) => story.lease('bios', 'undionly.kpxe').wait(26),
    facts: { file: 'undionly.kpxe' },
    mend: (story) => story.fetch('loader', 'undionly.kpxe'),
  },
  {
    code: 'offerIgnored',
    tell: (story) =>
      story.discover('bios').offer().wait(4).discover('bios').offer().wait(8).discover('bios').offer().wait(1),
    facts: { discovers: 3 },
    mend: (story) => story.ack('bios', 'undionly.kpxe'),
  },
  {
    code: 'scriptSilent',
    tell: (story) => story.bootToScript().wait(21),
    mend: (story) => story.fetch('kernel', 'vmlinuz'),
  },
  {
    code: 'systemLost',
    tell: (story) => story.bootToScript().fetch('kernel', 'vmlinuz').fetch('initrd', 'initrd.img').wait(121),
    mend: (story) => story.heartbeat('system'),
  },
  { code: 'heartbeatLost', tell: (story) => story.bootToReady().wait(21), mend: (story) => story.heartbeat('ready') },
  { code: 'bootAgain', tell: (story) => story.bootToReady().discover('bios') },
]

describe('why a machine stands still', () => {
  for (const [index, { code, tell, facts, mend }] of cases.entries()) {
    it(`names ${code} (case ${index + 1})${mend ? ' and withdraws it' : ''}`, () => {
      const journeys = new Journeys({ itemOf: () => undefined })
      const story = new Story(journeys.accept)
      const trouble = () => {
        journeys.tick(story.now)
        return journeys.get(mac)?.trouble
      }
      tell(story)
      expect(trouble()).toMatchObject({ code, facts: facts ?? {} })
      if (!mend) return
      mend(story)
      expect(trouble()).toBeUndefined()
    })
  }

  it('finds nothing wrong with a machine at any second of a healthy boot', () => {
    const journeys = new Journeys({ itemOf: () => undefined })
    const story = new Story((event) => {
      journeys.accept(event)
      journeys.tick(event.at)
      expect(journeys.get(mac)?.trouble).toBeUndefined()
    })
    story.bootToReady()
    expect(journeys.get(mac)?.stage).toBe('ready')
  })

  it('finds nothing wrong with a machine that only wants an address', () => {
    const journeys = new Journeys({ itemOf: () => undefined })
    const story = new Story(journeys.accept).lease('none').wait(3600)
    journeys.tick(story.now)
    expect(journeys.get(mac)?.trouble).toBeUndefined()
  })

  it('does not take a size probe for a fault', () => {
    const journeys = new Journeys({ itemOf: () => undefined })
    const story = new Story(journeys.accept).lease('uefi-x64', 'ipxe.efi')
    story.end(story.begin('loader', 'ipxe.efi'), 'loader', 'ipxe.efi', 0, 'probe').fetch('loader', 'ipxe.efi').wait(12)
    journeys.tick(story.now)
    expect(journeys.get(mac)?.trouble).toBeUndefined()
  })
})
