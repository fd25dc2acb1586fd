import { Udhcpc } from '../support/dhcpClients.ts'
import { expect, labTest as test } from '../support/fixtures.ts'
import { LabNetwork } from '../support/namespaces.ts'

const { examNic, examAddress, otherNic } = LabNetwork

test('every NIC is listed with its kind, address and link, and followed as it changes', async ({ launch, network }) => {
  const amorce = await launch()
  const nic = async (name: string) => (await amorce.snapshot()).nics?.find((each) => each.name === name)
  await expect
    .poll(() => nic(examNic))
    .toMatchObject({
      mac: await network.laptop.macOf(examNic),
      addresses: [{ address: examAddress, prefix: 24 }],
      link: 'up',
    })
  await network.laptop.ip('link', 'set', otherNic, 'down')
  await expect.poll(async () => (await nic(otherNic))?.link, { timeout: 15_000 }).toBe('down')
  await network.laptop.ip('link', 'delete', otherNic)
  await expect.poll(() => nic(otherNic), { timeout: 15_000 }).toBeUndefined()
})

test('a NIC without an address is given one with a click, until the exam stops', async ({ launch, network }) => {
  const addresses = () => network.laptop.ip('-4', '-o', 'address', 'show', 'dev', examNic)
  await network.laptop.ip('address', 'flush', 'dev', examNic)
  const amorce = await launch()
  await amorce.addExam()
  await amorce.chooseNic(examNic)
  await amorce.expectFace('blocked')
  await amorce.preflight.getByTestId('remedy-setAddress').click()
  await amorce.expectFace('ready')
  await amorce.examButton.click()
  await amorce.expectFace('running')

  const { address, prefix } = await amorce.exam()
  expect(await addresses()).toContain(`inet ${address}/${prefix}`)
  const lease = await new Udhcpc(await network.room.addMachine('pc')).obtain()
  expect(lease.serverId).toBe(address)

  await amorce.stopExam()
  await expect.poll(addresses).toBe('')
})

test('a cable that is pulled and put back does not end the exam', async ({ launch, network }) => {
  const amorce = await launch()
  await amorce.addExam()
  await amorce.startExam(examNic)
  const client = new Udhcpc(await network.room.addMachine('pc'))
  const lease = await client.obtain()

  await network.laptop.ip('link', 'set', examNic, 'down')
  await expect
    .poll(async () => (await amorce.journal(['exam'])).map(({ type }) => type), { timeout: 15_000 })
    .toContain('nic.changed')
  await network.laptop.ip('link', 'set', examNic, 'up')
  await expect
    .poll(async () => (await amorce.services()).map(({ state }) => state), { timeout: 15_000 })
    .toEqual(['running', 'running', 'running'])
  expect(await client.renew()).toMatchObject({ address: lease.address, serverId: examAddress })
  await new Udhcpc(await network.room.addMachine('pc')).obtain()
  await amorce.expectFace('running')
})
