import { expect, it } from 'vitest'
import { vendorRegistry } from './vendor.ts'

const registry = vendorRegistry(
  [
    '# IEEE MA-L, MA-M, MA-S of 2026-08-26',
    '000000\tXEROX CORPORATION',
    'C85CE2\tIEEE Registration Authority',
    'C85CE27\tSYNERGY SYSTEMS AND SOLUTIONS',
    'F8BC12\tDell Inc.',
    '',
  ].join('\n'),
)

it('names who made a card, by the longest prefix that was given out', () => {
  expect(registry.of('f8:bc:12:01:02:03')).toBe('Dell Inc.')
  expect(registry.of('C8-5C-E2-7A-BC-DE')).toBe('SYNERGY SYSTEMS AND SOLUTIONS')
  expect(registry.of('c8:5c:e2:1a:bc:de')).toBe('IEEE Registration Authority')
  expect(registry.of('00:00:00:00:00:01')).toBe('XEROX CORPORATION')
})

it('knows virtual machines by itself, and says nothing of what it does not know', () => {
  expect(registry.of('08:00:27:00:00:01')).toBe('VirtualBox')
  expect(vendorRegistry().of('52:54:00:00:00:01')).toBe('QEMU')
  expect(registry.of('02:00:00:00:00:01')).toBeUndefined()
  expect(registry.of('f8:bc')).toBeUndefined()
})

it('says of which day it is, and how much is in it', () => {
  expect(registry).toMatchObject({ date: '2026-08-26', size: 4 })
  expect(vendorRegistry()).toMatchObject({ date: undefined, size: 0 })
})
