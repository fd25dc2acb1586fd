import { copyFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { debianKernel, makeInitramfs } from '../support/bootMedia.ts'
import { Udhcpc } from '../support/dhcpClients.ts'
import { startDnsmasq } from '../support/dnsmasq.ts'
import { expect, labTest as test } from '../support/fixtures.ts'
import { QemuMachine } from '../support/qemu.ts'
import { withProxy } from '../support/services.ts'
import { temporaryFolder } from '../support/temporary.ts'

const giver = '192.168.60.254'
const mac = '52:54:00:b1:05:09'

test('beside a server that gives the addresses, a PC boots what proxyDHCP says', async ({ network }, info) => {
  test.setTimeout(240_000)
  const router = await network.room.addMachine('router', `${giver}/24`)
  await startDnsmasq(router, [
    '--interface=eth0',
    '--no-ping',
    '--dhcp-range=192.168.60.100,192.168.60.120,255.255.255.0,10m',
  ])
  const debian = await debianKernel()
  const files = temporaryFolder('files')
  copyFileSync(debian.image, join(files, 'vmlinuz'))
  writeFileSync(join(files, 'initrd'), makeInitramfs(debian))
  const script = (client: string, serverUrl: string): string => `#!ipxe
kernel ${serverUrl}/files/vmlinuz initrd=initrd console=ttyS0 amorce.server=${serverUrl} amorce.mac=${client}
initrd ${serverUrl}/files/initrd
boot
`
  await withProxy(network, { files, script }, async ({ events }) => {
    // A machine that does not boot over the network is none of the proxy's business.
    const lease = await new Udhcpc(await network.room.addMachine('desk')).obtain()
    expect(lease).toMatchObject({ serverId: giver, bootFile: '' })

    const logFile = info.outputPath('console.log')
    const pc = await QemuMachine.powerOn(network.room, { firmware: 'bios', mac, logFile })
    try {
      const [, server] = await pc.waitFor(/lab: leased 192\.168\.60\.1[01]\d from ([\d.]+)\s/, 180_000)
      expect(server).toBe(giver)
    } catch (error) {
      await info.attach('console.log', { path: logFile })
      throw error
    } finally {
      await pc.powerOff()
    }
    expect(events.filter(({ type }) => ['dhcp.ack', 'dhcp.offer'].includes(type))).toEqual([])
    const fetched = events.filter((event) => event.type === 'transfer.end').map(({ file }) => file)
    expect(fetched).toEqual(expect.arrayContaining(['vmlinuz', 'initrd']))
    expect(events).toContainEqual(expect.objectContaining({ type: 'dhcp.proxy', mac }))
  })
})
