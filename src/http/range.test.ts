import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { isNotModified, parseRange, rangeStillFits } from './range.ts'

describe('parseRange of 1000 bytes', () => {
  it.each([
    ['bytes=0-', { first: 0, last: 999 }],
    ['bytes=0-0', { first: 0, last: 0 }],
    ['bytes=0-499', { first: 0, last: 499 }],
    ['bytes=500-5000', { first: 500, last: 999 }],
    ['bytes=999-999', { first: 999, last: 999 }],
    ['bytes=-1', { first: 999, last: 999 }],
    ['bytes=-5000', { first: 0, last: 999 }],
    ['BYTES=0-1', { first: 0, last: 1 }],
    ['bytes= 0-1 ', { first: 0, last: 1 }],
    [`bytes=0-${'9'.repeat(400)}`, { first: 0, last: 999 }],
    ['bytes=1000-', 'unsatisfiable'],
    ['bytes=1000-1001', 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
    [`bytes=${'9'.repeat(400)}-`, 'unsatisfiable'],
    [undefined, 'whole'],
    ['', 'whole'],
    ['bytes=', 'whole'],
    ['bytes=-', 'whole'],
    ['bytes=5-4', 'whole'],
    ['bytes=a-b', 'whole'],
    ['bytes=1.5-2', 'whole'],
    ['bytes=0x1-2', 'whole'],
    ['bytes=0--1', 'whole'],
    ['bytes=0-1,5-6', 'whole'],
    ['lines=0-1', 'whole'],
    ['0-1', 'whole'],
  ])('%s', (header, range) => expect(parseRange(header, 1000)).toEqual(range))

  it.each(['bytes=0-', 'bytes=0-0', 'bytes=-1'])('%s of an empty file cannot be', (header) =>
    expect(parseRange(header, 0)).toBe('unsatisfiable'),
  )

  it('is never beyond the file, whatever is asked', () => {
    const number = fc.oneof(fc.nat(3000).map(String), fc.string({ maxLength: 4 }), fc.constant(''))
    const header = fc
      .tuple(fc.constantFrom('bytes=', 'bytes =', ''), number, number)
      .map(([unit, a, b]) => `${unit}${a}-${b}`)
    fc.assert(
      fc.property(fc.oneof(header, fc.string()), fc.nat(2000), (value, size) => {
        const range = parseRange(value, size)
        if (typeof range === 'string') return
        expect(range.first).toBeGreaterThanOrEqual(0)
        expect(range.first).toBeLessThanOrEqual(range.last)
        expect(range.last).toBeLessThan(size)
      }),
      { numRuns: 2000 },
    )
  })
})

// 2026-01-05T08:00:00.500Z
const file = { etag: '"v1"', modifiedAt: 1_767_600_000_500 }
const date = 'Mon, 05 Jan 2026 08:00:00 GMT'
const earlier = 'Mon, 05 Jan 2026 07:59:59 GMT'
const later = 'Mon, 05 Jan 2026 08:00:01 GMT'

describe('isNotModified', () => {
  it.each([
    [{}, false],
    [{ 'if-none-match': '"v1"' }, true],
    [{ 'if-none-match': 'W/"v1"' }, true],
    [{ 'if-none-match': '"v0", "v1"' }, true],
    [{ 'if-none-match': '*' }, true],
    [{ 'if-none-match': '"v2"' }, false],
    [{ 'if-none-match': 'v1' }, false],
    [{ 'if-modified-since': date }, true],
    [{ 'if-modified-since': later }, true],
    [{ 'if-modified-since': earlier }, false],
    [{ 'if-modified-since': 'yesterday' }, false],
    [{ 'if-none-match': '"v2"', 'if-modified-since': date }, false],
  ])('%j: %s', (headers, answer) => expect(isNotModified(headers, file)).toBe(answer))
})

describe('rangeStillFits', () => {
  it.each([
    [undefined, true],
    ['"v1"', true],
    ['"v2"', false],
    ['W/"v1"', false],
    [date, true],
    [earlier, false],
    [later, false],
    ['v1', false],
  ])('If-Range: %s: %s', (header, answer) => expect(rangeStillFits(header, file)).toBe(answer))
})
