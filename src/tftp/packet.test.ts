import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decode, encode, type Packet } from './packet.ts'

const bytes = (...parts: (string | number[])[]) =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? Buffer.from(part, 'latin1') : Buffer.from(part))))

describe('packets as they are on the wire', () => {
  const cases: [string, Buffer, Packet][] = [
    [
      'a request of iPXE',
      bytes([0, 1], 'boot/ipxe.efi\0octet\0blksize\x001432\0tsize\x000\0'),
      {
        op: 'rrq',
        file: 'boot/ipxe.efi',
        mode: 'octet',
        options: new Map([
          ['blksize', '1432'],
          ['tsize', '0'],
        ]),
      },
    ],
    [
      'a request without options',
      bytes([0, 1], 'x\0netascii\0'),
      { op: 'rrq', file: 'x', mode: 'netascii', options: new Map() },
    ],
    ['a write request', bytes([0, 2], 'x\0octet\0'), { op: 'wrq', file: 'x', mode: 'octet', options: new Map() }],
    ['data', bytes([0, 3], [0xff, 0xff], [1, 2, 0]), { op: 'data', block: 65_535, data: Buffer.from([1, 2, 0]) }],
    ['an empty block', bytes([0, 3], [0, 1]), { op: 'data', block: 1, data: Buffer.alloc(0) }],
    ['an acknowledgement', bytes([0, 4], [0x12, 0x34]), { op: 'ack', block: 0x1234 }],
    [
      'the abort of a size probe by EDK2',
      bytes([0, 5], [0, 8], 'User aborted the transfer\0'),
      { op: 'error', code: 8, message: 'User aborted the transfer' },
    ],
    [
      'agreed options',
      bytes([0, 6], 'blksize\x001468\0windowsize\x004\0'),
      {
        op: 'oack',
        options: new Map([
          ['blksize', '1468'],
          ['windowsize', '4'],
        ]),
      },
    ],
  ]
  it.each(cases)('%s', (_, wire, packet) => {
    expect(decode(wire)).toEqual({ ok: true, packet })
    expect(encode(packet).equals(wire)).toBe(true)
  })
})

describe('what firmware sends in its own way', () => {
  it.each([
    ['mode and option names in any case', bytes([0, 1], 'x\0OCTET\0BlkSize\x00512\0'), { mode: 'octet' }],
    ['zeros after the end', bytes([0, 1], 'x\0octet\0blksize\x00512\0', [0, 0, 0]), { file: 'x' }],
    ['an option given twice counts the first time', bytes([0, 1], 'x\0octet\0blksize\x00512\0blksize\x001024\0'), {}],
  ])('%s', (_, wire, part) => {
    const decoded = decode(wire)
    expect(decoded).toMatchObject({ ok: true, packet: part })
    if (decoded.ok && decoded.packet.op === 'rrq') expect([...decoded.packet.options]).toEqual([['blksize', '512']])
  })

  it('an error whose last zero is missing', () => {
    expect(decode(bytes([0, 5], [0, 0], 'bye'))).toEqual({ ok: true, packet: { op: 'error', code: 0, message: 'bye' } })
  })
})

describe('malformed packets', () => {
  it.each([
    ['nothing', bytes(), 'truncated', 0],
    ['half an opcode', bytes([0]), 'truncated', 1],
    ['an opcode alone', bytes([0, 4]), 'truncated', 2],
    ['half a block number', bytes([0, 4, 0]), 'truncated', 3],
    ['an unknown opcode', bytes([0, 7, 0, 0]), 'badOpcode', 0],
    ['a little-endian opcode', bytes([1, 0], 'x\0octet\0'), 'badOpcode', 0],
    ['a file name without its end', bytes([0, 1], 'boot'), 'truncated', 6],
    ['an empty file name', bytes([0, 1], '\0octet\0'), 'emptyFileName', 2],
    ['no mode', bytes([0, 1], 'x\0'), 'truncated', 4],
    ['a mode without its end', bytes([0, 1], 'x\0octet'), 'truncated', 9],
    ['an option without value', bytes([0, 1], 'x\0octet\0blksize\0'), 'truncated', 10],
    ['a value without its end', bytes([0, 1], 'x\0octet\0blksize\x00512'), 'truncated', 10],
    ['an agreed option without value', bytes([0, 6], 'blksize\0'), 'truncated', 2],
    ['a request longer than any', bytes([0, 1], 'x'.repeat(3000), '\0octet\0'), 'overlong', 2048],
    ['agreed options longer than any', bytes([0, 6], `x\0${'y'.repeat(3000)}\0`), 'overlong', 2048],
  ])('%s', (_, wire, reason, offset) => expect(decode(wire)).toEqual({ ok: false, reason, offset }))
})

describe('laws', () => {
  const word = fc.string({ minLength: 1, maxLength: 40 }).filter((text) => !text.includes('\0'))
  const options = fc
    .uniqueArray(
      fc.tuple(
        word.map((name) => name.toLowerCase()),
        word,
      ),
      { selector: ([name]) => name, maxLength: 6 },
    )
    .map((entries) => new Map(entries))
  const number = fc.nat(65_535)
  const packet: fc.Arbitrary<Packet> = fc.oneof(
    fc.record({
      op: fc.constantFrom('rrq' as const, 'wrq' as const),
      file: word,
      mode: fc.constantFrom('octet', 'netascii', 'mail'),
      options,
    }),
    fc.record({
      op: fc.constant('data' as const),
      block: number,
      data: fc.uint8Array({ maxLength: 1468 }).map((data) => Buffer.from(data)),
    }),
    fc.record({ op: fc.constant('ack' as const), block: number }),
    fc.record({ op: fc.constant('error' as const), code: number, message: word }),
    fc.record({ op: fc.constant('oack' as const), options: options.filter((entries) => entries.size > 0) }),
  )

  it('what is encoded is decoded to the same', () => {
    fc.assert(
      fc.property(packet, (value) => {
        expect(decode(encode(value))).toEqual({ ok: true, packet: value })
      }),
    )
  })

  it('any bytes decode without throwing, and what they decode to is stable', () => {
    const nearly = fc.tuple(fc.nat(7), fc.uint8Array({ maxLength: 600 })).map(([op, rest]) => bytes([0, op], [...rest]))
    fc.assert(
      fc.property(fc.oneof(nearly, fc.uint8Array({ maxLength: 600 })), (wire) => {
        const first = decode(wire)
        if (!first.ok) {
          expect(first.offset).toBeLessThanOrEqual(wire.length)
          return
        }
        // An agreement on nothing is as short as no packet may be.
        if (first.packet.op === 'oack' && first.packet.options.size === 0) return
        expect(decode(encode(first.packet))).toEqual(first)
      }),
      { numRuns: 5000 },
    )
  })
})
