import { describe, expect, it } from 'vitest'
import { optionCode } from './options/codes.ts'
import { uint32, uint8 } from './options/integer.ts'
import { addressOf, message, Room, type MessageFields } from './testdata/room.ts'

const us = '192.168.60.1'
const other = '192.168.60.254'
const macOf = (n: number) => `52:54:00:00:01:${n.toString(16).padStart(2, '0')}`
const types = (events: { type: string }[]) => events.map((event) => event.type)

describe('DISCOVER (RFC 2131 §4.3.1)', () => {
  it('is answered with an offer to everyone, which is held for the client but saved nowhere', () => {
    const room = new Room()
    const { events, reply, decision } = room.hear(message('discover'))
    expect(reply).toMatchObject({ type: 'offer', yiaddr: '192.168.60.50', to: 'everyone', leaseSeconds: 3600 })
    expect(types(events)).toEqual(['dhcp.discover', 'dhcp.offer'])
    expect(decision.change?.kind).toBe('hold')
    expect(room.leaseLines()).toEqual([])
  })

  it('gives the same client the same offer, and another one another address', () => {
    const room = new Room()
    const offers = [1, 1, 2, 1].map((n) => room.hear(message('discover', { mac: macOf(n) })).reply?.yiaddr)
    expect(offers).toEqual(['192.168.60.50', '192.168.60.50', '192.168.60.51', '192.168.60.50'])
  })

  it('gives the address asked for when it is free', () => {
    const room = new Room()
    const ask = (n: number, requested: string) =>
      room.hear(message('discover', { mac: macOf(n), requested })).reply?.yiaddr
    expect(ask(1, '192.168.60.52')).toBe('192.168.60.52')
    expect(ask(2, '192.168.60.52')).toBe('192.168.60.50')
    expect(ask(3, '192.168.60.1')).toBe('192.168.60.51')
    expect(ask(4, '10.0.0.9')).toBe('192.168.60.53')
  })

  it('gives a client its last address back, though others came meanwhile', () => {
    const room = new Room()
    expect(room.boot({ mac: macOf(1) })).toBe('192.168.60.50')
    expect(room.boot({ mac: macOf(2) })).toBe('192.168.60.51')
    room.clock.advance(2 * 3600_000)
    expect(room.boot({ mac: macOf(3) })).toBe('192.168.60.52')
    expect(room.boot({ mac: macOf(2), requested: '192.168.60.53' })).toBe('192.168.60.51')
  })

  it('keeps a live lease over what the client asks for', () => {
    const room = new Room()
    room.boot()
    expect(room.hear(message('discover', { requested: '192.168.60.53' })).reply?.yiaddr).toBe('192.168.60.50')
  })

  it('gives a reserved address to its machine and to nobody else', () => {
    const room = new Room({ reservations: [{ mac: macOf(9), address: '192.168.60.50' }] })
    expect(room.boot({ mac: macOf(1), requested: '192.168.60.50' })).toBe('192.168.60.51')
    expect(room.boot({ mac: macOf(9) })).toBe('192.168.60.50')
  })

  it('gives a reserved address outside the pool', () => {
    const room = new Room({ reservations: [{ mac: macOf(9), address: '192.168.60.9' }] })
    expect(room.boot({ mac: macOf(9) })).toBe('192.168.60.9')
  })

  it('never hands out an excluded address, nor the server’s own', () => {
    const room = new Room({
      config: { serverAddress: '192.168.60.51', excluded: ['192.168.60.50', '192.168.60.53'] },
    })
    const served = [1, 2].map((n) => room.hear(message('discover', { mac: macOf(n) })).reply?.yiaddr)
    expect(served).toEqual(['192.168.60.52', undefined])
  })

  it('takes the address that was unused longest when none is new', () => {
    const room = new Room()
    for (const n of [1, 2, 3, 4]) room.boot({ mac: macOf(n) })
    for (const n of [3, 1]) {
      room.clock.advance(1000)
      room.hear(message('release', { mac: macOf(n), ciaddr: `192.168.60.${49 + n}`, serverId: us }))
    }
    expect([5, 6].map((n) => room.boot({ mac: macOf(n) }))).toEqual(['192.168.60.52', '192.168.60.50'])
  })

  it('is met with silence, and the screen told, when the pool is empty', () => {
    const room = new Room()
    for (const n of [1, 2, 3, 4]) room.boot({ mac: macOf(n) })
    const { events, reply } = room.hear(message('discover', { mac: macOf(5) }))
    expect(reply).toBeUndefined()
    expect(events.at(-1)).toMatchObject({ type: 'dhcp.silent', reason: 'poolEmpty', mac: macOf(5) })
    expect(room.boot({ mac: macOf(2) })).toBe('192.168.60.51')
  })

  it('takes over an offer that nobody took up, once its client had time to choose', () => {
    const room = new Room()
    for (const n of [1, 2, 3, 4]) room.hear(message('discover', { mac: macOf(n) }))
    room.clock.advance(9_999)
    expect(room.hear(message('discover', { mac: macOf(5) })).reply).toBeUndefined()
    room.clock.advance(1)
    expect(room.hear(message('discover', { mac: macOf(5) })).reply?.yiaddr).toBe('192.168.60.50')
    const late = { mac: macOf(1), requested: '192.168.60.50', serverId: us }
    expect(room.hear(message('request', late)).reply).toMatchObject({ type: 'nak', to: 'everyone' })
  })

  it('holds nothing for machines that have their address for sure, so that they are in nobody’s way', () => {
    const room = new Room({ reservations: [{ mac: macOf(9), address: '192.168.60.50' }] })
    room.boot({ mac: macOf(1) })
    room.hear(message('discover', { mac: macOf(1) }))
    room.hear(message('discover', { mac: macOf(9) }))
    expect(room.table.offerCount).toBe(0)
    for (const n of [2, 3]) room.hear(message('discover', { mac: macOf(n) }))
    room.clock.advance(10_000)
    expect(room.hear(message('discover', { mac: macOf(4) })).reply?.yiaddr).toBe('192.168.60.52')
    expect(room.boot({ mac: macOf(9) })).toBe('192.168.60.50')
    expect(room.boot({ mac: macOf(1) })).toBe('192.168.60.51')
  })

  it('through a relay is answered to the relay, with its option 82 last and whole (RFC 3046)', () => {
    const room = new Room()
    const agent = Uint8Array.from([1, 4, 0, 0, 0, 7])
    const { reply } = room.hear(
      message('discover', { giaddr: '192.168.60.2', options: { 82: agent, 55: Uint8Array.from([82, 3, 1]) } }),
    )
    expect(reply?.to).toBe('relay 192.168.60.2')
    expect([...(reply?.packet.options ?? [])].at(-1)).toEqual([82, agent])
    expect(reply?.packet.giaddr).toBe(addressOf('192.168.60.2'))
  })

  it('through a relay of a network that is not served gets nothing', () => {
    const { events, reply } = new Room().hear(message('discover', { giaddr: '10.0.0.1' }))
    expect(reply).toBeUndefined()
    expect(events.at(-1)).toMatchObject({ type: 'dhcp.silent', reason: 'unknownNetwork' })
  })
})

describe('REQUEST, selecting (§4.3.2)', () => {
  const selecting = (fields: MessageFields = {}) =>
    message('request', { requested: '192.168.60.50', serverId: us, ...fields })

  it('commits the lease', () => {
    const room = new Room()
    room.hear(message('discover'))
    const { events, reply } = room.hear(selecting())
    expect(reply).toMatchObject({ type: 'ack', yiaddr: '192.168.60.50', to: 'everyone', leaseSeconds: 3600 })
    expect(events).toMatchObject([
      { type: 'dhcp.request', state: 'selecting', address: '192.168.60.50', serverId: us },
      { type: 'dhcp.ack', address: '192.168.60.50', renewal: false, expiresAt: room.clock.now() + 3600_000 },
    ])
    expect(room.leaseLines()).toEqual(['192.168.60.50 leased mac:52:54:00:00:00:01'])
    expect(room.table.offerCount).toBe(0)
  })

  it('of another server frees the offer and names that server', () => {
    const room = new Room()
    room.hear(message('discover'))
    const { events, reply } = room.hear(selecting({ serverId: other, requested: '192.168.60.77' }))
    expect(reply).toBeUndefined()
    expect(events).toMatchObject([
      { type: 'dhcp.request', serverId: other },
      { type: 'dhcp.otherServer', address: other, offered: '192.168.60.77', seenIn: 'request' },
      { type: 'dhcp.silent', reason: 'otherServerChosen', serverId: other },
    ])
    expect(room.table.offerCount).toBe(0)
    expect(room.hear(message('discover', { mac: macOf(2) })).reply?.yiaddr).toBe('192.168.60.50')
  })

  it('of another server leaves a lease that the client has from us as it is', () => {
    const room = new Room()
    room.boot()
    room.hear(selecting({ serverId: other }))
    expect(room.leaseLines()).toEqual(['192.168.60.50 leased mac:52:54:00:00:00:01'])
  })

  it.each([
    ['an address offered to someone else', '192.168.60.51', 'taken'],
    ['an address of another network', '10.0.0.50', 'wrongNetwork'],
    ['an address outside the pool', '192.168.60.200', 'outsidePool'],
    ['the server’s own address', us, 'outsidePool'],
  ])('of %s is refused', (_what, requested, reason) => {
    const room = new Room()
    room.hear(message('discover'))
    room.hear(message('discover', { mac: macOf(2) }))
    const { events, reply } = room.hear(selecting({ requested }))
    expect(reply).toMatchObject({ type: 'nak', yiaddr: '0.0.0.0', to: 'everyone' })
    expect(events.at(-1)).toMatchObject({ type: 'dhcp.nak', reason, address: requested })
    expect(room.leaseLines()).toEqual([])
  })

  it('of an offer that we forgot is granted while the address is free', () => {
    expect(new Room().hear(selecting()).reply?.type).toBe('ack')
  })

  it('without an address is not answered', () => {
    const { events, reply } = new Room().hear(message('request', { serverId: us }))
    expect(reply).toBeUndefined()
    expect(events).toMatchObject([{ type: 'dhcp.silent', reason: 'malformed' }])
  })

  it('moves a client that had another lease, and frees the old one', () => {
    const room = new Room()
    room.boot()
    room.hear(selecting({ requested: '192.168.60.53' }))
    expect(room.leaseLines()).toEqual([
      '192.168.60.50 released mac:52:54:00:00:00:01',
      '192.168.60.53 leased mac:52:54:00:00:00:01',
    ])
    expect(room.table.leaseOf('mac:52:54:00:00:00:01')?.address).toBe(addressOf('192.168.60.53'))
  })
})

describe('REQUEST, init-reboot (§4.3.2)', () => {
  const reboot = (requested: string, fields: MessageFields = {}) => message('request', { requested, ...fields })

  it('is granted to the client whose address it is', () => {
    const room = new Room()
    room.boot()
    const { events, reply } = room.hear(reboot('192.168.60.50'))
    expect(reply?.type).toBe('ack')
    expect(events).toMatchObject([
      { type: 'dhcp.request', state: 'initReboot' },
      { type: 'dhcp.ack', renewal: false },
    ])
  })

  it('is granted after the lease ran out, while the address is still free', () => {
    const room = new Room()
    room.boot()
    room.clock.advance(3600_000)
    expect(room.leaseLines()).toEqual(['192.168.60.50 leased mac:52:54:00:00:00:01'])
    expect(room.hear(reboot('192.168.60.50')).reply?.type).toBe('ack')
  })

  it('is granted for a reserved address that was never leased', () => {
    const room = new Room({ reservations: [{ mac: macOf(9), address: '192.168.60.9' }] })
    expect(room.hear(reboot('192.168.60.9', { mac: macOf(9) })).reply?.type).toBe('ack')
  })

  it.each([
    ['another address than its own', '192.168.60.52', 'notYours'],
    ['an address that someone else has', '192.168.60.51', 'taken'],
    ['an address of another network', '10.0.0.50', 'wrongNetwork'],
  ])('of a known client for %s is refused, authoritative or not', (_what, requested, reason) => {
    for (const authoritative of [true, false]) {
      const room = new Room({ config: { authoritative } })
      room.boot()
      room.boot({ mac: macOf(2) })
      const { events, reply } = room.hear(reboot(requested))
      expect(reply?.type).toBe('nak')
      expect(events.at(-1)).toMatchObject({ reason })
    }
  })

  it.each([
    ['192.168.60.50', 'notYours'],
    ['10.0.0.50', 'wrongNetwork'],
    ['192.168.60.200', 'outsidePool'],
  ])('of an unknown client for %s: NAK when authoritative, else silence', (requested, reason) => {
    const { events, reply } = new Room().hear(reboot(requested))
    expect(reply?.type).toBe('nak')
    expect(events.at(-1)).toMatchObject({ type: 'dhcp.nak', reason })

    const quiet = new Room({ config: { authoritative: false } }).hear(reboot(requested))
    expect(quiet.reply).toBeUndefined()
    expect(quiet.events.at(-1)).toMatchObject({ type: 'dhcp.silent', reason: 'unknownLease' })
  })

  it('through a relay is refused with the broadcast flag, so that the relay broadcasts it (§4.1)', () => {
    const { reply } = new Room().hear(reboot('10.0.0.50', { giaddr: '192.168.60.2' }))
    expect(reply).toMatchObject({ type: 'nak', to: 'relay 192.168.60.2' })
    expect(reply?.packet.flags).toBe(0x8000)
  })
})

describe('REQUEST, renewing and rebinding (§4.3.2)', () => {
  const extend = (ciaddr: string, fields: MessageFields = {}) => message('request', { ciaddr, ...fields })

  it('extends the lease and is answered where the client is', () => {
    const room = new Room()
    room.boot()
    const started = room.clock.now()
    room.clock.advance(1800_000)
    const { events, reply } = room.hear(extend('192.168.60.50'))
    expect(reply).toMatchObject({ type: 'ack', yiaddr: '192.168.60.50', to: 'client 192.168.60.50' })
    expect(reply?.packet.ciaddr).toBe(addressOf('192.168.60.50'))
    expect(events).toMatchObject([{ state: 'renewing' }, { type: 'dhcp.ack', renewal: true }])
    expect(room.table.leaseOf('mac:52:54:00:00:00:01')).toMatchObject({
      startsAt: started,
      expiresAt: room.clock.now() + 3600_000,
    })
  })

  it('is called rebinding after T2', () => {
    const room = new Room()
    room.boot()
    room.clock.advance(3150_000)
    expect(room.hear(extend('192.168.60.50')).events[0]).toMatchObject({ state: 'rebinding' })
  })

  it('brings back a lease that ran out, while the address is free', () => {
    const room = new Room()
    room.boot()
    room.clock.advance(3601_000)
    expect(room.hear(extend('192.168.60.50')).reply?.type).toBe('ack')
  })

  it('is refused, to everyone, once the address went to someone else', () => {
    const room = new Room()
    room.boot()
    room.clock.advance(3601_000)
    for (const n of [2, 3, 4, 5]) room.boot({ mac: macOf(n) })
    const { events, reply } = room.hear(extend('192.168.60.50'))
    expect(reply).toMatchObject({ type: 'nak', to: 'everyone' })
    expect(events.at(-1)).toMatchObject({ reason: 'taken' })
  })

  it('of a client that has another lease is refused', () => {
    const room = new Room()
    room.boot()
    expect(room.hear(extend('192.168.60.52')).events.at(-1)).toMatchObject({ type: 'dhcp.nak', reason: 'notYours' })
  })

  it('of an unknown client with a free address is granted when authoritative: it works, and our leases were lost', () => {
    expect(new Room().hear(extend('192.168.60.51')).reply).toMatchObject({ type: 'ack', yiaddr: '192.168.60.51' })
  })

  it('of an unknown client is met with silence when another server may know it', () => {
    const { events, reply } = new Room({ config: { authoritative: false } }).hear(extend('192.168.60.51'))
    expect(reply).toBeUndefined()
    expect(events.at(-1)).toMatchObject({ type: 'dhcp.silent', reason: 'unknownLease' })
  })

  it('with an address of another network is refused to everyone, never sent there', () => {
    expect(new Room().hear(extend('8.8.8.8')).reply).toMatchObject({ type: 'nak', to: 'everyone' })
  })

  it('with neither an address nor a server is not answered', () => {
    expect(new Room().hear(message('request')).events).toMatchObject([{ type: 'dhcp.silent', reason: 'malformed' }])
  })
})

describe('DECLINE (§4.3.3)', () => {
  it('keeps the address away from everybody for an hour', () => {
    const room = new Room()
    room.boot()
    const { events, reply } = room.hear(message('decline', { requested: '192.168.60.50', serverId: us }))
    expect(reply).toBeUndefined()
    expect(events).toMatchObject([{ type: 'dhcp.decline', address: '192.168.60.50' }])
    expect(room.leaseLines()).toEqual(['192.168.60.50 declined mac:52:54:00:00:00:01'])
    expect(room.boot({ requested: '192.168.60.50' })).toBe('192.168.60.51')
    expect(room.boot({ mac: macOf(2), requested: '192.168.60.50' })).toBe('192.168.60.52')
    room.clock.advance(3600_000)
    expect(room.boot({ mac: macOf(3), requested: '192.168.60.50' })).toBe('192.168.60.50')
  })

  it('is believed of an address that was only offered, and of a reserved one', () => {
    const room = new Room({ reservations: [{ mac: macOf(9), address: '192.168.60.50' }] })
    room.hear(message('discover', { mac: macOf(1) }))
    room.hear(message('decline', { mac: macOf(1), requested: '192.168.60.51', serverId: us }))
    room.hear(message('decline', { mac: macOf(9), requested: '192.168.60.50', serverId: us }))
    expect(room.leaseLines()).toEqual([
      '192.168.60.50 declined mac:52:54:00:00:01:09',
      '192.168.60.51 declined mac:52:54:00:00:01:01',
    ])
    expect(room.boot({ mac: macOf(9) })).toBe('192.168.60.52')
  })

  it('is not believed from a client that was not given the address', () => {
    const room = new Room()
    room.boot()
    const { events } = room.hear(message('decline', { mac: macOf(2), requested: '192.168.60.50', serverId: us }))
    expect(events).toMatchObject([{ type: 'dhcp.silent', reason: 'unknownLease' }])
    expect(room.leaseLines()).toEqual(['192.168.60.50 leased mac:52:54:00:00:00:01'])
  })

  it('to another server is none of our business', () => {
    const room = new Room()
    room.boot()
    expect(room.hear(message('decline', { requested: '192.168.60.50', serverId: other })).events).toEqual([])
    expect(room.leaseLines()).toEqual(['192.168.60.50 leased mac:52:54:00:00:00:01'])
  })
})

describe('RELEASE (§4.3.4)', () => {
  it('frees the address and remembers whose it was', () => {
    const room = new Room()
    room.boot()
    const { events, reply } = room.hear(message('release', { ciaddr: '192.168.60.50', serverId: us }))
    expect(reply).toBeUndefined()
    expect(events).toMatchObject([{ type: 'dhcp.release', address: '192.168.60.50' }])
    expect(room.leaseLines()).toEqual(['192.168.60.50 released mac:52:54:00:00:00:01'])
    expect(room.boot({ mac: macOf(2) })).toBe('192.168.60.51')
    expect(room.boot()).toBe('192.168.60.50')
  })

  it.each([
    ['from a client whose address it is not', { mac: macOf(2), ciaddr: '192.168.60.50', serverId: us }],
    ['of another address', { ciaddr: '192.168.60.51', serverId: us }],
    ['to another server', { ciaddr: '192.168.60.50', serverId: other }],
  ])('%s changes nothing', (_what, fields) => {
    const room = new Room()
    room.boot()
    room.hear(message('release', fields))
    expect(room.leaseLines()).toEqual(['192.168.60.50 leased mac:52:54:00:00:00:01'])
  })
})

describe('INFORM (§4.3.5)', () => {
  it('is answered with parameters, without an address or a lease, where the client is', () => {
    const room = new Room({ config: { dnsServers: ['192.168.60.1'], domainName: 'salle.example' } })
    const { events, reply } = room.hear(message('inform', { ciaddr: '192.168.60.200' }))
    expect(reply).toMatchObject({ type: 'ack', yiaddr: '0.0.0.0', to: 'client 192.168.60.200' })
    expect([...(reply?.packet.options.keys() ?? [])]).toEqual([53, 54, 1, 28, 6, 15])
    expect(events).toMatchObject([{ type: 'dhcp.inform', address: '192.168.60.200' }])
    expect(room.leaseLines()).toEqual([])
  })

  it.each(['0.0.0.0', '8.8.8.8'])('from %s is not answered', (ciaddr) => {
    expect(new Room().hear(message('inform', { ciaddr })).reply).toBeUndefined()
  })
})

describe('an option that decides what is meant and is no address', () => {
  const broken = Uint8Array.of(192, 168, 60)

  it.each(['request', 'decline', 'release'] as const)('leaves a %s without an answer and without effect', (type) => {
    for (const code of [optionCode.serverIdentifier, optionCode.requestedAddress]) {
      const room = new Room()
      room.boot()
      const fields = { ciaddr: '192.168.60.50', requested: '192.168.60.50', serverId: us, options: { [code]: broken } }
      const { events, reply } = room.hear(message(type, fields))
      expect(reply).toBeUndefined()
      expect(events).toMatchObject([{ type: 'dhcp.silent', reason: 'malformed' }])
      expect(room.leaseLines()).toEqual(['192.168.60.50 leased mac:52:54:00:00:00:01'])
    }
  })
})

describe('the lease time (§4.3.1)', () => {
  const config = { minLeaseSeconds: 600, leaseSeconds: 3600, maxLeaseSeconds: 7200 }
  it.each([
    [undefined, 3600],
    [1, 600],
    [600, 600],
    [5000, 5000],
    [7201, 7200],
    [0xffffffff, 7200],
  ])('for a client that asks for %s s is %i s, with T1 and T2 of it', (asked, given) => {
    const room = new Room({ config })
    const options: Record<number, Uint8Array> = asked === undefined ? {} : { 51: uint32.encode(asked) }
    expect(room.hear(message('discover', { options })).reply?.leaseSeconds).toBe(given)
    const { events, reply } = room.hear(message('request', { requested: '192.168.60.50', serverId: us, options }))
    expect(reply?.leaseSeconds).toBe(given)
    expect(reply?.packet.options.get(58)).toEqual(uint32.encode(given / 2))
    expect(reply?.packet.options.get(59)).toEqual(uint32.encode((given * 7) / 8))
    expect(events.at(-1)).toMatchObject({ expiresAt: room.clock.now() + given * 1000 })
  })

  it('is the usual one, whatever is asked, where no other is allowed', () => {
    const room = new Room()
    expect(room.hear(message('discover', { options: { 51: uint32.encode(60) } })).reply?.leaseSeconds).toBe(3600)
  })
})

describe('rapid commit (RFC 4039)', () => {
  const asking = message('discover', { options: { 80: new Uint8Array(0) } })

  it('gives the lease at once, saying so', () => {
    const room = new Room({ config: { rapidCommit: true } })
    const { events, reply, decision } = room.hear(asking)
    expect(reply).toMatchObject({ type: 'ack', yiaddr: '192.168.60.50', leaseSeconds: 3600 })
    expect(reply?.packet.options.get(80)).toEqual(new Uint8Array(0))
    expect(types(events)).toEqual(['dhcp.discover', 'dhcp.ack'])
    expect(decision.change?.kind).toBe('leases')
    expect(room.leaseLines()).toEqual(['192.168.60.50 leased mac:52:54:00:00:00:01'])
  })

  it('is for clients that ask for it', () => {
    const { reply } = new Room({ config: { rapidCommit: true } }).hear(message('discover'))
    expect([reply?.type, reply?.packet.options.has(80)]).toEqual(['offer', false])
  })

  it('is off unless it is allowed', () => {
    const { reply } = new Room().hear(asking)
    expect([reply?.type, reply?.packet.options.has(80)]).toEqual(['offer', false])
  })
})

describe('a BOOTP client (RFC 951, RFC 1534)', () => {
  const bootp = (fields: MessageFields = {}) => {
    const packet = message('discover', fields)
    packet.options.delete(53)
    return packet
  }

  it('gets the address reserved for it, for ever, without DHCP options', () => {
    const room = new Room({
      config: { router: '192.168.60.254' },
      reservations: [{ mac: macOf(9), address: '192.168.60.9' }],
    })
    const { events, reply } = room.hear(bootp({ mac: macOf(9) }))
    expect(reply).toMatchObject({ yiaddr: '192.168.60.9', to: 'everyone' })
    expect([...(reply?.packet.options.keys() ?? [])]).toEqual([1, 28, 3])
    expect(types(events)).toEqual(['dhcp.discover', 'dhcp.ack'])
    room.clock.advance(365 * 86_400_000)
    room.table.expire(room.clock.now())
    expect(room.leaseLines()).toEqual([`192.168.60.9 leased mac:${macOf(9)}`])
  })

  it('is not answered without a reservation, and the screen says why', () => {
    const { events, reply } = new Room().hear(bootp())
    expect(reply).toBeUndefined()
    expect(events.at(-1)).toMatchObject({ type: 'dhcp.silent', reason: 'policy', policy: 'bootp' })
  })

  it('gets an address of the pool where that is allowed, the same each time', () => {
    const room = new Room({ config: { bootp: 'pool' } })
    const given = [1, 2, 1].map((n) => room.hear(bootp({ mac: macOf(n) })).reply?.yiaddr)
    expect(given).toEqual(['192.168.60.50', '192.168.60.51', '192.168.60.50'])
    room.hear(bootp({ mac: macOf(3) }))
    room.hear(bootp({ mac: macOf(4) }))
    expect(room.hear(bootp({ mac: macOf(5) })).events.at(-1)).toMatchObject({ reason: 'poolEmpty' })
  })

  it('is answered through its relay agent (RFC 1542)', () => {
    const room = new Room({ config: { bootp: 'pool' } })
    expect(room.hear(bootp({ giaddr: '192.168.60.2' })).reply?.to).toBe('relay 192.168.60.2')
    expect(room.hear(bootp({ giaddr: '10.9.9.9' })).events.at(-1)).toMatchObject({ reason: 'unknownNetwork' })
  })
})

describe('what no client may send', () => {
  it.each([
    ['a reply', { op: 2 }, 'badOperation'],
    ['a hardware address of another kind', { htype: 6 }, 'badHardwareAddress'],
    ['a hardware address of another length', { hlen: 8 }, 'badHardwareAddress'],
    ['a hardware address of zeros', { chaddr: new Uint8Array(16) }, 'badHardwareAddress'],
    ['a broadcast hardware address', { chaddr: new Uint8Array(16).fill(0xff) }, 'badHardwareAddress'],
    ['a message type of two bytes', { options: new Map([[53, new Uint8Array(2)]]) }, 'noMessageType'],
    ['an OFFER', { options: new Map([[optionCode.messageType, uint8.encode(2)]]) }, 'badMessageType'],
    ['an unknown message type', { options: new Map([[optionCode.messageType, uint8.encode(99)]]) }, 'badMessageType'],
  ])('%s is not answered', (_what, fields, malformed) => {
    const { decision } = new Room().hear({ ...message('discover'), ...fields })
    expect(decision).toEqual({ events: [], malformed })
  })
})

describe('one machine, one address', () => {
  const uuid = '00 78563412bc9af0de1122334455667788'
  const byMac = '01 525400000001'
  const duid = 'ff 00000001 0002 0000ab11 0123456789abcdef'
  const anotherDuid = 'ff 00000001 0002 0000ab11 fedcba9876543210'

  it('from the ROM through iPXE and the installer to the exam, whatever client identifiers they send', () => {
    const room = new Room()
    const stages = [undefined, uuid, byMac, duid, anotherDuid]
    expect(stages.map((clientId) => room.boot({ clientId }))).toEqual(stages.map(() => '192.168.60.50'))
    expect(room.leaseLines()).toEqual(['192.168.60.50 leased mac:52:54:00:00:00:01'])
  })

  it('but a client with an identifier of its own has a lease of its own (§4.2)', () => {
    const room = new Room()
    const ids = [undefined, '66 6f6f', '00 62 6172', '01 525400000099']
    expect(ids.map((clientId) => room.boot({ clientId }))).toEqual([
      '192.168.60.50',
      '192.168.60.51',
      '192.168.60.52',
      '192.168.60.53',
    ])
    expect(room.leaseLines()[1]).toBe('192.168.60.51 leased id:666f6f')
  })

  it('and an identifier of its own follows the client to another card', () => {
    const room = new Room()
    const first = room.boot({ mac: macOf(1), clientId: '666f6f' })
    expect(room.boot({ mac: macOf(2), clientId: '666f6f' })).toBe(first)
  })

  it('two cards of one machine that send the same UUID have an address each', () => {
    const room = new Room()
    const addresses = [1, 2].map((n) => room.boot({ mac: macOf(n), clientId: uuid }))
    expect(addresses).toEqual(['192.168.60.50', '192.168.60.51'])
  })
})
