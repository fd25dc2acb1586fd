import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { asNetascii, toNetascii, type ByteSource } from './netascii.ts'

const sourceOf = (bytes: Buffer): ByteSource => ({
  size: bytes.length,
  read: (offset, length) => bytes.subarray(offset, offset + length),
})

/** What a client does with it, RFC 764. */
const fromNetascii = (bytes: Buffer) =>
  Buffer.from(bytes.toString('latin1').replace(/\r\n/g, '\n').replace(/\r\0/g, '\r'), 'latin1')

describe('netascii', () => {
  it.each([
    ['a\nb', 'a\r\nb'],
    ['a\r\nb', 'a\r\0\r\nb'],
    ['\r', '\r\0'],
    ['', ''],
    ['plain', 'plain'],
  ])('%j becomes %j', (text, encoded) => expect(toNetascii(Buffer.from(text)).toString()).toBe(encoded))

  it('any part, read in any order, is a part of the whole, and the whole is the file again', async () => {
    const byte = fc.oneof(fc.constantFrom(0x0a, 0x0d, 0x00), fc.nat(255))
    // Long enough to cross several of the pieces that it works in.
    const file = fc
      .tuple(fc.array(byte, { minLength: 1, maxLength: 200 }), fc.integer({ min: 1, max: 400 }))
      .map(([some, times]) => Buffer.concat(Array.from({ length: times }, () => Buffer.from(some))))
    await fc.assert(
      fc.asyncProperty(file, fc.array(fc.tuple(fc.nat(), fc.nat(2000)), { maxLength: 20 }), async (bytes, reads) => {
        const whole = toNetascii(bytes)
        const source = await asNetascii(sourceOf(bytes))
        expect(source.size).toBe(whole.length)
        for (const [at, length] of reads) {
          const offset = at % (whole.length + 1)
          expect((await source.read(offset, length)).equals(whole.subarray(offset, offset + length))).toBe(true)
        }
        expect(fromNetascii(await source.read(0, whole.length)).equals(bytes)).toBe(true)
      }),
      { numRuns: 60 },
    )
  })

  it('is refused for a disk image', async () => {
    const image: ByteSource = { size: 5e9, read: () => Promise.reject(new Error('read')) }
    await expect(asNetascii(image)).rejects.toMatchObject({ code: 'tftp.accessDenied' })
  })
})
