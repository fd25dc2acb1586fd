import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { defaultDhcpChoices, type NicAddress } from '../contract/index.ts'
import { createReservations, importIsc } from '../dhcp/index.ts'
import { parseIpv4 } from '../network/index.ts'
import { ManualClock } from '../base/index.ts'
import { openDatabase, Settings, type Database } from '../storage/index.ts'
import { createStock } from '../stock/index.ts'
import { DhcpDesk } from './dhcpDesk.ts'
import { KnownMachines } from './knownMachines.ts'
import { temporaryFolder } from './testing/testHouse.ts'

const school = `
authoritative;
default-lease-time 3600;
include "/etc/dhcp/more.conf";
subnet 192.168.60.0 netmask 255.255.255.0 {
  range 192.168.60.20 192.168.60.99;
  range 192.168.60.120 192.168.60.199;
  option routers 192.168.60.254;
  option ntp-servers 192.168.60.2;
}
subnet 10.0.20.0 netmask 255.255.255.0 { range 10.0.20.10 10.0.20.90; option routers 10.0.20.254; }
host a1 { hardware ethernet 52:54:00:00:00:a1; fixed-address 192.168.60.11; }
host a2 { hardware ethernet 52:54:00:00:00:a2; fixed-address 10.0.20.11; }
host a3 { hardware ethernet 52:54:00:00:00:a3; deny booting; }
`

let folder: ReturnType<typeof temporaryFolder>
let database: Database
let settings: Settings
let address: NicAddress | undefined
let desk: DhcpDesk
let changes = 0

beforeEach(() => {
  folder = temporaryFolder()
  const path = join(folder.path, 'amorce.sqlite')
  database = openDatabase({ path, nativeBinding: process.env['AMORCE_SQLITE_BINDING'] })
  settings = new Settings(database)
  address = { address: '192.168.60.1', prefix: 24 }
  changes = 0
  desk = new DhcpDesk({
    settings,
    database,
    desktop: {
      chooseFiles: () => Promise.resolve([join(folder.path, 'dhcpd.conf')]),
      chooseSaveFile: (name) => Promise.resolve(join(folder.path, `saved-${name}`)),
      openFolder: () => Promise.reject(new Error('not here')),
      chooseTable: () => Promise.resolve([]),
      reopen: () => undefined,
      restart: () => undefined,
      practise: () => undefined,
      fetchLoaders: () => Promise.reject(new Error('not here')),
    },
    address: () => address,
    known: new KnownMachines(database, createStock(database, new ManualClock())),
    itemOf: () => undefined,
    dhcp: () => undefined,
    onChange: () => changes++,
  })
})

afterEach(() => {
  database.close()
  folder.remove()
})

const preview = (text: string): ReturnType<DhcpDesk['previewImport']> => {
  writeFileSync(join(folder.path, 'dhcpd.conf'), text)
  return desk.previewImport()
}

describe('the deny list', () => {
  it('takes a machine once, and gives it back', () => {
    desk.ban('52:54:00:00:00:01')
    desk.ban('52:54:00:00:00:02')
    desk.ban('52:54:00:00:00:01')
    expect(settings.current.deny).toEqual(['52:54:00:00:00:02', '52:54:00:00:00:01'])
    desk.unban('52:54:00:00:00:02')
    desk.unban('52:54:00:00:00:03')
    expect(settings.current.deny).toEqual(['52:54:00:00:00:01'])
    expect(changes).toBe(5)
  })
})

describe('a check of the settings', () => {
  it('finds nothing in those that it begins with, whatever the network', () => {
    for (const each of ['10.0.0.1/8', '192.168.60.1/24', '192.168.60.2/30', '172.16.0.9/29']) {
      const [host = '', prefix] = each.split('/')
      address = { address: host, prefix: Number(prefix) }
      expect(desk.check({})).toBeNull()
    }
  })

  it.each([
    [{ poolStart: '10.0.0.5' }, 'poolStart', 'outsideNetwork'],
    [{ poolStart: '192.168.60.90', poolEnd: '192.168.60.80' }, 'poolEnd', 'endBeforeStart'],
    [{ router: '192.168.60.255' }, 'router', 'notAHost'],
    [{ excluded: ['192.168.60.9-192.168.60.3'] }, 'excluded', 'endBeforeStart'],
    [{ unknownMachines: 'quarantine' as const }, 'quarantineStart', 'missing'],
    [{ quarantineStart: '192.168.60.60', quarantineEnd: '192.168.60.70' }, 'quarantineStart', 'overlaps'],
    [{ domainName: 'no spaces' }, 'domainName', 'notADomain'],
    [{ minLeaseSeconds: 100_000 }, 'minLeaseSeconds', 'outOfRange'],
    [{ options: [{ code: 53, value: { type: 'bytes' as const, hex: '01' } }] }, 'options.0.code', 'ofTheProtocol'],
    [{ subnets: [{ ...aSubnet(), network: '10.0.20.1' }] }, 'subnets.0.network', 'notANetwork'],
  ])('says of %j where it is wrong and why', (said, field, reason) => {
    expect(desk.check(said)).toMatchObject({ field, reason })
  })

  it('says nothing where no NIC says which network it is about', () => {
    address = undefined
    expect(desk.check({ poolStart: '10.0.0.5' })).toBeNull()
  })
})

function aSubnet() {
  return { network: '10.0.20.0', prefix: 24, poolStart: '10.0.20.10', poolEnd: '10.0.20.90', router: '', excluded: [] }
}

describe('a dhcpd.conf', () => {
  it('is shown before anything is kept', async () => {
    const view = await preview(school)
    expect(view).toMatchObject({ file: 'dhcpd.conf', errors: [], notTaken: [{ reason: 'include', line: 4 }] })
    expect(view?.result).toMatchObject({
      poolStart: '192.168.60.20',
      poolEnd: '192.168.60.199',
      leaseSeconds: 3600,
      reservations: [{ address: '192.168.60.11', mac: '52:54:00:00:00:a1' }],
    })
    expect(view?.result?.choices).toMatchObject({
      router: '192.168.60.254',
      excluded: ['192.168.60.100-192.168.60.119'],
      deny: ['52:54:00:00:00:a3'],
      subnets: [{ network: '10.0.20.0', router: '10.0.20.254' }],
    })
    expect(view?.losses).toContainEqual({ reason: 'reservationElsewhere', subject: 'a2' })
    expect(settings.current.router).toBe('')
    expect(changes).toBe(0)
  })

  it('is taken, and put back as it was', async () => {
    const reservations = createReservations(database)
    settings.save({ router: '192.168.60.253', knownShare: 40 })
    reservations.set('192.168.60.0/24', { address: parseIpv4('192.168.60.12') ?? 0, mac: '52:54:00:00:00:b1' })
    await preview(school)
    expect(desk.applyImport()).toMatchObject({ reservations: 1, settings: { router: '192.168.60.254' } })
    expect(settings.current).toMatchObject({ poolStart: '192.168.60.20', router: '192.168.60.254', knownShare: 40 })
    expect(reservations.list('192.168.60.0/24')).toHaveLength(2)
    expect(new Settings(database).current).toEqual(settings.current)
    expect(() => desk.applyImport()).toThrow()

    desk.undoImport()
    expect(settings.current).toMatchObject({ poolStart: '', router: '192.168.60.253', knownShare: 40, deny: [] })
    expect(reservations.list('192.168.60.0/24')).toMatchObject([{ mac: '52:54:00:00:00:b1' }])
    expect(changes).toBe(2)
  })

  it('does not take an address from the machine that has it reserved', async () => {
    const reserved = { address: parseIpv4('192.168.60.11') ?? 0, mac: '52:54:00:00:00:b1' }
    createReservations(database).set('192.168.60.0/24', reserved)
    const view = await preview(school)
    expect(view?.losses).toContainEqual({ reason: 'reservedForOther', subject: 'a1' })
    expect(view?.result?.reservations).toEqual([])
  })

  it('with errors is not taken', async () => {
    const view = await preview('subnet 192.168.60.0 netmask 255.255.255.0 { range 192.168.60.20 192.168.61.99; }')
    expect(view?.errors).toMatchObject([{ reason: 'outsideSubnet', line: 1 }])
    expect(view?.result).toBeUndefined()
    expect(() => desk.applyImport()).toThrow()
  })

  it('of another network says that nothing of it is ours', async () => {
    address = { address: '172.16.0.1', prefix: 24 }
    const view = await preview(school)
    expect(view?.losses).toContainEqual({ reason: 'noOwnSubnet', subject: '172.16.0.1' })
    expect(view?.result).toBeUndefined()
  })

  it('that cannot be read is said to be so', async () => {
    await expect(desk.previewImport()).rejects.toMatchObject({ code: 'file.notRead', details: { file: 'dhcpd.conf' } })
  })
})

describe('the configuration for another program', () => {
  it('is written, and comes back from dhcpd.conf as it was', async () => {
    await preview(school)
    desk.applyImport()
    const saved = await desk.export('isc')
    const text = readFileSync(saved?.path ?? '', 'utf8')
    const { plan, errors } = importIsc(text)
    expect(errors).toEqual([])
    expect(plan.subnets.map(({ network }) => network)).toEqual(['10.0.20.0', '192.168.60.0'])
    await preview(text)
    const { choices } = (await preview(text))?.result ?? { choices: defaultDhcpChoices }
    // Another server does not know to leave Amorce's own address and the router's out: that is said in its ranges.
    expect(choices).toMatchObject({ router: '192.168.60.254', deny: ['52:54:00:00:00:a3'] })
  })

  it.each(['kea', 'dnsmasq'] as const)('is written for %s too', async (format) => {
    const saved = await desk.export(format)
    expect(readFileSync(saved?.path ?? '', 'utf8')).toContain('192.168.60.50')
  })

  it('asks for a NIC first', async () => {
    address = undefined
    await expect(desk.export('isc')).rejects.toMatchObject({ code: 'nic.noAddress' })
  })
})
