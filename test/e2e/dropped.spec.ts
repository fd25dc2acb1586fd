import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '../support/fixtures.ts'

test('a file that a machine drops over TFTP is on the screen at once, and is removed once that is confirmed', async ({
  launch,
}) => {
  test.setTimeout(60_000)
  const amorce = await launch()
  const { page } = amorce
  await amorce.resize(1280, 800)

  // Off until the technician wants it, under "plus".
  await amorce.goTo('settings')
  await page.getByTestId('settings-network').click()
  await page.getByTestId('dhcp-more').click()
  const uploads = page.getByTestId('settings-tftpUploads')
  await expect(uploads).not.toBeChecked()
  await uploads.check()
  await page.getByTestId('settings-tftpUploadMaxMb').fill('5000')
  await page.getByTestId('settings-save').click()
  await expect(page.getByText(/4.?096/)).toBeVisible()
  await page.getByTestId('settings-tftpUploadMaxMb').fill('1')
  await page.getByTestId('settings-save').click()
  await expect
    .poll(() => amorce.settings())
    .toMatchObject({ tftpUploads: true, tftpUploadMaxMb: 1, tftpUploadMaxFiles: 100, tftpSinglePort: false })

  await amorce.call('exam.startDemo', undefined)
  await expect
    .poll(async () => (await amorce.machines()).some(({ stage }) => stage === 'ready'), {
      timeout: 60_000,
    })
    .toBe(true)
  await amorce.goTo('diagnosis')
  await amorce.choose('diagnosis-tab', 'Dépôt')
  await expect(page.getByText('Aucun fichier déposé')).toBeVisible()

  const machine = (await amorce.machines()).find((each) => each.stage === 'ready' && each.address !== undefined)
  const endpoint = (await amorce.services()).find(({ name }) => name === 'tftp')?.endpoint
  const port = Number(endpoint?.split(':').at(-1))
  const report = Buffer.from('what the machine has to say\n')
  expect(await drop('rapport.txt', report, machine?.address ?? '', port)).toBe('kept')
  const row = page.getByTestId('dropped-file')
  await expect(row).toHaveCount(1)
  await expect(row).toContainText('rapport.txt')
  await expect(row).toContainText(machine?.address ?? 'an address')
  await expect(row).toContainText(machine?.hostName ?? 'Poste ')
  const kept = join(amorce.dataFolder, 'drop', machine?.address ?? '', 'rapport.txt')
  expect(readFileSync(kept)).toEqual(report)
  expect(await drop('rapport.txt', Buffer.from('another'), machine?.address ?? '', port), 'nothing is replaced').toBe(
    'error 6',
  )

  await row.getByTestId('dropped-remove').click()
  await page.getByRole('button', { name: 'Annuler' }).click()
  await expect(row).toHaveCount(1)
  await row.getByTestId('dropped-remove').click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Retirer' }).click()
  await expect(row).toHaveCount(0)
  expect(existsSync(kept)).toBe(false)
})

/** Less than a block, put by RFC 1350 alone: as the simplest ROM would, from the machine's own address. */
async function drop(name: string, bytes: Buffer, from: string, port: number): Promise<string> {
  const socket = createSocket('udp4')
  try {
    socket.bind(0, from)
    await once(socket, 'listening')
    socket.send(Buffer.from(`\0\x02${name}\0octet\0`), port, '127.60.0.1')
    for (;;) {
      const [packet, server] = (await once(socket, 'message')) as [Buffer, { port: number; address: string }]
      if (packet.readUInt16BE(0) === 5) return `error ${packet.readUInt16BE(2)}`
      if (packet.readUInt16BE(2) === 1) return 'kept'
      socket.send(Buffer.concat([Buffer.from([0, 3, 0, 1]), bytes]), server.port, server.address)
    }
  } finally {
    socket.close()
  }
}
