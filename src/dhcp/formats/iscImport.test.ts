import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { ImportItem, ImportPreview } from './importPreview.ts'
import { importIsc, longestFile } from './iscImport.ts'

const school = readFileSync(new URL('testdata/school.conf', import.meta.url))

const spelled = (items: readonly ImportItem<string>[]): string[] =>
  items.map(({ line, column, reason, subject }) => `${line}:${column} ${reason} ${subject}`)

const subnet = (inside: string): string => `subnet 10.0.0.0 netmask 255.255.255.0 {\n${inside}\n}`
const errorsOf = (text: string): string[] => spelled(importIsc(text).errors)
const notTakenOf = (text: string): string[] => spelled(importIsc(text).notTaken)
const optionOf = (text: string): unknown => importIsc(text).plan.options[0]

describe("a school's dhcpd.conf", () => {
  const preview = importIsc(school)

  it('has no error', () => {
    expect(preview.errors).toEqual([])
  })

  it('says what Amorce does by itself', () => {
    expect(spelled(preview.ownWay)).toEqual([
      '2:1 asAlways ddns-update-style none',
      '11:1 bootChoice option space ipxe',
      '12:1 bootChoice option ipxe.no-pxedhcp code 176 = unsigned integer 8',
      '16:1 bootChoice class "pxeclients"',
      '56:3 bootChoice if exists user-class and option user-class = "iPXE"',
    ])
  })

  it('says what will not be taken, where and why', () => {
    expect(spelled(preview.notTaken)).toEqual([
      '4:1 housekeeping log-facility local7',
      '14:1 include include "/etc/dhcp/printers.conf"',
      '28:1 class class "phones"',
      '43:7 poolForSomeClients range 10.1.0.200 10.1.0.220',
      '53:3 needsDns option routers gateway.lycee.example',
      '57:3 condition if known',
      '73:53 needsDns fixed-address printer.lycee.example',
    ])
  })

  it('says what will be taken', () => {
    const taken = spelled(preview.taken)
    expect(taken).toContain('34:3 subnet 10.1.0.0/24')
    expect(taken).toContain('39:7 pool 10.1.0.100 - 10.1.0.120')
    expect(taken).toContain('62:3 reservation poste-01 10.1.0.11 192.168.7.11')
    expect(preview.taken.map(({ line }) => line)).toEqual(preview.taken.map(({ line }) => line).sort((a, b) => a - b))
  })

  it('becomes a plan', () => {
    const { plan } = preview
    expect(plan).toMatchObject({ authoritative: true, leaseTimes: { default: 600, max: 7200 } })
    expect(plan.options).toEqual([
      { code: 6, value: { type: 'addresses', addresses: ['10.1.0.2', '10.1.0.3'] } },
      { code: 15, value: { type: 'text', text: 'lycee.example' } },
    ])
    const [first, second, third] = plan.subnets
    expect(first).toMatchObject({ network: '10.1.0.0', prefix: 24, sharedNetwork: 'floor 1' })
    expect(first?.pools).toEqual([
      { start: '10.1.0.50', end: '10.1.0.99', clients: 'all', bootp: false },
      { start: '10.1.0.100', end: '10.1.0.120', clients: 'known', bootp: false },
    ])
    // What the shared network says reaches its subnets, and its own pool the subnet it is in.
    expect(second?.options.map(({ code }) => code)).toEqual([42])
    expect(second?.pools).toEqual([{ start: '10.1.1.10', end: '10.1.1.20', clients: 'all', bootp: false }])
    expect(third).toMatchObject({ network: '192.168.7.0', prefix: 25, unknownClients: false })
    expect(third?.pools[1]).toEqual({ start: '192.168.7.20', end: '192.168.7.30', clients: 'all', bootp: true })
    expect(third?.options).toEqual([
      { code: 121, value: { type: 'numbers', size: 1, signed: false, numbers: [24, 10, 1, 0, 192, 168, 7, 1] } },
      { code: 252, value: { type: 'text', text: 'a"b\\cA' } },
    ])
  })

  it('keeps what a group says for its machines, wherever in the group it is said', () => {
    const machines = new Map(preview.plan.reservations.map((each) => [each.name, each]))
    expect(machines.get('poste-01')).toEqual({
      name: 'poste-01',
      identity: { kind: 'mac', mac: '00:1b:0c:00:00:01' },
      addresses: ['10.1.0.11', '192.168.7.11'],
      denied: false,
      nextServer: '10.1.0.4',
      options: [{ code: 12, value: { type: 'text', text: 'poste-01' } }],
    })
    expect(machines.get('poste-02')).toMatchObject({
      identity: { kind: 'clientId', hex: '01001b0c000002' },
      bootFile: 'special.efi',
      leaseTimes: { default: 60 },
    })
    expect(machines.get('thief')?.denied).toBe(true)
    expect(machines.get('uuid')?.identity).toEqual({ kind: 'uuid', uuid: '00112233-4455-6677-8899-aabbccddeeff' })
    expect(machines.get('by-name')).toMatchObject({ addresses: [], options: [] })
  })
})

describe('what dhcpd would refuse', () => {
  const cases: [text: string, ...errors: string[]][] = [
    ['default-lease-time ten;', '1:20 badNumber ten'],
    ['default-lease-time;', '1:19 missingValue default-lease-time'],
    ['option routers 10.0.0.256;', '1:16 badAddress 10.0.0.256'],
    ['option routers 10.0.0.1 10.0.0.2;', '1:25 unexpectedWord 10.0.0.2'],
    ['option routers 10.0.0.1,;', '1:25 missingValue routers'],
    ['option interface-mtu 65536;', '1:22 badNumber 65536'],
    ['option ip-forwarding maybe;', '1:22 badFlag maybe'],
    ['option domain-name lycee.example;', '1:20 badText lycee.example'],
    ['option nonsense 1;', '1:8 unknownOption nonsense'],
    ['option foo code = text;', '1:1 badDefinition option foo code = text'],
    ['defualt-lease-time 600;', '1:1 unknownStatement defualt-lease-time 600'],
    ['range 10.0.0.1 10.0.0.2;', '1:1 misplaced range 10.0.0.1 10.0.0.2'],
    ['hardware ethernet 00:00:00:00:00:01;', '1:1 misplaced hardware ethernet 00:00:00:00:00:01'],
    ['subnet 10.0.0.0 netmask 255.0.255.0 { }', '1:25 badMask subnet 10.0.0.0 netmask 255.0.255.0'],
    ['subnet 10.0.0.1 netmask 255.255.255.0 { }', '1:25 badMask subnet 10.0.0.1 netmask 255.255.255.0'],
    ['subnet 10.0.0.0 { }', '1:1 missingValue netmask'],
    ['subnet 10.0.0.0 netmask 255.255.255.0;', '1:1 braceExpected subnet 10.0.0.0 netmask 255.255.255.0'],
    [subnet('range 10.0.1.1 10.0.1.9;'), '2:1 outsideSubnet 10.0.1.1 - 10.0.1.9'],
    ['host a { hardware ethernet 00:11; }', '1:28 badMac 00:11'],
    ['host a { hardware ethernet 0:0:0:0:0:1; }\nhost a { hardware ethernet 0:0:0:0:0:2; }', '2:6 duplicateName a'],
    ['authoritative\ndefault-lease-time 600;', '1:14 semicolonExpected authoritative'],
    ['option routers 10.0.0.1\noption domain-name "x";', '1:24 semicolonExpected option routers 10.0.0.1'],
    ['default-lease-time 600', '1:23 semicolonExpected default-lease-time 600'],
    [`${subnet('range 10.0.0.5')}`, '2:15 semicolonExpected range 10.0.0.5'],
    ['group {\n authoritative;\n', '1:1 unclosedBlock group'],
    ['authoritative; }', '1:16 unexpectedBrace }'],
    ['{ authoritative; }', '1:1 unexpectedBrace {'],
    ['filename "boot;\nauthoritative;', '1:10 unterminatedString ', '1:16 semicolonExpected filename ""'],
    ['filename "\\xff";', '1:10 badString '],
    ['§ authoritative;', '1:1 unexpectedCharacter §'],
    ['authoritative;\nopt\0ion', '2:4 binary '],
  ]
  it.each(cases)('%j', (text, ...errors) => {
    expect(errorsOf(text).slice(0, errors.length)).toEqual(errors)
  })

  it('keeps reading after each of them', () => {
    for (const [text] of cases.filter(([each]) => !each.includes('\0') && !/filename|group/.test(each)))
      expect(spelled(importIsc(`${text}\n;\nserver-name "still read";`).taken).join('\n')).toContain('still read')
  })
})

describe('option values', () => {
  it('takes every spelling dhcpd takes', () => {
    expect(optionOf('option domain-name = "a.example";')).toMatchObject({ value: { text: 'a.example' } })
    expect(optionOf('option vendor-class-identifier "MSFT";')).toMatchObject({ value: { hex: '4d534654' } })
    expect(optionOf('option unknown-250 1:a:ff;')).toMatchObject({ code: 250, value: { hex: '010aff' } })
    expect(optionOf('option option-250 "A";')).toMatchObject({ code: 250, value: { hex: '41' } })
    expect(optionOf('option time-offset -3600;')).toMatchObject({ value: { numbers: [-3600] } })
    expect(optionOf('option a code 250 = integer 8; option a -1;')).toMatchObject({ value: { numbers: [255] } })
    expect(optionOf('option static-routes 10.0.0.0 10.0.0.1, 10.1.0.0 10.0.0.2;')).toMatchObject({
      value: { addresses: ['10.0.0.0', '10.0.0.1', '10.1.0.0', '10.0.0.2'] },
    })
    expect(optionOf('option domain-search "a.example", "b.example";')).toMatchObject({
      value: { domains: ['a.example', 'b.example'] },
    })
    expect(optionOf('option host-name "\\x41\\102\\n\\"";')).toMatchObject({ value: { text: 'AB\n"' } })
  })

  it('says why a value cannot be taken', () => {
    expect(notTakenOf('option host-name = concat("a", "b");')).toEqual([
      '1:1 expression option host-name = concat ("a", "b")',
    ])
    expect(notTakenOf('option r code 250 = { boolean, ip-address };\noption r true 10.0.0.1;')).toEqual([
      '1:1 recordOption option r code 250 = { boolean, ip-address }',
      '2:1 recordOption option r true 10.0.0.1',
    ])
    expect(notTakenOf('option dhcp-lease-time 5;')).toEqual(['1:1 protocolOption option dhcp-lease-time 5'])
    expect(notTakenOf('option MSFT.release-on-shutdown 1;')).toEqual([
      '1:1 optionSpace option MSFT.release-on-shutdown 1',
    ])
  })

  it('does not take what would send UEFI machines to a PXE server of their own', () => {
    expect(spelled(importIsc('option vendor-class-identifier "PXEClient";').ownWay)).toEqual([
      '1:1 bootChoice option vendor-class-identifier "PXEClient"',
    ])
  })
})

describe('conditions', () => {
  const arch = 'option arch code 93 = unsigned integer 16;\n'
  const ownWay = [
    'if option arch = 00:07 { filename "a"; } elsif option arch = 00:09 { filename "b"; } else { filename "c"; }',
    'if option arch = 7 { filename "a"; }\nelse if option arch = 6 { filename "b"; }',
    'if substring(option vendor-class-identifier, 0, 20) = "PXEClient:Arch:00007" { filename "a"; next-server 10.0.0.1; }',
    'if not exists ipxe.http { filename "undionly.kpxe"; } else { filename "http://10.0.0.1/x"; }',
    'if option pxe-system-type = 00:10 { option vendor-class-identifier "HTTPClient"; filename "http://10.0.0.1/x"; }',
  ]
  it.each(ownWay)('%s is what Amorce decides by itself', (text) => {
    const preview = importIsc(arch + text)
    expect(preview.errors).toEqual([])
    expect(preview.notTaken).toEqual([])
    expect(spelled(preview.ownWay)[0]).toMatch(/^2:1 bootChoice if/)
  })

  const notTaken = [
    'if option arch = 00:07 { filename "a"; default-lease-time 60; }',
    'if option arch = 00:07 { filename "a"; } else { option routers 10.0.0.1; }',
    'if option host-name = "a" { filename "a"; }',
    'if known { filename "a"; }',
    'if binary-to-ascii(16, 8, ":", hardware) = "1:0:1" { filename "a"; }',
    'switch (option arch) { case 7: filename "a"; }',
  ]
  it.each(notTaken)('%s is not taken', (text) => {
    expect(notTakenOf(arch + text)).toHaveLength(1)
    expect(notTakenOf(arch + text)[0]).toMatch(/^2:1 condition/)
  })
})

describe('pools for some clients', () => {
  const clientsOf = (rules: string): ImportPreview => importIsc(subnet(`pool { ${rules} range 10.0.0.5 10.0.0.9; }`))
  it.each([
    ['', 'all'],
    ['deny unknown-clients;', 'known'],
    ['allow known clients;', 'known'],
    ['deny known-clients;', 'unknown'],
    ['allow unknown-clients;', 'unknown'],
    ['allow known-clients; allow unknown-clients;', 'all'],
    ['deny dynamic bootp clients;', 'all'],
  ])('%s is for %s', (rules, clients) => {
    expect(clientsOf(rules).plan.subnets[0]?.pools).toMatchObject([{ clients }])
  })

  it.each([
    'deny all clients;',
    'allow members of "x";',
    'deny members of "x";',
    'deny known-clients; deny unknown-clients;',
  ])('%s takes no pool rather than one for everybody', (rules) => {
    expect(clientsOf(rules).plan.subnets[0]?.pools).toEqual([])
    expect(spelled(clientsOf(rules).notTaken)[0]).toContain('poolForSomeClients range 10.0.0.5 10.0.0.9')
  })
})

describe('what overlaps', () => {
  it('takes of two ranges the one that begins first', () => {
    const text = subnet('range 10.0.0.8 10.0.0.12;\nrange 10.0.0.5 10.0.0.9;')
    expect(errorsOf(text)).toEqual(['2:1 overlappingRange 10.0.0.8 - 10.0.0.12'])
    expect(importIsc(text).plan.subnets[0]?.pools).toMatchObject([{ start: '10.0.0.5' }])
  })

  it('takes of two subnets the larger one, with its ranges', () => {
    const inner = 'subnet 10.0.0.128 netmask 255.255.255.128 { range 10.0.0.130; }'
    const text = `${inner}\n${subnet('range 10.0.0.130;')}`
    expect(notTakenOf(text)).toEqual(['1:1 overlappingSubnet 10.0.0.128/25'])
    expect(importIsc(text).plan.subnets).toMatchObject([{ prefix: 24, pools: [{ start: '10.0.0.130' }] }])
  })
})

describe('hostile files', () => {
  it('refuses what is too long', () => {
    expect(errorsOf('#'.repeat(longestFile + 1))).toEqual([`1:1 tooLarge ${longestFile + 1}`])
  })

  const megabyte = 1024 * 1024
  const repeat = (text: string): string => text.repeat(Math.ceil(megabyte / text.length))
  it.each([
    ['nesting', repeat('group {'), 'tooDeep'],
    ['closing braces', repeat('}'), 'tooManyProblems'],
    ['unknown statements', repeat('x;'), 'tooManyProblems'],
    ['quotes', repeat('"\n'), 'tooManyProblems'],
    ['one string', `"${repeat('a')}`, 'unterminatedString'],
    ['escapes', `"${repeat('\\')}`, 'unterminatedString'],
    ['signs', repeat('§ '), 'tooManyProblems'],
    ['one statement', repeat('a '), 'semicolonExpected'],
    ['lines of one statement', `option ${repeat('a\n')}`, 'semicolonExpected'],
    ['commas', `option routers ${repeat('10.0.0.1,')};`, 'missingValue'],
    ['records', repeat('option a code 1 = {'), 'semicolonExpected'],
    ['conditions', repeat('if option arch = 1 {'), 'tooDeep'],
    ['pools of a shared network', `shared-network x {${repeat('pool{range 10.0.0.1;}')}}`, 'tooManyProblems'],
  ])('a megabyte of %s', (_name, text, reason) => {
    expect(importIsc(text).errors.map((each) => each.reason)).toContain(reason)
  })

  it('a megabyte of equal subnets', () => {
    const { plan, notTaken } = importIsc(repeat('subnet 10.0.0.0 netmask 255.255.255.0 {range 10.0.0.5;}'))
    expect(plan.subnets).toHaveLength(1)
    expect(new Set(notTaken.map((each) => each.reason))).toEqual(new Set(['overlappingSubnet']))
  })

  it('a megabyte of equal ranges', () => {
    expect(importIsc(subnet(repeat('range 10.0.0.5;'))).plan.subnets[0]?.pools).toHaveLength(1)
  })

  it('takes any bytes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2000 }), (bytes) => {
        expect(importIsc(bytes).plan).toBeDefined()
      }),
    )
  })

  it('takes any soup of its own words, and says a place within the file for each problem', () => {
    const soup = fc.constantFrom(
      ...school.toString().split(/(\s+|[{};,"])/),
      '{',
      '}',
      ';',
      '"',
      'subnet',
      'pool',
      'host',
      'option',
    )
    fc.assert(
      fc.property(fc.array(soup, { maxLength: 200 }), (words) => {
        const text = words.join(' ')
        const lines = text.split('\n')
        const { errors, taken, notTaken, ownWay } = importIsc(text)
        for (const { line, column } of [...errors, ...taken, ...notTaken, ...ownWay]) {
          expect(line).toBeGreaterThanOrEqual(1)
          expect(line).toBeLessThanOrEqual(lines.length)
          expect(column).toBeGreaterThanOrEqual(1)
        }
      }),
      { numRuns: 500 },
    )
  })

  it('takes mutations of a real file', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat(school.length - 1), fc.nat(255)), { maxLength: 20 }), (changes) => {
        const bytes = Uint8Array.from(school)
        for (const [at, byte] of changes) bytes[at] = byte
        expect(importIsc(bytes).plan).toBeDefined()
      }),
      { numRuns: 500 },
    )
  })
})
