import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { NicView } from '../contract/index.ts'
import { proposeAddress, suitableAddress } from './addressing.ts'
import { formatIpv4, isPrivate, isValidHostAddress, overlaps, parseIpv4 } from './ipv4.ts'

const nicWith = (...cidrs: string[]): NicView => ({
  name: 'enp0s8',
  kind: 'ethernet',
  link: 'up',
  addresses: cidrs.map((cidr) => {
    const [address = '', prefix] = cidr.split('/')
    return { address, prefix: Number(prefix) }
  }),
})

describe('a suitable address', () => {
  it.each([
    ['192.168.60.1/24', true],
    ['10.0.0.1/8', true],
    ['172.16.0.1/30', true],
    ['172.16.0.1/31', false],
    ['10.0.0.1/7', false],
    ['169.254.12.7/16', false],
    ['127.0.0.1/8', false],
    ['8.8.8.8/24', false],
    ['192.168.60.0/24', false],
    ['192.168.60.255/24', false],
  ])('%s: %s', (cidr, suitable) => expect(suitableAddress(nicWith(cidr)) !== undefined).toBe(suitable))

  it('is the first one that suits', () => {
    expect(suitableAddress(nicWith('169.254.1.1/16', '10.1.0.1/16', '192.168.1.1/24'))).toEqual({
      address: '10.1.0.1',
      prefix: 16,
    })
    expect(suitableAddress(nicWith())).toBeUndefined()
  })
})

describe('the proposed address', () => {
  it('is 192.168.60.1/24 where nothing stands against it', () => {
    expect(proposeAddress(nicWith('169.254.3.4/16'), [nicWith('192.168.1.7/24')])).toEqual({
      address: '192.168.60.1',
      prefix: 24,
    })
  })

  it('steps aside from every subnet of every NIC, its own too', () => {
    expect(proposeAddress(nicWith('192.168.60.9/31'), [nicWith('192.168.61.1/24')]).address).toBe('192.168.62.1')
    expect(proposeAddress(nicWith(), [nicWith('192.168.0.1/16')]).address).toBe('172.16.60.1')
    expect(proposeAddress(nicWith(), [nicWith('192.168.0.1/16', '172.16.0.1/12')]).address).toBe('10.0.60.1')
  })

  it('is refused when a NIC has the whole address space', () => {
    expect(() => proposeAddress(nicWith(), [nicWith('1.2.3.4/0')])).toThrow(
      expect.objectContaining({ code: 'address.failed' }),
    )
  })

  it('is private, suitable and free on any machine', () => {
    const address = fc.record({
      address: fc.integer({ min: 0, max: 0xffffffff }).map(formatIpv4),
      prefix: fc.integer({ min: 9, max: 32 }),
    })
    fc.assert(
      fc.property(fc.array(address, { maxLength: 40 }), (taken) => {
        const proposed = proposeAddress(nicWith(), [{ ...nicWith(), addresses: taken }])
        const value = parseIpv4(proposed.address)!
        expect(isPrivate(value) && isValidHostAddress(value, proposed.prefix)).toBe(true)
        expect(taken.some((other) => overlaps(other, proposed))).toBe(false)
        expect(suitableAddress({ ...nicWith(), addresses: [proposed] })).toEqual(proposed)
      }),
    )
  })
})
