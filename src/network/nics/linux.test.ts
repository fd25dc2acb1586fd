import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { networkInterfaces, tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { linkState, linuxNics, parseIpAddresses, readNics, readPulse } from './linux.ts'

let root: string
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'amorce-nics-'))
  await mkdir(join(root, 'net'))
  await mkdir(join(root, 'udev'))
})
afterEach(() => rm(root, { recursive: true }))

/** Lays out one NIC as the kernel does; `entries` are files, or folders where they end with a slash. */
async function layOut(name: string, entries: Record<string, string>): Promise<void> {
  const folder = join(root, 'net', name)
  await mkdir(folder)
  for (const [entry, text] of Object.entries(entries)) {
    if (entry.endsWith('/')) await mkdir(join(folder, entry), { recursive: true })
    else await writeFile(join(folder, entry), `${text}\n`)
  }
}

const read = async (name: string) =>
  (await readNics(join(root, 'net'), join(root, 'udev'))).find((nic) => nic.name === name)

const cable = { type: '1', address: '8c:16:45:aa:bb:cc', operstate: 'up', carrier: '1', flags: '0x1003', ifindex: '2' }

describe('a NIC as /sys/class/net tells it', () => {
  it('with a cable has speed and duplex', async () => {
    await layOut('enp0s31f6', { ...cable, speed: '1000', duplex: 'full', 'device/': '' })
    expect(await read('enp0s31f6')).toEqual({
      name: 'enp0s31f6',
      kind: 'ethernet',
      mac: '8c:16:45:aa:bb:cc',
      addresses: [],
      link: 'up',
      speedMbps: 1000,
      duplex: 'full',
      index: 2,
    })
  })

  it('without a cable is listed, down and without a speed', async () => {
    await layOut('enp3s0', { ...cable, operstate: 'down', carrier: '0', speed: '-1', duplex: 'unknown', 'device/': '' })
    expect(await read('enp3s0')).toMatchObject({
      kind: 'ethernet',
      link: 'down',
      speedMbps: undefined,
      duplex: undefined,
    })
  })

  it('turned off is listed: its driver gives neither carrier nor speed', async () => {
    await layOut('enp3s0', { type: '1', address: cable.address, operstate: 'down', flags: '0x1002', 'device/': '' })
    expect(await read('enp3s0')).toMatchObject({ kind: 'ethernet', link: 'down' })
  })

  it('is described by what udev knows of its hardware, else by its driver', async () => {
    await layOut('eth0', { ...cable, 'device/': '' })
    await symlink('../../../../bus/pci/drivers/e1000e', join(root, 'net/eth0/device/driver'))
    expect((await read('eth0'))?.description).toBe('e1000e')
    await writeFile(
      join(root, 'udev/n2'),
      'I:1\nE:ID_MODEL_FROM_DATABASE=I219-LM\nE:ID_VENDOR_FROM_DATABASE=Intel Corporation\n',
    )
    expect((await read('eth0'))?.description).toBe('Intel Corporation I219-LM')
  })

  it('in a namespace does not take another NIC of the same index for itself', async () => {
    await layOut('veth0', cable)
    await writeFile(join(root, 'udev/n2'), 'E:ID_MODEL_FROM_DATABASE=I219-LM\n')
    expect(await read('veth0')).toMatchObject({ kind: 'virtual', link: 'up', description: undefined })
  })

  it.each([
    ['wlp2s0', { 'device/': '', 'phy80211/': '', uevent: 'DEVTYPE=wlan' }, 'wifi'],
    ['br0', { 'bridge/': '', uevent: 'DEVTYPE=bridge' }, 'bridge'],
    ['tap0', { tun_flags: '0x1002' }, 'vpn'],
    ['school', { type: '65534', uevent: 'DEVTYPE=wireguard\nINTERFACE=school' }, 'vpn'],
    ['lo', { type: '772', address: '00:00:00:00:00:00', operstate: 'unknown' }, 'loopback'],
  ])('%s is recognised', async (name, entries, kind) => {
    await layOut(name, { ...cable, ...entries })
    expect(await read(name)).toMatchObject({ kind, link: 'up' })
  })

  it('has a MAC only where that is an Ethernet address', async () => {
    await layOut('lo', { ...cable, type: '772', address: '00:00:00:00:00:00' })
    await layOut('tun0', { ...cable, type: '65534', address: '' })
    expect((await read('lo'))?.mac).toBeUndefined()
    expect((await read('tun0'))?.mac).toBeUndefined()
  })

  it('is passed over when nothing could boot from it, or it has gone meanwhile', async () => {
    await layOut('sit0', { ...cable, type: '776' })
    await layOut('can0', { ...cable, type: '280' })
    await layOut('gone0', {})
    await writeFile(join(root, 'net/bonding_masters'), 'bond0\n')
    expect(await readNics(join(root, 'net'), join(root, 'udev'))).toEqual([])
  })
})

describe('the link state', () => {
  it.each([
    ['up', '1', true, 'up'],
    ['down', '0', true, 'down'],
    ['dormant', '1', true, 'down'],
    ['lowerlayerdown', '0', true, 'down'],
    ['unknown', '1', true, 'up'],
    ['unknown', '0', true, 'down'],
    ['unknown', undefined, true, 'unknown'],
    [undefined, undefined, true, 'unknown'],
    ['up', '1', false, 'down'],
  ])('operstate %s, carrier %s, turned on %s: %s', (operstate, carrier, isUp, expected) =>
    expect(linkState(operstate, carrier, isUp)).toBe(expected),
  )
})

// In the shape of iproute2 6.1's output, shortened to what is read.
const ipOutput = `[{"ifindex":1,"ifname":"lo","flags":["LOOPBACK","UP","LOWER_UP"],"addr_info":[{"family":"inet",
"local":"127.0.0.1","prefixlen":8,"scope":"host","label":"lo"}]},{},{"ifindex":3,"link":"c0","ifname":"v0",
"flags":["NO-CARRIER","BROADCAST","MULTICAST","UP"],"operstate":"DOWN","addr_info":[{"family":"inet",
"local":"192.168.60.1","prefixlen":24,"scope":"global"},{"family":"inet","local":"10.9.9.1","prefixlen":32}]}]`

describe('what ip prints', () => {
  it('gives each NIC its addresses, those of a NIC without a carrier too', () => {
    expect(parseIpAddresses(ipOutput)).toEqual(
      new Map([
        ['lo', [{ address: '127.0.0.1', prefix: 8 }]],
        [
          'v0',
          [
            { address: '192.168.60.1', prefix: 24 },
            { address: '10.9.9.1', prefix: 32 },
          ],
        ],
      ]),
    )
  })

  it.each(['', 'Object "address" is unknown', '{}', '[{"ifname":7}]', 'null'])('is not %j', (text) =>
    expect(parseIpAddresses(text)).toBeUndefined(),
  )

  it('is never trusted with an address that is none', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer(), (local, prefixlen) => {
        const text = JSON.stringify([{ ifname: 'v0', addr_info: [{ local, prefixlen }] }])
        expect(parseIpAddresses(text)?.get('v0')).toEqual([])
      }),
    )
  })
})

describe.runIf(process.platform === 'linux')('this computer', () => {
  it('has all the NICs and IPv4 addresses that Node knows of', async () => {
    const nics = await linuxNics.list()
    for (const [name, entries = []] of Object.entries(networkInterfaces())) {
      const own = entries.filter((entry) => entry.family === 'IPv4').map((entry) => entry.cidr)
      const nic = nics.find((candidate) => candidate.name === name)
      expect(nic?.addresses.map(({ address, prefix }) => `${address}/${prefix}`)).toEqual(expect.arrayContaining(own))
    }
    expect(nics.find((nic) => nic.name === 'lo')).toMatchObject({ kind: 'loopback', link: 'up' })
  })
})

describe('the pulse', () => {
  const net = () => join(root, 'net')
  const trie = () => join(root, 'fib_trie')
  const pulse = () => readPulse(net(), trie())

  it('is the same while nothing changes', async () => {
    await layOut('eth0', cable)
    await writeFile(trie(), '/32 host LOCAL 192.168.60.1')
    expect(pulse()).toBe(pulse())
  })

  it.each<[string, () => Promise<void>]>([
    ['a NIC comes', () => layOut('eth1', cable)],
    ['a NIC goes', () => rm(join(root, 'net', 'eth0'), { recursive: true })],
    ['a NIC is replaced', () => writeFile(join(root, 'net', 'eth0', 'ifindex'), '9\n')],
    ['a cable is pulled', () => writeFile(join(root, 'net', 'eth0', 'carrier'), '0\n')],
    ['an address is set', () => writeFile(trie(), '/32 host LOCAL 192.168.60.1')],
  ])('changes when %s', async (_, change) => {
    await layOut('eth0', cable)
    const before = pulse()
    await change()
    expect(pulse()).not.toBe(before)
  })
})
