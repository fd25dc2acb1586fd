import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CodedError } from '../contract/index.ts'
import { formatIpv4, parseIpv4 } from '../network/index.ts'
import { proposePool, readConfig, readNetworks, type DhcpConfig, type SubnetConfig } from './config.ts'

const config: DhcpConfig = {
  serverAddress: '192.168.60.1',
  prefix: 24,
  poolStart: '192.168.60.50',
  poolEnd: '192.168.60.250',
  leaseSeconds: 3600,
  authoritative: true,
}
const behindRelay: SubnetConfig = {
  network: '10.0.20.0',
  prefix: 24,
  poolStart: '10.0.20.50',
  poolEnd: '10.0.20.60',
}
const refusalOf = (changes: Partial<DhcpConfig>) => {
  try {
    readConfig({ ...config, ...changes })
    return undefined
  } catch (error) {
    if (!(error instanceof CodedError)) throw error
    return { code: error.code, ...error.details }
  }
}

describe('a DHCP configuration', () => {
  it('gives what the server works with', () => {
    const settings = readConfig({
      ...config,
      router: '192.168.60.254',
      dnsServers: ['1.1.1.1'],
      domainName: 'salle.example',
      excluded: ['192.168.60.60'],
    })
    expect(settings).toMatchObject({
      networkName: '192.168.60.0/24',
      network: parseIpv4('192.168.60.0'),
      broadcast: parseIpv4('192.168.60.255'),
      mask: parseIpv4('255.255.255.0'),
      domainName: 'salle.example',
    })
    expect([...settings.excluded].map(formatIpv4)).toEqual(['192.168.60.60', '192.168.60.1', '192.168.60.254'])
  })

  it.each<[Partial<DhcpConfig>, string, string]>([
    [{ serverAddress: '192.168.60' }, 'serverAddress', 'notAnAddress'],
    [{ serverAddress: '192.168.60.0' }, 'serverAddress', 'notAHost'],
    [{ serverAddress: '192.168.60.255' }, 'serverAddress', 'notAHost'],
    [{ prefix: 31 }, 'prefix', 'outOfRange'],
    [{ prefix: 0 }, 'prefix', 'outOfRange'],
    [{ prefix: 23.5 }, 'prefix', 'outOfRange'],
    [{ poolStart: 'x' }, 'poolStart', 'notAnAddress'],
    [{ poolStart: '192.168.61.50' }, 'poolStart', 'outsideNetwork'],
    [{ poolStart: '192.168.60.0' }, 'poolStart', 'notAHost'],
    [{ poolEnd: '192.168.60.255' }, 'poolEnd', 'notAHost'],
    [{ poolEnd: '192.168.60.49' }, 'poolEnd', 'endBeforeStart'],
    [{ leaseSeconds: 0 }, 'leaseSeconds', 'outOfRange'],
    [{ leaseSeconds: Number.NaN }, 'leaseSeconds', 'outOfRange'],
    [{ leaseSeconds: 31 * 86_400 }, 'leaseSeconds', 'outOfRange'],
    [{ router: '10.0.0.1' }, 'router', 'outsideNetwork'],
    [{ dnsServers: ['1.1.1.1', '1.1.1'] }, 'dnsServers', 'notAnAddress'],
    [{ domainName: 'a b' }, 'domainName', 'notADomain'],
    [{ excluded: ['nobody'] }, 'excluded', 'notAnAddress'],
    [{ poolStart: '192.168.60.1', poolEnd: '192.168.60.1' }, 'poolStart', 'nothingLeft'],
    [{ serverAddress: '10.0.0.1', prefix: 8, poolStart: '10.0.0.2', poolEnd: '10.200.0.0' }, 'poolEnd', 'tooLarge'],
    [{ knownShare: 1 }, 'knownShare', 'outOfRange'],
    [{ knownShare: -0.1 }, 'knownShare', 'outOfRange'],
    [{ limits: { perClient: 0, strangers: 10 } }, 'limits.perClient', 'outOfRange'],
    [{ limits: { perClient: 5, strangers: Number.NaN } }, 'limits.strangers', 'outOfRange'],
    [{ allow: ['52:54:00'] }, 'allow', 'notAMac'],
    [{ deny: ['all of them'] }, 'deny', 'notAMac'],
    [{ unknownMachines: 'quarantine' }, 'quarantine', 'missing'],
    [{ quarantine: { start: '10.0.0.1', end: '192.168.60.40' } }, 'quarantine.start', 'outsideNetwork'],
    [{ quarantine: { start: '192.168.60.40', end: '192.168.60.30' } }, 'quarantine.end', 'endBeforeStart'],
    [{ quarantine: { start: '192.168.60.40', end: '192.168.60.50' } }, 'quarantine.start', 'overlaps'],
    [{ minLeaseSeconds: 3601 }, 'minLeaseSeconds', 'outOfRange'],
    [{ minLeaseSeconds: 9 }, 'minLeaseSeconds', 'outOfRange'],
    [{ maxLeaseSeconds: 3599 }, 'maxLeaseSeconds', 'outOfRange'],
    [{ maxLeaseSeconds: 31 * 86_400 }, 'maxLeaseSeconds', 'outOfRange'],
    [{ subnets: [{ ...behindRelay, network: 'x' }] }, 'subnets.0.network', 'notAnAddress'],
    [{ subnets: [{ ...behindRelay, network: '10.0.20.1' }] }, 'subnets.0.network', 'notANetwork'],
    [{ subnets: [behindRelay, behindRelay] }, 'subnets.1.network', 'overlaps'],
    [{ subnets: [{ ...behindRelay, network: '192.168.0.0', prefix: 16 }] }, 'subnets.0.poolStart', 'outsideNetwork'],
    [{ subnets: [{ ...behindRelay, prefix: 31 }] }, 'subnets.0.prefix', 'outOfRange'],
    [{ subnets: [{ ...behindRelay, router: '192.168.60.1' }] }, 'subnets.0.router', 'outsideNetwork'],
    [{ subnets: [{ ...behindRelay, leaseSeconds: 1 }] }, 'subnets.0.leaseSeconds', 'outOfRange'],
    [
      { subnets: [{ network: '192.168.60.128', prefix: 25, poolStart: '192.168.60.130', poolEnd: '192.168.60.140' }] },
      'subnets.0.network',
      'overlaps',
    ],
  ])('is refused with %j', (changes, field, reason) => {
    expect(refusalOf(changes)).toMatchObject({ code: 'dhcp.poolInvalid', field, reason })
  })
})

describe('the networks of a configuration', () => {
  it('are the own one, then those behind relay agents, which share what they do not say', () => {
    const [own, other, third] = readNetworks({
      ...config,
      router: '192.168.60.254',
      dnsServers: ['1.1.1.1'],
      maxLeaseSeconds: 7200,
      subnets: [
        { ...behindRelay, router: '10.0.20.1' },
        { ...behindRelay, network: '10.0.30.0', poolStart: '10.0.30.5', poolEnd: '10.0.30.6', leaseSeconds: 600 },
      ],
    })
    expect(own).toMatchObject({ networkName: '192.168.60.0/24', maxLeaseSeconds: 7200 })
    expect(other).toMatchObject({
      networkName: '10.0.20.0/24',
      serverAddress: own.serverAddress,
      routers: [parseIpv4('10.0.20.1')],
      dnsServers: own.dnsServers,
      leaseSeconds: 3600,
      maxLeaseSeconds: 7200,
    })
    expect(third).toMatchObject({ routers: [], leaseSeconds: 600, minLeaseSeconds: 600, maxLeaseSeconds: 600 })
  })
})

describe('the proposed pool', () => {
  it.each([
    ['192.168.60.1', 24, '192.168.60.50', '192.168.60.250'],
    ['192.168.60.50', 24, '192.168.60.51', '192.168.60.250'],
    ['192.168.60.250', 24, '192.168.60.50', '192.168.60.249'],
    ['192.168.60.1', 25, '192.168.60.25', '192.168.60.125'],
    ['192.168.60.1', 28, '192.168.60.3', '192.168.60.14'],
    ['192.168.60.1', 30, '192.168.60.2', '192.168.60.2'],
    ['192.168.60.2', 30, '192.168.60.1', '192.168.60.1'],
    ['10.0.0.1', 22, '10.0.0.50', '10.0.3.250'],
    ['10.0.0.1', 8, '10.0.0.50', '10.0.8.1'],
  ])('of %s/%i is %s to %s', (address, prefix, poolStart, poolEnd) => {
    expect(proposePool({ address, prefix })).toEqual({ poolStart, poolEnd })
  })

  it('is always one that the server accepts', () => {
    const hosts = fc.tuple(fc.integer({ min: 0, max: 0xffffffff }), fc.integer({ min: 1, max: 30 }))
    fc.assert(
      fc.property(hosts, ([value, prefix]) => {
        const mask = (0xffffffff << (32 - prefix)) >>> 0
        fc.pre((value & ~mask) !== 0 && (value | mask) >>> 0 !== 0xffffffff)
        const serverAddress = formatIpv4(value)
        readConfig({ ...config, serverAddress, prefix, ...proposePool({ address: serverAddress, prefix }) })
      }),
      { numRuns: 2000 },
    )
  })

  it('is refused where there is no room', () => {
    expect(() => proposePool({ address: '10.0.0.1', prefix: 31 })).toThrow(CodedError)
  })
})
