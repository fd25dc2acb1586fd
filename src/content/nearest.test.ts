import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { editDistance, nearestName } from './nearest.ts'

describe('nearestName', () => {
  const names = ['undionly.kpxe', 'ipxe.efi', 'snponly.efi', 'debian/vmlinuz', 'debian/initrd.gz', 'Boot/BCD']

  it.each([
    ['undionly.kpx', 'undionly.kpxe'],
    ['undoinly.kpxe', 'undionly.kpxe'],
    ['boot/ipxe.efi', 'ipxe.efi'],
    ['vmlinuz', 'debian/vmlinuz'],
    ['debian12/vmlinuz', 'debian/vmlinuz'],
    ['initrd', 'debian/initrd.gz'],
    ['something-else.iso', undefined],
    ['a', undefined],
    ['x'.repeat(255), undefined],
  ])('%s -> %s', (asked, nearest) => expect(nearestName(asked, names)).toBe(nearest))

  it('prefers the nearer folder between equal names', () => {
    expect(nearestName('ubuntu/vmlinux', ['debian/vmlinuz', 'ubuntu/vmlinuz'])).toBe('ubuntu/vmlinuz')
  })
})

describe('editDistance', () => {
  const word = fc.string({ maxLength: 12, unit: fc.constantFrom('a', 'b', 'c') })

  it('is a distance', () => {
    fc.assert(
      fc.property(word, word, word, (a, b, c) => {
        expect(editDistance(a, a, 20)).toBe(0)
        expect(editDistance(a, b, 20)).toBe(editDistance(b, a, 20))
        expect(editDistance(a, c, 40)).toBeLessThanOrEqual(editDistance(a, b, 20) + editDistance(b, c, 20))
      }),
    )
  })

  it('stops just above its bound', () => {
    fc.assert(
      fc.property(word, word, fc.nat(12), (a, b, bound) => {
        expect(editDistance(a, b, bound)).toBe(Math.min(editDistance(a, b, 20), bound + 1))
      }),
    )
  })
})
