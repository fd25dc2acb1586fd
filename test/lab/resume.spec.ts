import { Dhclient, Udhcpc } from '../support/dhcpClients.ts'
import { expect, labTest as test } from '../support/fixtures.ts'
import { LabNetwork, type Namespace } from '../support/namespaces.ts'
import { temporaryFolder } from '../support/temporary.ts'

const { examNic, examAddress } = LabNetwork

test('an app killed during an exam takes it up again with the same leases and machines', async ({
  launch,
  network,
}) => {
  const dataFolder = temporaryFolder('killed')
  const before = await launch({ dataFolder })
  await before.addExam()
  await before.startExam(examNic)
  const { httpPort } = await before.settings()

  const clients = []
  for (const Client of [Udhcpc, Dhclient]) {
    const machine = await network.room.addMachine('pc')
    const mac = await machine.macOf('eth0')
    const client = new Client(machine)
    const { address } = await client.obtain()
    clients.push({ machine, mac, client, address })
  }
  for (const { machine, mac } of clients) await heartbeat(machine, mac, httpPort)
  for (const { mac } of clients) await expect(before.tile(mac)).toHaveAttribute('data-stage', 'ready')
  const { examId } = await before.exam()

  await before.kill()
  const after = await launch({ dataFolder })
  await expect
    .poll(async () => (await after.exam()).resumable)
    .toMatchObject({ examId, nic: examNic, address: examAddress, leases: 2, machines: 2, simulated: false })
  await after.page.getByTestId('resume-resume').click()
  await after.expectFace('running')

  expect(await after.exam()).toMatchObject({ phase: 'running', examId })
  for (const { mac, client, address } of clients) {
    await expect(after.tile(mac)).toHaveAttribute('data-stage', 'ready')
    expect(await client.renew()).toMatchObject({ address, serverId: examAddress })
  }
  const machines = await after.machines()
  expect(machines.map(({ mac, address }) => ({ mac, address })).sort(byMac)).toEqual(
    clients.map(({ mac, address }) => ({ mac, address })).sort(byMac),
  )

  // What was leased before the kill is not given to anybody else.
  const newcomer = await new Udhcpc(await network.room.addMachine('pc')).obtain()
  expect(clients.map(({ address }) => address)).not.toContain(newcomer.address)
})

const byMac = (a: { mac: string }, b: { mac: string }) => a.mac.localeCompare(b.mac)

async function heartbeat(machine: Namespace, mac: string, httpPort: number): Promise<void> {
  const url = `http://${examAddress}:${httpPort}/api/heartbeat`
  await machine.mustRun('curl', ['-sSf', '--json', JSON.stringify({ mac, stage: 'ready' }), url])
}
