import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decode, encode, type DhcpPacket } from './packet.ts'
import { wire } from './testdata/wire.ts'

const head = `
  01 01 06 00               # BOOTREQUEST, Ethernet, 6, no hops
  3903f326                  # xid
  0004 8000                 # secs 4, broadcast flag
  00000000 00000000         # ciaddr, yiaddr
  00000000 00000000         # siaddr, giaddr
  525400123456 00*10        # chaddr
  00*64                     # sname
`
const noFile = '00*128'
const cookie = '63825363'

const decodePacket = (datagram: Buffer): DhcpPacket => {
  const decoded = decode(datagram)
  if (!decoded.ok) throw new Error(`${decoded.reason} at ${decoded.offset}`)
  return decoded.packet
}
const plain = (packet: DhcpPacket) => ({
  ...packet,
  chaddr: Buffer.from(packet.chaddr).toString('hex'),
  sname: Buffer.from(packet.sname).toString('hex'),
  file: Buffer.from(packet.file).toString('hex'),
  options: [...packet.options].map(([code, value]) => [code, Buffer.from(value).toString('hex')]),
})
const ample = 65_507

describe('decoding', () => {
  it('reads every field', () => {
    const packet = decodePacket(
      wire(`
        02 01 06 01
        3903f326
        0007 8000
        0a000001 0a000002 0a000003 0a000004
        525400123456 00*10
        "srv" 00*61
        "pxelinux.0" 00*118
        ${cookie}
        35 01 05                # ACK
        36 04 c0a83c01          # server identifier
        ff
      `),
    )
    expect(plain(packet)).toEqual({
      op: 2,
      htype: 1,
      hlen: 6,
      hops: 1,
      xid: 0x3903f326,
      secs: 7,
      flags: 0x8000,
      ciaddr: 0x0a000001,
      yiaddr: 0x0a000002,
      siaddr: 0x0a000003,
      giaddr: 0x0a000004,
      chaddr: '525400123456' + '00'.repeat(10),
      sname: Buffer.from('srv').toString('hex'),
      file: Buffer.from('pxelinux.0').toString('hex'),
      options: [
        [53, '05'],
        [54, 'c0a83c01'],
      ],
    })
  })

  it('puts up with padding between options and with a missing end option', () => {
    const { options } = decodePacket(wire(`${head} ${noFile} ${cookie} 00 35 01 01 00 00 0c 02 "pc"`))
    expect([...options.keys()]).toEqual([53, 12])
  })

  it('stops at the end option', () => {
    const { options } = decodePacket(wire(`${head} ${noFile} ${cookie} 35 01 01 ff 0c 02 "pc"`))
    expect([...options.keys()]).toEqual([53])
  })

  it('joins the pieces of a long option, wherever they stand (RFC 3396)', () => {
    const { options } = decodePacket(
      wire(`${head} ${noFile} ${cookie} 43 03 "pxe" 35 01 01 43 05 "linux" 43 02 ".0" ff`),
    )
    expect(Buffer.from(options.get(67)!).toString()).toBe('pxelinux.0')
  })

  it('reads options out of an overloaded file field, then sname, whatever is in them twice (RFC 2132 §9.3)', () => {
    const packet = decodePacket(
      wire(`
        01 01 06 00 3903f326 0000 0000 00*16 525400123456 00*10
        43 02 ".0" ff 00*59         # sname: last piece of option 67
        43 05 "linux" 0c 02 "pc" ff 00*116
        ${cookie}
        35 01 01
        34 01 03                    # overload: file and sname
        43 03 "pxe"
        ff
      `),
    )
    expect([...packet.options.keys()]).toEqual([53, 67, 12])
    expect(Buffer.from(packet.options.get(67)!).toString()).toBe('pxelinux.0')
    expect([packet.file.length, packet.sname.length]).toEqual([0, 0])
  })

  it('leaves alone the field that does not carry options', () => {
    const inFile = decodePacket(
      wire(`
        02 01 06 00 3903f326 0000 0000 00*16 525400123456 00*10
        "srv" 00*61
        0c 02 "pc" ff 00*123
        ${cookie} 35 01 02 34 01 01 ff
      `),
    )
    expect(Buffer.from(inFile.sname).toString()).toBe('srv')
    expect([...inFile.options.keys()]).toEqual([53, 12])
  })

  it('does not let an overloaded field overload further', () => {
    const packet = decodePacket(wire(`${head} 34 01 02 ff 00*124 ${cookie} 35 01 01 34 01 01 ff`))
    expect([...packet.options.keys()]).toEqual([53])
  })

  it.each([
    ['nothing', '', 'truncated', 0],
    ['a header cut short', `${head} 00*100`, 'truncated', 208],
    ['one byte less than a cookie', `${head} ${noFile} 638253`, 'truncated', 239],
    ['another vendor’s cookie', `${head} ${noFile} 01020304 00*60`, 'badCookie', 236],
    ['a hardware address longer than its field', `01 01 11 00 00*232 ${cookie}`, 'badHardwareLength', 2],
    ['an option without a length', `${head} ${noFile} ${cookie} 35`, 'optionTruncated', 240],
    ['an option that runs past the end', `${head} ${noFile} ${cookie} 35 01 01 3d 07 01`, 'optionTruncated', 243],
    ['an overload that says nothing', `${head} ${noFile} ${cookie} 34 01 00 ff`, 'badOverload', 240],
    ['an overload that says too much', `${head} ${noFile} ${cookie} 34 01 04 ff`, 'badOverload', 240],
    ['an overload of two bytes', `${head} ${noFile} ${cookie} 34 02 01 01 ff`, 'badOverload', 240],
    ['an option that leaves the file field', `${head} 0c ff 00*126 ${cookie} 34 01 01 ff`, 'optionTruncated', 108],
  ])('refuses %s', (_what, annotated, reason, offset) => {
    expect(decode(wire(annotated))).toEqual({ ok: false, reason, offset })
  })

  it('takes a vendor area of zeros for a BOOTP client’s, which has no options (RFC 951)', () => {
    const decoded = decode(wire(`${head} ${noFile} 00*64`))
    expect(decoded).toMatchObject({ ok: true, packet: { op: 1, hlen: 6 } })
    expect(decoded.ok && decoded.packet.options.size).toBe(0)
  })

  it('reads 60,000 bytes of empty options without a fuss', () => {
    const datagram = Buffer.concat([wire(`${head} ${noFile} ${cookie}`), Buffer.alloc(60_000, Buffer.from([12, 0]))])
    expect(decodePacket(datagram).options).toEqual(new Map([[12, Buffer.alloc(0)]]))
  })

  it('takes any bytes without throwing', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 700 }), (bytes) => {
        decode(Buffer.from(bytes))
      }),
      { numRuns: 5000 },
    )
  })
})

const address = fc.integer({ min: 0, max: 0xffffffff })
const short = fc.integer({ min: 0, max: 0xffff })
const octet = fc.integer({ min: 0, max: 255 })
const textField = (maxLength: number) =>
  fc.uint8Array({ maxLength }).map((bytes) => bytes.map((byte) => (byte === 0 ? 1 : byte)))
const options = (maxValue: number, maxCount: number) =>
  fc
    .uniqueArray(fc.tuple(fc.integer({ min: 1, max: 254 }), fc.uint8Array({ maxLength: maxValue })), {
      selector: ([code]) => code,
      maxLength: maxCount,
    })
    .map((entries) => new Map(entries.filter(([code]) => code !== 52)))
const packets = (packetOptions: fc.Arbitrary<Map<number, Uint8Array>>): fc.Arbitrary<DhcpPacket> =>
  fc.record({
    op: octet,
    htype: octet,
    hlen: fc.integer({ min: 0, max: 16 }),
    hops: octet,
    xid: address,
    secs: short,
    flags: short,
    ciaddr: address,
    yiaddr: address,
    siaddr: address,
    giaddr: address,
    chaddr: fc.uint8Array({ minLength: 16, maxLength: 16 }),
    sname: textField(64),
    file: textField(128),
    options: packetOptions,
  })

describe('encoding', () => {
  const base = decodePacket(wire(`${head} ${noFile} ${cookie} 35 01 01 ff`))
  const withOptions = (entries: [number, number][], fields: Partial<DhcpPacket> = {}): DhcpPacket => ({
    ...base,
    ...fields,
    options: new Map(entries.map(([code, length]) => [code, Buffer.alloc(length, code)])),
  })

  it('decodes to what was encoded, long options and all', () => {
    fc.assert(
      fc.property(packets(options(700, 12)), (packet) => {
        const { datagram, omitted } = encode(packet, ample)
        expect(omitted).toEqual([])
        expect(plain(decodePacket(datagram))).toEqual(plain(packet))
      }),
    )
  })

  it('is stable: what a datagram decodes to encodes to what decodes the same', () => {
    fc.assert(
      fc.property(packets(options(40, 20)), fc.array(fc.tuple(fc.nat(600), octet)), (packet, changes) => {
        const { datagram } = encode(packet, ample)
        for (const [at, value] of changes) if (at < datagram.length) datagram[at] = value
        const first = decode(datagram)
        if (!first.ok) return
        const second = decodePacket(encode(first.packet, ample).datagram)
        expect(plain(second)).toEqual(plain(first.packet))
      }),
      { numRuns: 1000 },
    )
  })

  it('never exceeds the size allowed, and names what it left out', () => {
    fc.assert(
      fc.property(packets(options(300, 10)), fc.integer({ min: 548, max: 1472 }), (packet, maxSize) => {
        const { datagram, omitted } = encode(packet, maxSize)
        expect(datagram.length).toBeLessThanOrEqual(maxSize)
        const kept = [...packet.options].filter(([code]) => !omitted.includes(code))
        const decoded = decodePacket(datagram)
        expect(new Set(decoded.options.keys())).toEqual(new Set(kept.map(([code]) => code)))
        for (const [code, value] of kept) expect(Buffer.from(decoded.options.get(code)!)).toEqual(Buffer.from(value))
      }),
    )
  })

  it('pads to the 300 bytes that BOOTP clients insist on', () => {
    expect(encode(base, ample).datagram.length).toBe(300)
  })

  it('uses the file and sname fields when the options field is full, and says so (option 52)', () => {
    const { datagram, omitted } = encode(
      withOptions([
        [53, 1],
        [200, 250],
        [201, 110],
        [202, 60],
      ]),
      548,
    )
    expect(omitted).toEqual([])
    expect(datagram.subarray(240, 243)).toEqual(wire('34 01 03'))
    expect(datagram.subarray(108, 110)).toEqual(wire('c9 6e'))
    expect(datagram.subarray(44, 46)).toEqual(wire('ca 3c'))
    expect([...decodePacket(datagram).options.keys()].sort()).toEqual([200, 201, 202, 53])
  })

  it('keeps a boot file where it is, and leaves out what has no room', () => {
    const packet = withOptions(
      [
        [53, 1],
        [200, 250],
        [201, 110],
        [202, 60],
      ],
      { file: Buffer.from('ipxe.efi') },
    )
    const { datagram, omitted } = encode(packet, 548)
    expect(omitted).toEqual([201])
    expect(Buffer.from(decodePacket(datagram).file).toString()).toBe('ipxe.efi')
  })

  it('says nothing of an overload when neither field could help', () => {
    const { datagram, omitted } = encode(
      withOptions([
        [53, 1],
        [200, 400],
      ]),
      548,
    )
    expect(omitted).toEqual([200])
    expect(datagram.subarray(240, 244)).toEqual(wire('35 01 35 ff'))
  })

  it('keeps what a relay agent said in the options field, at its end, whatever overflows (RFC 3046 §2.2)', () => {
    const packet = withOptions([
      [53, 1],
      [200, 250],
      [201, 40],
      [82, 20],
    ])
    const { datagram, omitted } = encode(packet, 548)
    expect(omitted).toEqual([])
    expect(datagram.subarray(108, 110)).toEqual(wire('c9 28'))
    const end = 240 + 3 + 3 + 252 + 22
    expect(datagram.subarray(end - 22, end - 20)).toEqual(wire('52 14'))
    expect(datagram[end]).toBe(255)
    expect(
      encode(
        withOptions([
          [53, 1],
          [82, 400],
        ]),
        548,
      ).omitted,
    ).toEqual([82])
  })

  it('does not overload a message without a type, which is BOOTP’s (RFC 1534 §2)', () => {
    const { datagram, omitted } = encode(
      withOptions([
        [1, 4],
        [200, 56],
        [3, 4],
      ]),
      300,
    )
    expect(omitted).toEqual([200])
    expect([...decodePacket(datagram).options.keys()]).toEqual([1, 3])
  })

  it('sends an option of 300 bytes in two pieces', () => {
    const { datagram } = encode(withOptions([[67, 300]]), ample)
    expect(datagram.subarray(240, 242)).toEqual(wire('43 ff'))
    expect(datagram.subarray(240 + 257, 240 + 259)).toEqual(wire('43 2d'))
  })

  it('fills the last byte allowed and no more', () => {
    const room = 548 - 240 - 1
    expect(
      encode(
        withOptions([
          [200, 255],
          [201, room - 257 - 2],
        ]),
        548,
      ).datagram.length,
    ).toBe(548)
    expect(
      encode(
        withOptions(
          [
            [200, 255],
            [201, room - 257 - 1],
          ],
          { file: Buffer.from('x'), sname: Buffer.from('x') },
        ),
        548,
      ).omitted,
    ).toEqual([201])
  })
})
