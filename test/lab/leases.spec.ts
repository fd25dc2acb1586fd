import { existsSync } from 'node:fs'
import { Capture } from '../support/capture.ts'
import { Dhclient, Dhcpcd, Networkd, Udhcpc } from '../support/dhcpClients.ts'
import { expect, labTest as test } from '../support/fixtures.ts'
import { LabNetwork } from '../support/namespaces.ts'

const { examNic, examAddress, otherNic } = LabNetwork

for (const Client of [Udhcpc, Dhclient]) {
  test(`${Client.name} gets a lease on the chosen NIC, renews it and gives it back`, async ({ launch, network }) => {
    const amorce = await launch()
    await amorce.addExam()
    await amorce.startExam(examNic)
    const machine = await network.room.addMachine('pc')
    const mac = await machine.macOf('eth0')
    const client = new Client(machine)

    const lease = await client.obtain()
    expect(lease).toMatchObject({ serverId: examAddress, leaseSeconds: 8 * 3600 })
    expect(lease.address).toMatch(/^192\.168\.60\.\d+$/)
    expect(lease.address).not.toBe(examAddress)
    await expect(amorce.tile(mac)).toHaveAttribute('data-stage', 'leased')

    const renewed = await client.renew()
    expect(renewed).toMatchObject({ address: lease.address, serverId: examAddress, leaseSeconds: 8 * 3600 })
    expect(await amorce.journal(['dhcp'], mac)).toContainEqual(
      expect.objectContaining({ type: 'dhcp.request', state: 'renewing', address: lease.address }),
    )

    await client.release()
    await expect(amorce.tile(mac)).toHaveAttribute('data-stage', 'left')
    await client.stop()
  })
}

test('dhcpcd gets a lease, asks for it again after a break and gives it back', async ({ launch, network }) => {
  const amorce = await launch()
  await amorce.addExam()
  await amorce.startExam(examNic)
  const machine = await network.room.addMachine('pc')
  const mac = await machine.macOf('eth0')
  const client = new Dhcpcd(machine)

  const lease = await client.obtain()
  expect(lease).toMatchObject({ serverId: examAddress, leaseSeconds: 8 * 3600 })
  await expect(amorce.tile(mac)).toHaveAttribute('data-stage', 'leased')
  expect(await client.rebind()).toMatchObject({ address: lease.address, serverId: examAddress })
  await client.release()
  await expect(amorce.tile(mac)).toHaveAttribute('data-stage', 'left')
})

test('systemd-networkd gets a lease and gives it back', async ({ launch, network }) => {
  test.skip(!existsSync(Networkd.program), 'this system has no systemd-networkd')
  const amorce = await launch()
  await amorce.addExam()
  await amorce.startExam(examNic)
  const machine = await network.room.addMachine('pc')
  const mac = await machine.macOf('eth0')
  const client = new Networkd(machine)

  const { address, serverId } = await client.obtain()
  expect(serverId).toBe(examAddress)
  expect(address).toMatch(/^192\.168\.60\.\d+\/24$/)
  await expect(amorce.tile(mac)).toHaveAttribute('data-stage', 'leased')
  await client.stop()
  await expect(amorce.tile(mac)).toHaveAttribute('data-stage', 'left')
})

test('nmap sees one DHCP server, and it is this one', async ({ launch, network }) => {
  const amorce = await launch()
  await amorce.addExam()
  await amorce.startExam(examNic)
  const scanner = await network.room.addMachine('scanner', '192.168.60.250/24')

  const options = [
    '--script',
    'broadcast-dhcp-discover',
    '--script-args',
    'broadcast-dhcp-discover.timeout=8',
    '-e',
    'eth0',
  ]
  const said = await scanner.mustRun('nmap', options, { timeoutMs: 60_000 })
  expect(said).toContain('Response 1 of 1')
  expect(said).toMatch(/DHCP Message Type: DHCPOFFER/)
  expect(said).toMatch(/Server Identifier: 192\.168\.60\.1\n/)
  expect(said).toMatch(/Subnet Mask: 255\.255\.255\.0\n/)
  expect(said).toMatch(/IP Address Lease Time: 8h00m00s/)
  // An exam room has no way out.
  expect(said).not.toMatch(/Router:|Domain Name Server:/)
})

test('nothing is answered, and nothing is sent, on a NIC that was not chosen', async ({ launch, network }) => {
  const amorce = await launch()
  await amorce.addExam()
  const campus = await Capture.start(network.campus.namespace, network.campus.bridge)
  await amorce.startExam(examNic)

  const stranger = await network.campus.addMachine('stranger')
  const strangerMac = await stranger.macOf('eth0')
  const refused = new Udhcpc(stranger)
  refused.begin()
  await expect.poll(() => campus.framesFrom(strangerMac).length, { timeout: 20_000 }).toBeGreaterThanOrEqual(4)

  // The server is up and would answer: a machine of the room is served in the meantime.
  const served = await new Udhcpc(await network.room.addMachine('pc')).obtain()
  expect(served.serverId).toBe(examAddress)
  const asked = campus.framesFrom(strangerMac).length
  await expect.poll(() => campus.framesFrom(strangerMac).length, { timeout: 20_000 }).toBeGreaterThan(asked + 1)

  expect(campus.framesFrom(await network.laptop.macOf(otherNic))).toEqual([])
  expect(refused.heard.filter(({ event }) => event !== 'deconfig')).toEqual([])
  await expect(amorce.tile(strangerMac)).toHaveCount(0)

  await amorce.stopExam()
  const frames = await campus.stop()
  expect(frames.filter((frame) => frame.includes(examAddress))).toEqual([])
})
