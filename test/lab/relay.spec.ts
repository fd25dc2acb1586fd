import { join } from 'node:path'
import { unpackedDebianPackage } from '../support/debianPackage.ts'
import { Dhclient, Udhcpc } from '../support/dhcpClients.ts'
import { startDnsmasq } from '../support/dnsmasq.ts'
import { expect, labTest as test } from '../support/fixtures.ts'
import { LabNetwork, type Namespace, type Segment } from '../support/namespaces.ts'
import type { Running } from '../support/processes.ts'
import { withDhcpServer } from '../support/services.ts'

// Two rooms and a router between them with a relay agent on it: the laptop stands in the first room and serves both.

const { examAddress } = LabNetwork
const second = {
  network: '10.0.20.0',
  prefix: 24,
  poolStart: '10.0.20.50',
  poolEnd: '10.0.20.99',
  router: '10.0.20.254',
}

/** The router between the rooms: `eth0` in the first, `eth1` in the second. */
async function routerBetween(network: LabNetwork, room2: Segment): Promise<Namespace> {
  const router = await network.room.addMachine('router', '192.168.60.254/24')
  await room2.plug(router, 'eth1')
  await router.ip('address', 'add', '10.0.20.254/24', 'dev', 'eth1')
  await router.mustRun('sysctl', ['-qw', 'net.ipv4.ip_forward=1'])
  await network.laptop.ip('route', 'add', '10.0.20.0/24', 'via', '192.168.60.254')
  return router
}

const relays: Record<string, (router: Namespace) => Promise<Running>> = {
  'ISC dhcrelay, with option 82': async (router) => {
    const program = join(await unpackedDebianPackage('isc-dhcp-relay'), 'usr', 'sbin', 'dhcrelay')
    const relay = router.start(program, ['-4', '-d', '--no-pid', '-a', '-id', 'eth1', '-iu', 'eth0', examAddress])
    await relay.waitFor(/Sending on +Socket\/fallback/, 10_000)
    return relay
  },
  'dnsmasq as a relay': (router) =>
    startDnsmasq(router, [`--dhcp-relay=10.0.20.254,${examAddress}`, '--interface=eth1', '--interface=eth0']),
}

for (const [name, start] of Object.entries(relays))
  test(`a second room is served through ${name}`, async ({ network }) => {
    const room2 = await network.addSegment('room2')
    const router = await routerBetween(network, room2)
    const relay = await start(router)
    await withDhcpServer(network, { subnets: [second] }, async ({ events }) => {
      const near = await new Udhcpc(await network.room.addMachine('near')).obtain()
      expect(near.address).toMatch(/^192\.168\.60\.\d+$/)

      const far = new Dhclient(await room2.addMachine('far'))
      const lease = await far.obtain()
      expect(lease).toMatchObject({ serverId: examAddress, leaseSeconds: 600 })
      expect(lease.address).toMatch(/^10\.0\.20\.(5\d|[6-9]\d)$/)

      // It has no way to us but through the router; that is how it renews, and releases, straight with us.
      const machine = await room2.addMachine('routed')
      const routed = new Udhcpc(machine)
      const first = await routed.obtain()
      await machine.ip('route', 'add', 'default', 'via', '10.0.20.254')
      expect(await routed.renew()).toMatchObject({ address: first.address, serverId: examAddress })
      expect(events).toContainEqual(
        expect.objectContaining({ type: 'dhcp.request', state: 'renewing', address: first.address }),
      )
      await routed.release()
      await expect.poll(() => events.filter(({ type }) => type === 'dhcp.release')).toHaveLength(1)
      await Promise.all([routed.stop(), far.stop()])
    })
    await relay.stop()
  })
