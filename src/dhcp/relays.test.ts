import { describe, expect, it } from 'vitest'
import type { DhcpConfig } from './config.ts'
import { linkOf } from './link.ts'
import { address } from './options/integer.ts'
import { suboptions } from './options/suboptions.ts'
import { addressOf, message, Room, type MessageFields } from './testdata/room.ts'

const us = '192.168.60.1'
const macOf = (n: number) => `52:54:00:00:01:${n.toString(16).padStart(2, '0')}`
/** Two rooms behind a router, beside our own. */
const config: Partial<DhcpConfig> = {
  router: '192.168.60.254',
  subnets: [
    { network: '10.0.20.0', prefix: 24, poolStart: '10.0.20.50', poolEnd: '10.0.20.60', router: '10.0.20.1' },
    { network: '10.0.30.0', prefix: 25, poolStart: '10.0.30.50', poolEnd: '10.0.30.60', leaseSeconds: 600 },
  ],
}
const bytes = (dotted: string): Uint8Array => address.encode(addressOf(dotted))
const agent = (said: Record<number, string>): Uint8Array =>
  suboptions.encode(new Map(Object.entries(said).map(([code, dotted]) => [Number(code), bytes(dotted)])))

describe('the link that a client is on', () => {
  it.each<[string, MessageFields, string]>([
    ['ours, straight from the client', {}, '0.0.0.0'],
    ['the relay agent’s', { giaddr: '10.0.20.1' }, '10.0.20.1'],
    [
      'what the agent says (RFC 3527)',
      { giaddr: '10.0.20.1', options: { 82: agent({ 5: '10.0.30.0' }) } },
      '10.0.30.0',
    ],
    ['what the client says (RFC 3011)', { giaddr: '10.0.20.1', options: { 118: bytes('10.0.30.0') } }, '10.0.30.0'],
    [
      'the agent’s, when it says nothing sound',
      { giaddr: '10.0.20.1', options: { 82: Uint8Array.of(5, 9) } },
      '10.0.20.1',
    ],
    ['ours, when a client plays the agent', { options: { 82: agent({ 5: '10.0.30.0' }) } }, '0.0.0.0'],
    ['ours, when it looks for a server with an address', { ciaddr: '10.0.20.50' }, '0.0.0.0'],
  ])('is %s', (_what, fields, link) => {
    expect(linkOf(message('discover', fields))).toBe(addressOf(link))
  })

  it('is that of its address when it renews its lease straight with us', () => {
    expect(linkOf(message('request', { ciaddr: '10.0.20.50' }))).toBe(addressOf('10.0.20.50'))
  })
})

describe('networks behind relay agents', () => {
  it('have each their pool, mask, router and lease time, and are answered through their agent', () => {
    const room = new Room({ config })
    const offers = ['0.0.0.0', '10.0.20.1', '10.0.30.1'].map((giaddr, n) => {
      const { reply } = room.hear(message('discover', { mac: macOf(n), giaddr }))
      const { options } = reply!.packet
      return { ...reply, mask: options.get(1), router: options.get(3), server: options.get(54) }
    })
    expect(offers).toMatchObject([
      { yiaddr: '192.168.60.50', to: 'everyone', leaseSeconds: 3600, router: bytes('192.168.60.254') },
      { yiaddr: '10.0.20.50', to: 'relay 10.0.20.1', leaseSeconds: 3600, router: bytes('10.0.20.1') },
      { yiaddr: '10.0.30.50', to: 'relay 10.0.30.1', leaseSeconds: 600, mask: bytes('255.255.255.128') },
    ])
    expect(offers[2]?.router).toBeUndefined()
    for (const { server } of offers) expect(server).toEqual(bytes(us))
  })

  it('keep one lease per machine each: one that moves gets an address where it is', () => {
    const room = new Room({ config })
    expect([
      room.boot({ giaddr: '10.0.20.1' }),
      room.boot({ giaddr: '10.0.30.1' }),
      room.boot(),
      room.boot({ giaddr: '10.0.20.1' }),
    ]).toEqual(['10.0.20.50', '10.0.30.50', '192.168.60.50', '10.0.20.50'])
  })

  it('refuse an address of another network to a machine that was moved', () => {
    const room = new Room({ config })
    room.boot({ giaddr: '10.0.20.1' })
    const rebooting = message('request', { requested: '10.0.20.50', giaddr: '10.0.30.1' })
    expect(room.hear(rebooting)).toMatchObject({
      reply: { type: 'nak', to: 'relay 10.0.30.1' },
      events: [{}, { type: 'dhcp.nak', reason: 'wrongNetwork' }],
    })
  })

  it('renew, release and ask for settings straight with us', () => {
    const room = new Room({ config })
    room.boot({ giaddr: '10.0.20.1' })
    const renewing = room.hear(message('request', { ciaddr: '10.0.20.50' }))
    expect(renewing.reply).toMatchObject({ type: 'ack', yiaddr: '10.0.20.50', to: 'client 10.0.20.50' })
    expect(room.hear(message('inform', { ciaddr: '10.0.20.50' })).reply?.packet.options.get(3)).toEqual(
      bytes('10.0.20.1'),
    )
    room.hear(message('release', { ciaddr: '10.0.20.50', serverId: us }))
    expect(room.leaseLines()).toEqual(['10.0.20.50 released mac:52:54:00:00:00:01'])
  })

  it('are chosen by link selection, which the relay agent gets back with all of its option 82', () => {
    const room = new Room({ config })
    const said = agent({ 1: '0.0.0.7', 5: '10.0.30.0' })
    const { reply } = room.hear(message('discover', { giaddr: '10.0.20.1', options: { 82: said } }))
    expect(reply).toMatchObject({ yiaddr: '10.0.30.50', to: 'relay 10.0.20.1' })
    expect([...(reply?.packet.options ?? [])].at(-1)).toEqual([82, said])
  })

  it('know us by the name that their relay agent gives (RFC 5107)', () => {
    const room = new Room({ config })
    const fields = { giaddr: '10.0.20.1', options: { 82: agent({ 11: '10.0.20.1' }) } }
    const { reply } = room.hear(message('discover', fields))
    expect(reply?.packet.options.get(54)).toEqual(bytes('10.0.20.1'))
    const chosen = message('request', { ...fields, requested: '10.0.20.50', serverId: '10.0.20.1' })
    expect(room.hear(chosen).reply).toMatchObject({ type: 'ack', yiaddr: '10.0.20.50' })
    expect(room.hear(message('request', { requested: '10.0.20.50', serverId: '10.0.20.1' })).reply).toBeUndefined()
  })
})
