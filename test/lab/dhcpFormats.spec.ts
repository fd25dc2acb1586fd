import { readFileSync } from 'node:fs'
import { expect, test as base } from '@playwright/test'
import fc from 'fast-check'
import {
  exportDnsmasq,
  exportIsc,
  exportKea,
  fromConfig,
  importIsc,
  knownOptions,
  type Exported,
  type ServerPlan,
} from '../../src/dhcp/formats/index.ts'
import { anyPlan, everyOption } from '../../src/dhcp/formats/testdata/plans.ts'
import { dhcpCheckers, type DhcpCheckers } from '../support/dhcpCheckers.ts'

// What Amorce writes for other servers, and what it reads of dhcpd's, held against those servers themselves.

const test = base.extend<object, { checkers: DhcpCheckers }>({
  checkers: [async ({}, use) => use(await dhcpCheckers()), { scope: 'worker', timeout: 300_000 }],
})

const exporters: { server: keyof DhcpCheckers; write: (plan: ServerPlan) => Exported }[] = [
  { server: 'isc', write: exportIsc },
  { server: 'kea', write: exportKea },
  { server: 'dnsmasq', write: exportDnsmasq },
]

const school = readFileSync(new URL('../../src/dhcp/formats/testdata/school.conf', import.meta.url), 'utf8')

const room = fromConfig(
  {
    serverAddress: '192.168.60.1',
    prefix: 24,
    poolStart: '192.168.60.1',
    poolEnd: '192.168.60.250',
    leaseSeconds: 3600,
    minLeaseSeconds: 60,
    maxLeaseSeconds: 7200,
    authoritative: true,
    router: '192.168.60.254',
    dnsServers: ['192.168.60.2'],
    domainName: 'room.example',
    excluded: ['192.168.60.60'],
    unknownMachines: 'quarantine',
    quarantine: { start: '192.168.60.251', end: '192.168.60.252' },
    allow: ['00:1b:0c:00:00:02'],
    deny: ['00:1b:0c:00:00:03'],
    options: [{ code: 42, value: { type: 'addresses', addresses: ['192.168.60.3'] } }],
    subnets: [{ network: '10.0.20.0', prefix: 24, poolStart: '10.0.20.5', poolEnd: '10.0.20.9', router: '10.0.20.1' }],
  },
  [{ address: '192.168.60.9', mac: '00:1b:0c:00:00:01', name: 'poste-01' }],
)

for (const { server, write } of exporters) {
  const accepts = async (checkers: DhcpCheckers, plan: ServerPlan): Promise<void> => {
    const { text } = write(plan)
    const { accepted, said } = await checkers[server](text)
    expect(accepted, `${said}\n${text}`).toBe(true)
  }

  test(`${server} accepts a running configuration`, ({ checkers }) => accepts(checkers, room))

  test(`${server} accepts an imported school`, ({ checkers }) => accepts(checkers, importIsc(school).plan))

  test(`${server} accepts an empty plan`, ({ checkers }) =>
    accepts(checkers, { options: [], subnets: [], reservations: [] }))

  test(`${server} accepts every option there is a name for`, async ({ checkers }) => {
    const plan = everyOption(7)
    expect(plan.options.length).toBeGreaterThan(knownOptions.length)
    await accepts(checkers, plan)
  })

  test(`${server} accepts plans of all kinds`, async ({ checkers }) => {
    await fc.assert(
      fc.asyncProperty(anyPlan, (plan) => accepts(checkers, plan)),
      { numRuns: 60, endOnFailure: true },
    )
  })

  test(`${server} refuses what is broken, so that its yes means something`, async ({ checkers }) => {
    const { text } = write(room)
    expect((await checkers[server](text.replaceAll('192.168.60.251', '192.168.60.999'))).accepted).toBe(false)
  })
}

test('dhcpd takes the school that is imported', async ({ checkers }) => {
  // The parts that need another file and a DNS server.
  const alone = school
    .split('\n')
    .filter((line) => !/include|gateway|printer\.lycee/.test(line))
    .join('\n')
  expect(await checkers.isc(alone)).toMatchObject({ accepted: true })
})

/** dhcpd names the line of the word it stumbled on: often the one after. */
const refused: [text: string, line: number][] = [
  ['authoritative;\ndefault-lease-time ten;', 2],
  ['option routers 10.0.0.1 10.0.0.2;', 1],
  ['\n\noption nonsense 1;', 3],
  ['option ip-forwarding maybe;', 1],
  ['option domain-name lycee.example;', 1],
  ['defualt-lease-time 600;', 1],
  ['range 10.0.0.1 10.0.0.2;', 1],
  ['subnet 10.0.0.1 netmask 255.255.255.0 { }', 1],
  ['subnet 10.0.0.0 netmask 255.255.255.0 {\n range 10.0.1.1 10.0.1.9;\n}', 2],
  ['host a { hardware ethernet 0:0:0:0:0:1; }\nhost a { hardware ethernet 0:0:0:0:0:2; }', 2],
  ['group {\n authoritative;\n', 1],
  ['authoritative; }', 1],
  ['filename "boot;', 1],
  ['default-lease-time 600', 1],
  ['subnet 10.0.0.0 netmask 255.255.255.0 {\n range 10.0.0.5 10.0.0.9;\n range 10.0.0.9;\n}', 3],
]

for (const [text, line] of refused)
  test(`dhcpd and Amorce both refuse ${JSON.stringify(text)}`, async ({ checkers }) => {
    const { accepted, said } = await checkers.isc(text)
    expect(accepted, said).toBe(false)
    expect(importIsc(text).errors[0]).toMatchObject({ line })
  })

const taken = [
  'subnet 10.0.0.0 netmask 255.255.255.0 { }\nsubnet 10.0.0.0 netmask 255.255.255.0 { }',
  'option host-name "\\x41\\102\\n\\"\\303\\251";',
  'option unknown-250 1:a:ff;',
  'option time-offset -3600;',
  'option a code 250 = integer 8; option a -1;',
  'option static-routes 10.0.0.0 10.0.0.1, 10.1.0.0 10.0.0.2;',
  'option domain-search "a.example", "b.example";',
  'option r code 250 = { boolean, ip-address };\noption r true 10.0.0.1;',
  'not authoritative;',
  'filename = "x";',
  'option arch code 93 = unsigned integer 16;\nif option arch = 00:07 { filename "a"; } else if option arch = 6 { filename "b"; }',
  'subnet 10.0.0.0 netmask 255.255.255.0 { range 10.0.0.9 10.0.0.5; }',
  'subnet 10.0.0.0 netmask 255.255.255.0 { pool { allow known clients; deny dynamic bootp clients; range 10.0.0.5; } }',
  'host a { host-identifier option pxe-client-id 0 1:2:3:4:5:6:7:8:9:a:b:c:d:e:f:10; }',
  'ddns-update-style none;\nlog-facility local7;\nping-check true;\none-lease-per-client on;\nmin-secs 2;',
]

for (const text of taken)
  test(`dhcpd and Amorce both take ${JSON.stringify(text)}`, async ({ checkers }) => {
    const { accepted, said } = await checkers.isc(text)
    expect(accepted, said).toBe(true)
    expect(importIsc(text).errors).toEqual([])
  })
