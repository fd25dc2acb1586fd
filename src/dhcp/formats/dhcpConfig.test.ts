import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readNetworks, type DhcpConfig } from '../config.ts'
import { fromConfig, toConfig } from './dhcpConfig.ts'
import { exportIsc } from './iscExport.ts'
import { importIsc } from './iscImport.ts'
import type { PoolPlan, ServerPlan } from './plan.ts'

const config: DhcpConfig = {
  serverAddress: '192.168.60.1',
  prefix: 24,
  poolStart: '192.168.60.50',
  poolEnd: '192.168.60.250',
  leaseSeconds: 3600,
  authoritative: true,
}

const whole: DhcpConfig = {
  ...config,
  maxLeaseSeconds: 7200,
  minLeaseSeconds: 60,
  router: '192.168.60.254',
  dnsServers: ['192.168.60.2'],
  domainName: 'room.example',
  excluded: ['192.168.60.60', '192.168.60.61'],
  options: [{ code: 42, value: { type: 'addresses', addresses: ['192.168.60.3'] } }],
  bootp: 'pool',
  unknownMachines: 'quarantine',
  quarantine: { start: '192.168.60.10', end: '192.168.60.20' },
  allow: ['00:1b:0c:00:00:02'],
  deny: ['00:1b:0c:00:00:03'],
  subnets: [
    {
      network: '10.0.20.0',
      prefix: 24,
      poolStart: '10.0.20.5',
      poolEnd: '10.0.20.9',
      leaseSeconds: 600,
      dnsServers: ['192.168.60.2'],
      domainName: 'room.example',
      options: [{ code: 42, value: { type: 'addresses', addresses: ['10.0.20.3'] } }],
    },
  ],
}
const reservations = [
  { address: '192.168.60.9', mac: '00:1b:0c:00:00:01', name: 'poste-01' },
  { address: '10.0.20.4', uuid: '00112233-4455-6677-8899-aabbccddeeff', name: 'poste-02' },
]

describe.each([
  ['least', config, []],
  ['all', whole, reservations],
] as const)('a configuration that says the %s', (_name, given, kept) => {
  it('comes back from a plan', () => {
    expect(toConfig(fromConfig(given, kept), given.serverAddress)).toEqual({
      config: given,
      reservations: kept,
      losses: [],
    })
  })

  it('comes back through dhcpd.conf', () => {
    const { plan, errors, notTaken } = importIsc(exportIsc(fromConfig(given, kept)).text)
    expect({ errors, notTaken }).toEqual({ errors: [], notTaken: [] })
    expect(plan).toEqual(fromConfig(given, kept))
    expect(toConfig(plan, given.serverAddress).config).toEqual(given)
  })
})

it('cuts the range around what Amorce leaves out by itself', () => {
  const pools = fromConfig({
    ...config,
    poolStart: '192.168.60.1',
    router: '192.168.60.250',
    poolEnd: '192.168.60.250',
  }).subnets[0]?.pools
  expect(pools).toMatchObject([{ start: '192.168.60.2', end: '192.168.60.249' }])
})

it('says the values a form takes in one spelling', () => {
  const [subnet] = fromConfig({
    ...config,
    options: [
      { code: 43, value: { type: 'bytes', hex: 'AB' } },
      { code: 119, value: { type: 'domains', domains: ['a.example.'] } },
    ],
  }).subnets
  expect(subnet?.options.map(({ value }) => value)).toEqual([
    { type: 'bytes', hex: 'ab' },
    { type: 'domains', domains: ['a.example'] },
  ])
})

describe('what Amorce does not do', () => {
  const lossesOf = (text: string): string[] =>
    toConfig(importIsc(text).plan, '10.0.0.1').losses.map(({ reason, subject }) => `${reason} ${subject}`)
  const subnet = (inside: string): string =>
    `subnet 10.0.0.0 netmask 255.255.255.0 { range 10.0.0.5 10.0.0.9; ${inside} }`

  it.each([
    [subnet('option routers 10.0.0.1, 10.0.0.2;'), 'severalRouters 10.0.0.0/24'],
    [subnet('option host-name "a\\nb";'), 'option option 12'],
    [subnet('filename "x";'), 'bootChoice 10.0.0.0/24'],
    [subnet('option bootfile-name "x";'), 'bootChoice option 67'],
    [subnet('deny bootp;'), 'bootpRefused 10.0.0.0/24'],
    [subnet('default-lease-time 5;'), 'leaseTimes 10.0.0.0/24'],
    [subnet('pool { deny unknown-clients; range 10.0.0.20; }'), 'clientGroups 10.0.0.20 - 10.0.0.20'],
    [subnet('authoritative;') + 'not authoritative;', 'authoritativeBySubnet 10.0.0.0/24'],
    [subnet('') + 'host a { option dhcp-client-identifier 1:2; }', 'identity a'],
    [subnet('') + 'host a { hardware ethernet 0:0:0:0:0:1; filename "x"; }', 'machineSettings a'],
    ['subnet 10.0.0.0 netmask 255.0.0.0 { range 10.0.0.5; range 10.9.0.0; }', 'poolsTooFarApart 10.9.0.0 - 10.9.0.0'],
    ['subnet 10.0.0.0 netmask 255.0.0.0 { }', 'noPool 10.0.0.0/8'],
    ['subnet 10.7.0.0 netmask 255.255.0.0 { range 10.7.0.5; }', 'noOwnSubnet 10.0.0.1'],
    [
      subnet('option ntp-servers 10.0.0.2;') + 'subnet 10.7.0.0 netmask 255.255.0.0 { range 10.7.0.5; }',
      'inheritedOption 10.7.0.0/16 option 42',
    ],
  ])('%s', (text, loss) => {
    expect(importIsc(text).errors).toEqual([])
    expect(lossesOf(text)).toEqual([loss])
  })
})

it('ignores unknown machines where only known ones are served', () => {
  const pools: PoolPlan[] = [{ start: '10.0.0.5', end: '10.0.0.9', clients: 'all', bootp: false }]
  const plan: ServerPlan = {
    unknownClients: false,
    options: [],
    subnets: [{ network: '10.0.0.0', prefix: 24, pools, options: [] }],
    reservations: [],
  }
  const { config: made, losses } = toConfig(plan, '10.0.0.1')
  expect(losses).toEqual([])
  expect(made).toMatchObject({ unknownMachines: 'ignore', leaseSeconds: 43_200 })
})

it('makes of a school what the server itself accepts', () => {
  const school = readFileSync(new URL('testdata/school.conf', import.meta.url))
  const { config: made, reservations: kept } = toConfig(importIsc(school).plan, '10.1.0.2')
  expect(made && readNetworks(made)).toHaveLength(3)
  expect(kept).toContainEqual({ address: '10.1.0.11', mac: '00:1b:0c:00:00:01', name: 'poste-01' })
  expect(made?.deny).toEqual(['00:1b:0c:00:00:66'])
})
