import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { exportDnsmasq } from './dnsmasqExport.ts'
import { importIsc } from './iscImport.ts'
import { exportKea } from './keaExport.ts'
import type { ReservationPlan, ServerPlan } from './plan.ts'
import { anyPlan } from './testdata/plans.ts'

// The goldens are for reading: `npx vitest run src/dhcp/formats -u` writes them anew.
const school = importIsc(readFileSync(new URL('testdata/school.conf', import.meta.url))).plan
const golden = (name: string): string => new URL(`testdata/${name}`, import.meta.url).pathname

const machine = (identity: ReservationPlan['identity'], rest: Partial<ReservationPlan> = {}): ReservationPlan => ({
  name: 'a',
  identity,
  addresses: [],
  denied: false,
  options: [],
  ...rest,
})
const mac = { kind: 'mac', mac: '00:1b:0c:00:00:01' } as const
const room: ServerPlan = {
  options: [],
  subnets: [{ network: '10.0.0.0', prefix: 24, pools: [], options: [] }],
  reservations: [],
}

describe('Kea', () => {
  it('writes a school', async () => {
    const { text, notes } = exportKea(school)
    await expect(text).toMatchFileSnapshot(golden('school.kea.json'))
    expect(notes).toEqual([
      { reason: 'leaseTimesPerMachine', subject: 'poste-02' },
      { reason: 'noSuchIdentity', subject: 'uuid' },
      { reason: 'hostNameGiven', subject: 'by-name' },
      { reason: 'bootpNotServed', subject: '192.168.7.20 - 192.168.7.30' },
    ])
  })

  it('is JSON, the same every time, with each address reserved in its own subnet', () => {
    fc.assert(
      fc.property(anyPlan, (plan) => {
        const { text } = exportKea(plan)
        expect(exportKea(structuredClone(plan)).text).toBe(text)
        expect(JSON.parse(text)).toHaveProperty('Dhcp4.subnet4')
        const served = plan.reservations.filter(({ denied, identity }) => !denied && identity.kind !== 'uuid')
        for (const { addresses } of served)
          for (const address of addresses) expect(text).toContain(`"ip-address": "${address}"`)
      }),
    )
  })

  it('orders lease times as Kea wants them', () => {
    const times = (leaseTimes: ServerPlan['leaseTimes']): unknown =>
      (JSON.parse(exportKea({ ...room, leaseTimes }).text) as { Dhcp4: unknown }).Dhcp4
    expect(times({ max: 600 })).toMatchObject({ 'valid-lifetime': 600, 'max-valid-lifetime': 600 })
    expect(times({ min: 90_000 })).toMatchObject({ 'min-valid-lifetime': 90_000, 'valid-lifetime': 90_000 })
    expect(times({ min: 50, default: 5, max: 20 })).toMatchObject({
      'min-valid-lifetime': 50,
      'valid-lifetime': 50,
      'max-valid-lifetime': 50,
    })
  })

  it('serves known machines alone where that is said', () => {
    const pools = [{ start: '10.0.0.5', end: '10.0.0.9', clients: 'all' as const, bootp: false }]
    const subnets = [{ network: '10.0.0.0', prefix: 24, pools, options: [] }]
    expect(exportKea({ ...room, unknownClients: false, subnets }).text).toContain('"client-class": "KNOWN"')
  })

  it('spells as bytes what its own lists would take apart', () => {
    const { text } = exportKea({ ...room, options: [{ code: 15, value: { type: 'text', text: 'a,b' } }] })
    expect(text).toContain('"data": "612C62"')
  })
})

describe('dnsmasq', () => {
  it('writes a school', async () => {
    const { text, notes } = exportDnsmasq(school)
    await expect(text).toMatchFileSnapshot(golden('school.dnsmasq.conf'))
    expect(notes.map(({ reason }) => reason)).toEqual([
      'leaseTimesOnlyDefault',
      'leaseTimesOnlyDefault',
      'leaseTimesOnlyDefault',
      'leaseTimesRounded',
      'noSuchIdentity',
    ])
  })

  it('is the same every time, and stays on its lines', () => {
    fc.assert(
      fc.property(anyPlan, (plan) => {
        const { text } = exportDnsmasq(plan)
        expect(exportDnsmasq(structuredClone(plan)).text).toBe(text)
        for (const line of text.split('\n')) expect(line).toMatch(/^($|#|port=0$|dhcp-|bootp-dynamic=)/)
      }),
    )
  })

  it('names no router where the plan names none', () => {
    const routers = { code: 3, value: { type: 'addresses' as const, addresses: ['10.0.0.1'] } }
    const subnets = [{ network: '10.0.0.0', prefix: 24, pools: [], options: [routers] }]
    expect(exportDnsmasq(room).text).toMatch(/^dhcp-option=3$/m)
    expect(exportDnsmasq({ ...room, subnets }).text).toMatch(/^dhcp-option=3$[^]*^dhcp-option=tag:subnet1,3,10.0.0.1$/m)
    expect(exportDnsmasq({ ...room, options: [routers] }).text).not.toMatch(/^dhcp-option=3$/m)
  })

  it('says what it cannot spell', () => {
    const { text, notes } = exportDnsmasq({ ...room, options: [{ code: 15, value: { type: 'text', text: 'a\nb' } }] })
    expect(text).not.toContain('dhcp-option=15')
    expect(notes).toEqual([{ reason: 'unwritableText', subject: 'option 15' }])
  })

  it('repeats for a subnet what it does not change of the boot file', () => {
    const subnets = [{ network: '10.0.0.0', prefix: 24, pools: [], options: [], bootFile: 'b' }]
    const { text } = exportDnsmasq({ ...room, bootFile: 'a', nextServer: '10.0.0.2', subnets })
    expect(text).toContain('dhcp-boot="a",,10.0.0.2\n')
    expect(text).toContain('dhcp-boot=tag:subnet1,"b",,10.0.0.2\n')
  })

  it('turns a denied machine away, and says when its identity is none for it', () => {
    const denied = machine(mac, { denied: true })
    const uuid = machine({ kind: 'uuid', uuid: '00112233-4455-6677-8899-aabbccddeeff' })
    const { text, notes } = exportDnsmasq({ ...room, reservations: [denied, uuid] })
    expect(text).toContain('dhcp-host=00:1b:0c:00:00:01,ignore\n')
    expect(notes).toEqual([{ reason: 'noSuchIdentity', subject: 'a' }])
  })

  it('leaves out an address that is on no network, and says so', () => {
    const { text, notes } = exportDnsmasq({ ...room, reservations: [machine(mac, { addresses: ['10.9.9.9'] })] })
    expect(text).not.toContain('10.9.9.9')
    expect(notes).toEqual([{ reason: 'addressOutsideSubnets', subject: 'a 10.9.9.9' }])
  })
})
