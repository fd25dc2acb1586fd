import { describe, expect, it } from 'vitest'
import type { BootAnswer } from './bootDecider.ts'
import { readConfig } from './config.ts'
import { messageType } from './options/codes.ts'
import { address, uint16 } from './options/integer.ts'
import { encode } from './packet.ts'
import { buildReply, maximumSizeFor } from './reply.ts'
import { addressOf, message, packetOf, roomConfig, type MessageFields } from './testdata/room.ts'

const settings = readConfig({
  ...roomConfig,
  router: '192.168.60.254',
  dnsServers: ['192.168.60.1', '192.168.60.2'],
  domainName: 'salle.example',
})
const boot: BootAnswer = { firmwareRow: 'uefi-x64', nextServer: '192.168.60.1', bootFile: 'ipxe.efi' }
const offer = (fields: MessageFields = {}, parts: { boot?: BootAnswer } = {}) =>
  buildReply(
    message('discover', fields),
    { type: messageType.offer, yiaddr: addressOf('192.168.60.50'), leaseSeconds: 3601, ...parts },
    settings,
  )
const codes = (fields: MessageFields, parts = {}) => [...offer(fields, parts).options.keys()]
const hexOf = (value: Uint8Array | undefined) => value && Buffer.from(value).toString('hex')

describe('a reply', () => {
  it('sends all there is to a client that lists nothing', () => {
    expect(codes({})).toEqual([53, 54, 51, 58, 59, 1, 28, 3, 6, 15])
  })

  it('sends what was asked for in the order asked for, the mask always', () => {
    expect(codes({ options: { 55: Uint8Array.from([15, 6, 59]) } })).toEqual([53, 54, 51, 15, 6, 59, 58, 1])
  })

  it('puts the mask before the router (RFC 2132 §3.3)', () => {
    expect(codes({ options: { 55: Uint8Array.from([3, 6, 1]) } })).toEqual([53, 54, 51, 1, 3, 6, 58, 59])
  })

  it('gives T1 and T2 as a half and seven eighths of the lease, in whole seconds', () => {
    const { options } = offer()
    expect([51, 58, 59].map((code) => hexOf(options.get(code)))).toEqual(['00000e11', '00000708', '00000c4e'])
  })

  it('gives the boot file in the field and in option 67, the server in siaddr and in option 66', () => {
    const reply = offer({}, { boot })
    expect(reply.siaddr).toBe(addressOf('192.168.60.1'))
    expect(Buffer.from(reply.file).toString()).toBe('ipxe.efi')
    expect(Buffer.from(reply.options.get(66)!).toString()).toBe('192.168.60.1')
    expect(Buffer.from(reply.options.get(67)!).toString()).toBe('ipxe.efi')
    expect([reply.options.has(43), reply.options.has(60)]).toEqual([false, false])
  })

  it('gives a boot file that is too long for the field in option 67 alone', () => {
    const long = offer({}, { boot: { ...boot, bootFile: `http://192.168.60.1/${'a'.repeat(108)}` } })
    expect([long.file.length, long.options.get(67)?.length]).toEqual([0, 128])
    const fits = offer({}, { boot: { ...boot, bootFile: 'a'.repeat(127) } })
    expect(fits.file.length).toBe(127)
    expect(encode(fits, 1472).datagram[108 + 127]).toBe(0)
  })

  it('says nothing of booting to a client that does not boot', () => {
    const reply = offer()
    expect([reply.siaddr, reply.file.length, reply.options.has(66), reply.options.has(67)]).toEqual([
      0,
      0,
      false,
      false,
    ])
  })

  it('echoes the UUID and the client identifier (RFC 4578, RFC 6842)', () => {
    const uuid = new Uint8Array(17).fill(7)
    const { options } = offer({ clientId: '01 525400000001', options: { 97: uuid } })
    expect(options.get(97)).toEqual(uuid)
    expect(hexOf(options.get(61))).toBe('01525400000001')
  })

  it('says no identifier or UUID that the client did not say (RFC 6842 §3)', () => {
    const { options } = offer()
    expect([options.has(61), options.has(97)]).toEqual([false, false])
  })

  it.each([
    ['192.168.60.0', true],
    ['10.0.0.0', false],
  ])('echoes the selection of subnet %s, or not, as the address is of it (RFC 3011 §2)', (subnet, isEchoed) => {
    const { options } = offer({ options: { 118: address.encode(addressOf(subnet)) } })
    expect(options.has(118)).toBe(isEchoed)
  })

  it('never holds what only clients say (table 3)', () => {
    const said = { 50: new Uint8Array(4), 55: Uint8Array.of(50, 52, 55, 57, 3), 57: uint16.encode(1500) }
    const { options } = offer({ options: said })
    expect([50, 52, 55, 57].filter((code) => options.has(code))).toEqual([])
  })

  it('sends each option once, however often it is asked for (§4.3.1)', () => {
    const { datagram } = encode(offer({ options: { 55: Uint8Array.of(6, 6, 3, 6, 1, 3) } }), 548)
    const codes: number[] = []
    for (let at = 240; datagram[at] !== 255; at += 2 + datagram[at + 1]!) codes.push(datagram[at]!)
    expect(codes).toEqual([53, 54, 51, 6, 1, 3, 58, 59])
  })

  it('copies what table 3 says', () => {
    const reply = offer({ xid: 0xdeadbeef, flags: 0x8000, giaddr: '192.168.60.2', ciaddr: '192.168.60.77', secs: 12 })
    expect(reply).toMatchObject({
      op: 2,
      htype: 1,
      hlen: 6,
      hops: 0,
      xid: 0xdeadbeef,
      secs: 0,
      flags: 0x8000,
      ciaddr: 0,
      giaddr: addressOf('192.168.60.2'),
    })
  })

  it('that refuses holds nothing but the refusal', () => {
    const nak = buildReply(
      message('request', { clientId: '01 525400000001', options: { 55: Uint8Array.from([1, 3]) } }),
      { type: messageType.nak, message: 'no' },
      settings,
    )
    expect([...nak.options.keys()]).toEqual([53, 54, 56, 61])
    expect([nak.yiaddr, nak.siaddr, nak.ciaddr]).toEqual([0, 0, 0])
  })

  it.each([
    [undefined, 548],
    [300, 548],
    [576, 548],
    [1260, 1232],
    [1500, 1472],
    [65_280, 1472],
  ])('to a client with a maximum message size of %s is at most %i bytes', (asked, size) => {
    const options: Record<number, Uint8Array> = asked === undefined ? {} : { 57: uint16.encode(asked) }
    expect(maximumSizeFor(message('discover', { options }))).toBe(size)
  })

  it('to a BOOTP client has a vendor area of 64 bytes (RFC 951 §3)', () => {
    const bootp = message('discover', { options: { 57: uint16.encode(1500) } })
    bootp.options.delete(53)
    expect(maximumSizeFor(bootp)).toBe(300)
  })

  it('keeps within it, with a long boot URL and a long identifier', () => {
    const fields = { clientId: '66'.repeat(200) }
    const reply = offer(fields, { boot: { ...boot, bootFile: `http://192.168.60.1/${'a'.repeat(180)}` } })
    const { datagram } = encode(reply, maximumSizeFor(message('discover', fields)))
    expect(datagram.length).toBeLessThanOrEqual(548)
    expect(packetOf(datagram).options.get(67)?.length).toBe(200)
  })
})
