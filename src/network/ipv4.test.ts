import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  broadcastOf,
  contains,
  formatIpv4,
  isPrivate,
  isValidHostAddress,
  maskToPrefix,
  networkOf,
  overlaps,
  parseIpv4,
  prefixToMask,
} from './ipv4.ts'

const anyAddress = fc.integer({ min: 0, max: 0xffffffff })
const anyPrefix = fc.integer({ min: 0, max: 32 })
const ip = (text: string): number => {
  const value = parseIpv4(text)
  if (value === undefined) throw new Error(text)
  return value
}

describe('an IPv4 address', () => {
  it('is an unsigned number, most significant byte first', () => {
    expect(parseIpv4('192.168.60.1')).toBe(0xc0a83c01)
    expect(parseIpv4('255.255.255.255')).toBe(0xffffffff)
    expect(parseIpv4('0.0.0.0')).toBe(0)
    expect(formatIpv4(0xc0a83c01)).toBe('192.168.60.1')
  })

  it.each([
    '',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    '01.2.3.4',
    '1.2.3.4 ',
    ' 1.2.3.4',
    '1.2.3.-4',
    '0x1.2.3.4',
    '1.2.3.4\n',
    '１.2.3.4',
  ])('is not %j', (text) => expect(parseIpv4(text)).toBeUndefined())

  it('comes back from its text', () => {
    fc.assert(fc.property(anyAddress, (address) => parseIpv4(formatIpv4(address)) === address))
  })

  it('is read from no other text', () => {
    const text = fc.stringMatching(/^[0-9.]{0,17}$/)
    fc.assert(
      fc.property(text, (candidate) => {
        const value = parseIpv4(candidate)
        if (value !== undefined) expect(formatIpv4(value)).toBe(candidate)
      }),
    )
  })
})

describe('a subnet', () => {
  it.each([
    ['192.168.60.77', 24, '192.168.60.0', '192.168.60.255'],
    ['10.1.2.3', 8, '10.0.0.0', '10.255.255.255'],
    ['172.16.5.9', 30, '172.16.5.8', '172.16.5.11'],
    ['203.0.113.5', 32, '203.0.113.5', '203.0.113.5'],
    ['203.0.113.5', 0, '0.0.0.0', '255.255.255.255'],
  ])('%s/%i spans %s to %s', (address, prefix, network, broadcast) => {
    expect(formatIpv4(networkOf(ip(address), prefix))).toBe(network)
    expect(formatIpv4(broadcastOf(ip(address), prefix))).toBe(broadcast)
  })

  it('has a mask for each prefix, and a prefix for no other mask', () => {
    for (let prefix = 0; prefix <= 32; prefix++) expect(maskToPrefix(prefixToMask(prefix))).toBe(prefix)
    expect(prefixToMask(24)).toBe(0xffffff00)
    expect(maskToPrefix(0xff00ff00)).toBeUndefined()
    expect(maskToPrefix(0x000000ff)).toBeUndefined()
  })

  it('contains all from its first address to its last, and nothing beside them', () => {
    fc.assert(
      fc.property(anyAddress, anyPrefix, anyAddress, (network, prefix, address) => {
        const inside = address >= networkOf(network, prefix) && address <= broadcastOf(network, prefix)
        expect(contains(network, prefix, address)).toBe(inside)
      }),
    )
  })

  it('overlaps another whatever their order and sizes', () => {
    const a = { address: '10.0.0.1', prefix: 8 }
    const b = { address: '10.60.0.1', prefix: 24 }
    const c = { address: '192.168.60.1', prefix: 24 }
    expect([overlaps(a, b), overlaps(b, a), overlaps(a, c), overlaps(c, b)]).toEqual([true, true, false, false])
    expect(overlaps({ address: '1.1.1.1', prefix: 0 }, c)).toBe(true)
  })
})

describe('a host address', () => {
  it.each([
    ['192.168.60.1', 24, true],
    ['192.168.60.0', 24, false],
    ['192.168.60.255', 24, false],
    ['192.168.60.255', 16, true],
    ['10.0.0.0', 31, true],
    ['10.0.0.1', 32, true],
    ['0.0.0.1', 8, false],
    ['127.0.0.1', 8, false],
    ['224.0.0.1', 24, false],
    ['255.255.255.255', 32, false],
  ])('%s/%i: %s', (address, prefix, valid) => expect(isValidHostAddress(ip(address), prefix)).toBe(valid))

  it.each([
    ['10.255.0.1', true],
    ['172.15.255.255', false],
    ['172.16.0.0', true],
    ['172.31.255.255', true],
    ['172.32.0.0', false],
    ['192.168.0.1', true],
    ['192.169.0.1', false],
    ['169.254.1.1', false],
  ])('%s is private: %s', (address, expected) => expect(isPrivate(ip(address))).toBe(expected))
})
