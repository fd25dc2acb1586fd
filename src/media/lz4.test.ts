import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { unpackLz4, unpackLz4Block, type Lz4End } from './lz4.ts'
import { packLz4 } from './testdata/packLz4.ts'

/** Everything that a frame holds, and where it ends. */
function unpacked(file: Buffer, from = 0): Lz4End & { bytes: Buffer } {
  const parts: Buffer[] = []
  const read = (buffer: Buffer, at: number): number => file.copy(buffer, 0, Math.min(at, file.length))
  const end = unpackLz4(read, from, (part) => parts.push(Buffer.from(part)) > 0)
  return { ...end, bytes: Buffer.concat(parts) }
}
const block = (bytes: number[], room: number): string | undefined => {
  const out = Buffer.alloc(room)
  const filled = unpackLz4Block(Buffer.from(bytes), out)
  return filled === undefined ? undefined : out.toString('latin1', 0, filled)
}
const letters = (text: string): number[] => [...Buffer.from(text, 'latin1')]

// `printf 'Amorce Amorce Amorce, encore Amorce et encore Amorce\n' | lz4 -l -9`
const byLz4 = Buffer.from('AiFMGB8AAAB5QW1vcmNlIAcAdSwgZW5jb3IWACZldBEAUG9yY2UK', 'base64')

describe('a block of lz4', () => {
  it.each([
    ['literals alone', [0x30, ...letters('abc')], 'abc'],
    ['nothing', [0x00], ''],
    ['a copy of what was before', [0x30, ...letters('abc'), 3, 0, 0x10, ...letters('x')], 'abcabcax'],
    ['a copy that repeats itself', [0x12, ...letters('a'), 1, 0, 0x10, ...letters('b')], 'aaaaaaab'],
    ['a long copy', [0x1f, ...letters('a'), 1, 0, 5, 0x10, ...letters('b')], `${'a'.repeat(25)}b`],
    ['long literals', [0xf0, 2, ...letters('abcdefghijklmnopq')], 'abcdefghijklmnopq'],
  ])('is unpacked: %s', (_, bytes, text) => {
    expect(block(bytes, 100)).toBe(text)
  })

  it.each([
    ['no bytes at all', []],
    ['literals that are not there', [0x50, ...letters('abc')]],
    ['a length without an end', [0xf0, 255, 255]],
    ['more literals than there is room for', [0xf0, 255, 255, ...letters('a'.repeat(600))]],
    ['half of a distance', [0x10, ...letters('a'), 1]],
    ['a copy from nowhere', [0x10, ...letters('a'), 0, 0, 0x00]],
    ['a copy from before the beginning', [0x10, ...letters('a'), 2, 0, 0x00]],
    ['a copy of more than there is room for', [0x1f, ...letters('a'), 1, 0, 255, 255, 0, 0x00]],
    ['an end in a copy', [0x12, ...letters('a'), 1, 0]],
  ])('is none: %s', (_, bytes) => {
    expect(block(bytes, 100)).toBeUndefined()
  })

  it('stays within what it is given, whatever the bytes are', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), fc.nat(300), (bytes, room) => {
        const out = Buffer.alloc(room)
        const filled = unpackLz4Block(Buffer.from(bytes), out)
        expect(filled === undefined || (filled >= 0 && filled <= room)).toBe(true)
      }),
      { numRuns: 2000 },
    )
  })
})

describe('frames of lz4', () => {
  const text = 'Amorce Amorce Amorce, encore Amorce et encore Amorce\n'

  it('are unpacked as lz4 packed them', () => {
    expect(unpacked(byLz4)).toEqual({ at: byLz4.length, isFine: true, bytes: Buffer.from(text) })
  })

  it('are unpacked one after the other, each of as many blocks as it has', () => {
    const content = fc.uint8Array({ maxLength: 700 }).map((bytes) => Buffer.from(bytes))
    fc.assert(
      fc.property(fc.array(fc.array(content, { minLength: 1 }), { minLength: 1 }), (frames) => {
        const file = Buffer.concat(frames.map((blocks) => packLz4(...blocks)))
        expect(unpacked(file)).toEqual({ at: file.length, isFine: true, bytes: Buffer.concat(frames.flat()) })
      }),
    )
  })

  it.each([
    ['zeros', Buffer.alloc(512)],
    ['less than a length', Buffer.from([7])],
    ['another archive', Buffer.from('070701')],
    ['a block larger than any', Buffer.from([0xff, 0xff, 0xff, 0x7f, 1, 2, 3])],
  ])('end where %s follows', (_, rest) => {
    const file = Buffer.concat([Buffer.alloc(16), byLz4, rest])
    expect(unpacked(file, 16)).toEqual({ at: 16 + byLz4.length, isFine: true, bytes: Buffer.from(text) })
  })

  it('are damaged where a block is cut short or is none', () => {
    expect(unpacked(byLz4.subarray(0, -1))).toMatchObject({ at: 4, isFine: false })
    expect(unpacked(Buffer.from([0x02, 0x21, 0x4c, 0x18, 2, 0, 0, 0, 0xff, 0xff]))).toMatchObject({ isFine: false })
    expect(unpacked(Buffer.from('nothing of the kind'))).toMatchObject({ at: 0, isFine: false })
  })

  it('are read without harm, whatever was done to them', () => {
    const spot = fc.record({ at: fc.nat(byLz4.length - 1), byte: fc.nat(255) })
    fc.assert(
      fc.property(fc.array(spot, { maxLength: 6 }), (spots) => {
        const file = Buffer.from(byLz4)
        for (const { at, byte } of spots) file[at] = byte
        const { at, bytes } = unpacked(file)
        expect(at).toBeLessThanOrEqual(file.length)
        // No block of so few bytes unpacks to more than 255 times as much.
        expect(bytes.length).toBeLessThan(255 * file.length)
      }),
    )
  })
})
