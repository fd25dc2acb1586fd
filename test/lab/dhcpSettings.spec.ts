import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Udhcpc } from '../support/dhcpClients.ts'
import { expect, labTest as test } from '../support/fixtures.ts'
import { LabNetwork } from '../support/namespaces.ts'
import { temporaryFolder } from '../support/temporary.ts'

const { examNic } = LabNetwork

const school = `authoritative;
default-lease-time 1800;
include "/etc/dhcp/more.conf";
subnet 192.168.60.0 netmask 255.255.255.0 {
  range 192.168.60.20 192.168.60.99;
  option ntp-servers 192.168.60.2;
  if option arch = 00:07 { filename "ipxe.efi"; }
}
host a1 { hardware ethernet 52:54:00:00:00:a1; fixed-address 192.168.60.11; }
`

test('what DHCP does is set in a form, imported with a preview, undone, exported, and served', async ({
  launch,
  network,
}) => {
  const amorce = await launch()
  await amorce.addExam()
  await amorce.chooseNic(examNic)
  const { page } = amorce
  await amorce.goTo('settings')
  await page.getByTestId('settings-network').click()
  const save = page.getByTestId('settings-save')

  // As it is typed: by itself, then with the network that it is for.
  await page.getByTestId('settings-poolStart').fill('192.168.60.2000')
  await expect(page.getByText('Une adresse IPv4 s’écrit comme')).toBeVisible()
  await page.getByTestId('settings-poolStart').fill('10.0.0.5')
  await expect(page.getByText('elle n’est pas dans le réseau de la carte')).toBeVisible()
  await save.click()
  expect((await amorce.settings()).poolStart).toBe('')
  await page.getByTestId('settings-poolStart').fill('192.168.60.100')
  await expect(page.getByText('elle n’est pas dans le réseau de la carte')).toHaveCount(0)

  await page.getByTestId('dhcp-unknown').selectOption('ignore')
  await page.getByTestId('dhcp-more').click()
  await page.getByTestId('dhcp-router').fill('192.168.60.254')
  await page.getByTestId('dhcp-option-add').click()
  await page.getByTestId('dhcp-option-code').fill('42')
  await page.getByTestId('dhcp-option-value').fill('192.168.60.2')
  await page.getByTestId('dhcp-subnet-add').click()
  await page.getByTestId('dhcp-subnet-network').fill('10.0.20.1/24')
  await page.getByTestId('dhcp-subnet-start').fill('10.0.20.10')
  await page.getByTestId('dhcp-subnet-end').fill('10.0.20.90')
  await expect(page.getByText('ce n’est pas la première adresse de ce réseau')).toBeVisible()
  await page.getByTestId('dhcp-subnet-network').fill('10.0.20.0/24')
  await expect(page.getByText('ce n’est pas la première adresse de ce réseau')).toHaveCount(0)
  await save.click()
  await expect
    .poll(() => amorce.settings())
    .toMatchObject({
      poolStart: '192.168.60.100',
      unknownMachines: 'ignore',
      router: '192.168.60.254',
      options: [{ code: 42, value: { type: 'addresses', addresses: ['192.168.60.2'] } }],
      subnets: [{ network: '10.0.20.0', prefix: 24 }],
    })

  // Another server's configuration is shown, taken, and given back.
  const file = join(temporaryFolder('conf'), 'dhcpd.conf')
  writeFileSync(file, school)
  await amorce.answerFileDialogs(file)
  await page.getByTestId('dhcp-import').click()
  await expect(page.getByTestId('dhcp-import-result')).toContainText('192.168.60.20 à 192.168.60.99')
  await expect(page.getByTestId('dhcp-import-notTaken')).toContainText('ligne 3')
  await expect(page.getByTestId('dhcp-import-notTaken')).toContainText('les fichiers inclus ne sont pas lus')
  expect((await amorce.settings()).poolStart).toBe('192.168.60.100')
  await page.getByTestId('dhcp-import-apply').click()
  await expect(page.getByTestId('settings-poolStart')).toHaveValue('192.168.60.20')
  await page.getByRole('button', { name: 'Revenir à avant' }).click()
  await expect(page.getByTestId('settings-poolStart')).toHaveValue('192.168.60.100')
  await page.getByTestId('dhcp-import').click()
  await page.getByTestId('dhcp-import-apply').click()
  await expect(page.getByTestId('settings-poolStart')).toHaveValue('192.168.60.20')
  expect(await amorce.settings()).toMatchObject({ unknownMachines: 'serve', leaseSeconds: 1800 })

  const exported = join(temporaryFolder('conf'), 'kea.json')
  await amorce.answerFileDialogs(exported)
  await page.getByTestId('dhcp-export-kea').click()
  await expect.poll(() => readFileSync(exported, 'utf8')).toContain('192.168.60.20')

  // And it is what a client gets: from the range, but for the machine that has one of its own.
  await amorce.goTo('exam')
  await amorce.expectFace('ready')
  await amorce.examButton.click()
  await amorce.expectFace('running', 30_000)
  const lease = await new Udhcpc(await network.room.addMachine('pc')).obtain()
  const last = Number(lease.address.split('.')[3])
  expect(last).toBeGreaterThanOrEqual(20)
  expect(last).toBeLessThanOrEqual(99)
  await amorce.stopExam()
})
