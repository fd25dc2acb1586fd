import { describe, expect, it } from 'vitest'
import { causeNumbers, troubleCodes, type AmorceEvent, type TroubleCode } from '../../contract/index.ts'
import { Journeys } from '../journeys.ts'
import { address, mac, Story } from '../testing/events.ts'

/** What raw capture tells of a packet that no service was handed. */
const unheard = (story: Story, port: number, closed = false): AmorceEvent => ({
  type: 'packet.unheard',
  at: story.now,
  mac,
  client: address,
  protocol: 'udp',
  port,
  closed,
})

/** Each cause with the story that shows it, and what must follow for it to be withdrawn. */
const cases: {
  code: TroubleCode
  tell(story: Story): void
  facts?: object
  /** What else it could be, among other things. */
  others?: TroubleCode[]
  mend?(story: Story): void
}[] = [
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
    code: 'loaderHang',
    tell: (story) => story.lease('uefi-x64', 'ipxe.efi').fetch('loader', 'ipxe.efi').wait(21),
    facts: { file: 'ipxe.efi', attempts: 1 },
    others: ['secureBoot'],
    mend: (story) => story.lease('ipxe', 'http://x/').fetch('script', 'boot.ipxe').script(),
  },
  {
    code: 'loaderHang',
    // A person restarted it after a minute: firmware that refuses a loader needs none.
    tell: (story) =>
      story.lease('uefi-x64', 'ipxe.efi').fetch('loader', 'ipxe.efi').wait(60).discover('uefi-x64', { arch: 7 }),
    others: ['secureBoot'],
  },
  {
    code: 'loaderHang',
    tell: (story) => story.lease('bios', 'undionly.kpxe').fetch('loader', 'undionly.kpxe').wait(21),
    others: [],
  },
  {
    code: 'secureBoot',
    tell: (story) => story.lease('uefi-x64', 'ipxe.efi').fetch('loader', 'ipxe.efi').wait(5).discover('uefi-x64'),
    facts: { attempts: 1 },
    others: ['loaderHang'],
    mend: (story) =>
      story
        .lease('uefi-x64', 'ipxe.efi')
        .fetch('loader', 'ipxe.efi')
        .wait(2)
        .lease('ipxe', 'http://x/')
        .fetch('script', 'boot.ipxe')
        .script(),
  },
  {
    code: 'secureBoot',
    // The second time too, however long the silence is by then.
    tell: (story) => {
      for (const wait of [5, 25])
        story.lease('uefi-x64', 'ipxe.efi').fetch('loader', 'ipxe.efi').wait(wait).discover('uefi-x64')
      story.offer().ack('uefi-x64', 'ipxe.efi').fetch('loader', 'ipxe.efi').wait(25)
    },
    facts: { attempts: 3 },
  },
  {
    code: 'wrongArchitecture',
    tell: (story) =>
      story
        .discover('bios', { arch: 0 })
        .offer('ipxe.efi')
        .ack('bios', 'ipxe.efi')
        .fetch('loader', 'ipxe.efi')
        .wait(4)
        .discover('bios', { arch: 0 }),
    facts: { wanted: 'bios', served: 'efi-x64' },
    others: ['loaderHang'],
  },
  {
    code: 'firewall',
    tell: (story) => story.play(unheard(story, 67)),
    facts: { port: 67, protocol: 'UDP' },
    mend: (story) => story.wait(1).discover('bios'),
  },
  {
    code: 'firewall',
    tell: (story) => story.lease('bios', 'undionly.kpxe').wait(2).play(unheard(story, 69)),
    facts: { port: 69 },
    mend: (story) => story.wait(1).fetch('loader', 'undionly.kpxe'),
  },
  {
    code: 'proxyUnanswered',
    tell: (story) =>
      story
        .lease('bios', 'undionly.kpxe')
        .wait(1)
        .play(unheard(story, 4011, true)),
    mend: (story) => story.wait(1).fetch('loader', 'undionly.kpxe'),
  },
  {
    code: 'spanningTree',
    tell: (story) => {
      story.play({ type: 'exam.started', at: story.now, examId: 1, nic: 'eth0', address: '192.168.60.1' })
      story.wait(60).discover('bios', { secs: 32 })
    },
    facts: { seconds: 32 },
    mend: (story) => story.lease('ipxe', 'http://x/').fetch('script', 'boot.ipxe').script(),
  },
  {
    code: 'spanningTree',
    // The port learns anew when the loader brings the link up.
    tell: (story) =>
      story.lease('bios', 'undionly.kpxe').fetch('loader', 'undionly.kpxe').wait(31).discover('ipxe', { secs: 29 }),
    facts: { seconds: 31 },
  },
  {
    code: 'leaseRefused',
    tell: (story) => {
      for (let times = 0; times < 3; times++) {
        story.lease('none').wait(1)
        story.play({ type: 'dhcp.decline', at: story.now, mac, address }).wait(10)
      }
    },
    facts: { times: 3 },
    mend: (story) => story.wait(1).lease('none'),
  },
  {
    code: 'sharedNic',
    tell: (story) =>
      story
        .discover('uefi-x64', { uuid: '11111111-2222-3333-4444-555555555555' })
        .wait(60)
        .discover('uefi-x64', { uuid: '99999999-8888-7777-6666-555555555555' }),
    facts: { machines: 2 },
  },
  {
    code: 'blockTooLarge',
    tell: (story) => {
      story.lease('uefi-x64', 'ipxe.efi')
      const id = story.begin('loader', 'ipxe.efi', 1_000_000, { blksize: 1468 })
      story.wait(3).progress(id, 0, 2).wait(4)
    },
    facts: { file: 'ipxe.efi', size: 1468 },
    mend: (story) => story.fetch('loader', 'ipxe.efi').lease('ipxe', 'http://x/'),
  },
  {
    code: 'blockTooLarge',
    tell: (story) => {
      story.lease('uefi-x64', 'ipxe.efi')
      const id = story.begin('loader', 'ipxe.efi', 1_000_000, { blksize: 1468 })
      story.wait(5).end(id, 'loader', 'ipxe.efi', 0, 'timeout', { reason: 'no acknowledgement', retransmissions: 5 })
    },
  },
  {
    code: 'lossyLink',
    tell: (story) => {
      story.lease('uefi-x64', 'ipxe.efi')
      const id = story.begin('loader', 'ipxe.efi', 1_000_000, { blksize: 1468 })
      story.wait(9).end(id, 'loader', 'ipxe.efi', 1_000_000, 'complete', { retransmissions: 40 })
    },
    facts: { resent: 40 },
  },
  {
    code: 'lossyLink',
    tell: (story) => {
      story.lease('bios', 'pxelinux.0')
      const id = story.begin('loader', 'all-in-one.kpxe', 8_000_000)
      story.wait(60).end(id, 'loader', 'all-in-one.kpxe', 8_000_000, 'complete', { durationMs: 60_000 })
    },
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
    others: ['firewall'],
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
  {
    code: 'systemLost',
    // It has the network, and takes it from somebody else.
    tell: (story) =>
      story
        .bootToScript()
        .fetch('kernel', 'vmlinuz')
        .fetch('initrd', 'initrd.img')
        .wait(20)
        .discover('none')
        .play({ type: 'dhcp.silent', at: story.now, mac, reason: 'otherServerChosen', serverId: '192.168.1.1' }),
  },
  { code: 'heartbeatLost', tell: (story) => story.bootToReady().wait(21), mend: (story) => story.heartbeat('ready') },
  {
    code: 'machineGone',
    tell: (story) => story.bootToReady().wait(20).asked('none').wait(1),
    others: [],
    mend: (story) => story.heartbeat('ready'),
  },
  {
    code: 'machineGone',
    // Cable, power or a crash: a sleeping one would have woken.
    tell: (story) => story.bootToReady().wait(20).asked('none').woken().wait(1),
    facts: { woken: 1 },
  },
  {
    code: 'agentSilent',
    tell: (story) => story.bootToReady().wait(20).asked('echo').wait(1),
    others: [],
    mend: (story) => story.heartbeat('ready'),
  },
  {
    code: 'agentSilent',
    // A card may answer for a machine that sleeps.
    tell: (story) => story.bootToReady().wait(20).asked('arp').wait(1),
    others: ['machineGone'],
  },
  {
    code: 'laptopUnplugged',
    tell: (story) => story.bootToReady().wait(1).link('down').wait(21),
    facts: { nic: 'exam0' },
    mend: (story) => story.link('up'),
  },
  {
    code: 'switchSilent',
    tell: (story) => {
      const row = [12, 13].map((n) => story.beside(`52:54:00:00:00:${n}`, `192.168.60.${n}`))
      for (const each of [story, ...row]) each.bootToReady().wait(20).asked('none').wait(1)
    },
    facts: { machines: 3 },
    others: ['machineGone'],
    mend: (story) => story.heartbeat('ready'),
  },
  {
    code: 'ownDisk',
    tell: (story) => story.bootToReady().wait(30).discover('none', { vendorClass: 'MSFT 5.0', hostName: 'PC-12' }),
    facts: { system: 'Windows' },
  },
  {
    code: 'ownDisk',
    // It said goodbye first: somebody restarted it.
    tell: (story) =>
      story.bootToReady().wait(2).heartbeat('leaving').wait(30).discover('none', { vendorClass: 'dhcpcd-9.4.1' }),
    facts: { system: 'dhcpcd-9.4.1' },
    // The exam's own system, with another DHCP client than before.
    mend: (story) => story.heartbeat('ready'),
  },
  {
    code: 'wasAsleep',
    tell: (story) => story.bootToReady().wait(40).asked('none').woken().wait(8).heartbeat('ready'),
    mend: (story) => story.wait(121).heartbeat('ready'),
  },
  { code: 'bootAgain', tell: (story) => story.bootToReady().discover('bios') },
]

describe('why a machine stands still', () => {
  for (const [index, { code, tell, facts, others = [], mend }] of cases.entries()) {
    it(`names ${code} (case ${index + 1})${mend ? ' and withdraws it' : ''}`, () => {
      const journeys = new Journeys({ itemOf: () => undefined })
      const story = new Story(journeys.accept)
      const trouble = () => {
        journeys.tick(story.now)
        return journeys.get(mac)?.trouble
      }
      tell(story)
      const found = trouble()
      expect(found).toMatchObject({ code, facts: facts ?? {} })
      expect(found?.others.map((other) => other.code)).toEqual(expect.arrayContaining(others))
      for (const other of found?.others ?? []) expect(other.code).not.toBe(code)
      expect(found?.evidence.length).toBeGreaterThan(0)
      expect(found?.evidence.length).toBeLessThanOrEqual(8)
      expect(found?.confidence).toBeGreaterThan(0.5)
      expect(found?.confidence).toBeLessThan(1)
      if (!mend) return
      mend(story)
      expect(trouble()).toBeUndefined()
    })
  }

  it('has a case for every cause', () => {
    expect(new Set(cases.map(({ code }) => code))).toEqual(new Set(troubleCodes))
    expect(new Set(Object.values(causeNumbers))).toEqual(new Set(Array.from({ length: 17 }, (_, number) => number)))
  })

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

  /** What looks like trouble and is none. */
  const harmless: [string, (story: Story) => void][] = [
    [
      'that was switched on before the exam began',
      (story) => {
        story.wait(5).discover('bios', { secs: 40 })
      },
    ],
    [
      'that asks twice, since the first answer crossed its second question',
      (story) => {
        story.discover('bios').offer().discover('bios').offer().ack('bios', 'undionly.kpxe').fetch('loader', 'x.kpxe')
      },
    ],
    [
      'that asked for the address of another network once',
      (story) => {
        story.play({ type: 'dhcp.nak', at: story.now, mac, reason: 'wrongNetwork' }).lease('none')
      },
    ],
    [
      'that renews its lease for hours',
      (story) => {
        story.bootToReady()
        for (let hours = 0; hours < 4; hours++) story.wait(1800).ack('none', undefined, true).heartbeat('ready')
      },
    ],
    [
      'whose cable was out for a while: its own system asks for its address again',
      (story) => {
        story.bootToReady().wait(15).lease('none').wait(3).heartbeat('ready')
      },
    ],
    [
      'that was shut down by its user',
      (story) => {
        story.bootToReady().heartbeat('leaving').wait(60)
      },
    ],
    [
      'that was sent to its own disk',
      (story) => {
        story.bootToScript().script(true).wait(600)
      },
    ],
    [
      'whose loader tries several names',
      (story) => {
        story.lease('bios', 'pxelinux.0')
        for (const file of ['pxelinux.cfg/01-52-54-00-12-34-56', 'pxelinux.cfg/C0A83C32'])
          story.play({
            type: 'transfer.refused',
            at: story.now,
            protocol: 'tftp',
            client: address,
            file,
            code: 'content.notFound',
          })
        story.fetch('script', 'pxelinux.cfg/default')
      },
    ],
    [
      'whose firmware and loader write its UUID in different byte orders',
      (story) => {
        story
          .discover('uefi-x64', { uuid: '11223344-5566-7788-99aa-bbccddeeff00' })
          .offer()
          .ack('uefi-x64', 'ipxe.efi')
          .fetch('loader', 'ipxe.efi')
          .discover('ipxe', { uuid: '44332211-6655-8877-99aa-bbccddeeff00' })
      },
    ],
    [
      'whose last acknowledgement was lost, not its file',
      (story) => {
        story.lease('uefi-x64', 'ipxe.efi')
        const id = story.begin('loader', 'ipxe.efi', 1_000_000, { blksize: 1468 })
        story.wait(1).progress(id, 999_000, 1).wait(6).progress(id, 999_000, 3)
      },
    ],
    [
      'that lost a block or two on the way',
      (story) => {
        story.lease('uefi-x64', 'ipxe.efi')
        const id = story.begin('loader', 'ipxe.efi', 1_000_000, { blksize: 1468 })
        story.wait(1).end(id, 'loader', 'ipxe.efi', 1_000_000, 'complete', { retransmissions: 3 })
      },
    ],
  ]

  it.each(harmless)('finds nothing wrong with a machine %s', (_, tell) => {
    const journeys = new Journeys({ itemOf: () => undefined })
    const story = new Story(journeys.accept)
    story.play({ type: 'exam.started', at: story.now, examId: 1, nic: 'eth0', address: '192.168.60.1' })
    tell(story)
    journeys.tick(story.now)
    expect(journeys.get(mac)).toBeDefined()
    expect(journeys.get(mac)?.trouble).toBeUndefined()
  })

  it('takes a setting for likelier where machines of the same make come through', () => {
    const journeys = new Journeys({ itemOf: () => undefined })
    const alone = new Story(journeys.accept)
    alone.discover('uefi-x64', { arch: 7 }).offer().ack('uefi-x64', 'ipxe.efi').fetch('loader', 'ipxe.efi').wait(21)
    journeys.tick(alone.now)
    expect(journeys.get(mac)?.trouble?.code).toBe('loaderHang')

    const like = new Story(journeys.accept, '52:54:00:00:00:99', '192.168.60.99')
    like.discover('uefi-x64', { arch: 7 }).bootToScript()
    journeys.tick(alone.now)
    expect(journeys.get(mac)?.trouble?.code).toBe('secureBoot')
  })
})
