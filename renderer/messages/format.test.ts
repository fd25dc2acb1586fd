import { afterEach, beforeEach, expect, it } from 'vitest'
import { formatAgo, formatBytes, formatClock, formatDuration, formatMemory, formatRate } from './format.ts'
import { words } from './words.svelte.ts'

/** Intl uses several kinds of spaces that do not break. */
const plain = (text: string): string => text.replace(/\s/g, ' ')

beforeEach(() => void (words.language = 'fr'))
afterEach(() => void (words.language = 'fr'))

it('writes sizes and rates in the unit that suits them', () => {
  expect([0, 512, 203_776, 214_000_000, 48_300_000_000].map(formatBytes).map(plain)).toEqual([
    '0 o',
    '512 o',
    '204 ko',
    '214 Mo',
    '48,3 Go',
  ])
  expect(plain(formatRate(11_240_000))).toBe('11,2 Mo/s')
  expect(plain(formatMemory(16_384))).toBe('16 Go')
  words.language = 'en'
  expect(plain(formatBytes(203_776))).toBe('204 kB')
})

it('writes durations with two units at most', () => {
  expect([400, 12_000, 125_000, 3_840_000, 120_000].map(formatDuration).map(plain)).toEqual([
    '0,4 s',
    '12 s',
    '2 min 5 s',
    '1 h 4 min',
    '2 min',
  ])
  words.language = 'en'
  expect([400, 125_000].map(formatDuration).map(plain)).toEqual(['0.4s', '2m 5s'])
})

it('runs a clock', () => {
  expect([0, 761_000, 36_000_000, -5].map(formatClock)).toEqual(['00:00:00', '00:12:41', '10:00:00', '00:00:00'])
})

it('says how long ago, never in the future', () => {
  const now = 1_000_000_000
  expect(plain(formatAgo(now - 180_000, now))).toBe('il y a 3 minutes')
  expect(formatAgo(now + 5000, now)).toBe('maintenant')
})
