import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Page } from '@playwright/test'
import { smallIso } from '../../src/media/testdata/smallIso.ts'
import { expect, test } from '../support/fixtures.ts'
import { temporaryFolder } from '../support/temporary.ts'

test('an ISO image becomes a boot profile; what is wrong with its files is said', async ({ launch }) => {
  const image = join(temporaryFolder('media'), 'Poste d’examen.iso')
  const files = { 'LIVE/VMLINUZ': 'MZ, a kernel', 'LIVE/INITRD.IMG': '070701', 'LIVE/FILESYST.SQUASHFS': 'no squashfs' }
  writeFileSync(image, smallIso(files))
  const amorce = await launch()
  const { page } = amorce
  await amorce.answerDialogs({ open: [image] })
  await amorce.goTo('settings')
  await page.getByTestId('settings-profiles').click()
  await page.getByTestId('media-add').click()
  await page.getByTestId('media-image').click()
  await expect(page.getByTestId('media-draft')).toContainText('Debian Live')
  await expect(page.getByTestId('media-command-line')).toHaveValue(/fetch=\{server\}\/files\/Poste-d-examen\//)
  await page.getByTestId('media-name').fill('Examen sous Debian')
  await page.getByTestId('media-take').click()
  await expect(page.getByTestId('media-done')).toContainText('Examen sous Debian')
  // What is wrong with it is said at once.
  await expect(page.getByTestId('media-check')).toContainText('ce n’est pas un système squashfs')
  await page.keyboard.press('Escape')

  const row = page.getByTestId('profile-row').filter({ hasText: 'Examen sous Debian' })
  await row.getByTestId('profile-inspect').click()
  const check = page.getByTestId('profile-check')
  await expect(check).toContainText('ce n’est pas un système squashfs')
  await expect(check).not.toContainText('ce n’est pas un noyau')
})

test('a folder and a .wim are dropped where an image is asked for', async ({ launch }) => {
  const folder = join(temporaryFolder('dropped'), 'Debian d’examen')
  const kernel = Buffer.alloc(1024)
  kernel.write('HdrS', 0x202, 'latin1')
  const netboot = join(folder, 'debian-installer', 'amd64')
  mkdirSync(netboot, { recursive: true })
  writeFileSync(join(netboot, 'linux'), kernel)
  writeFileSync(join(netboot, 'initrd.gz'), gzipSync('no archive'))
  const wim = join(folder, '..', 'Réparation.wim')
  writeFileSync(wim, Buffer.concat([Buffer.from('MSWIM\0\0\0', 'latin1'), Buffer.alloc(5000)]))

  const amorce = await launch()
  const { page } = amorce
  await amorce.goTo('settings')
  await page.getByTestId('settings-profiles').click()
  await page.getByTestId('media-add').click()
  await drop(page, folder)
  await expect(page.getByTestId('media-draft')).toContainText('Debian d’examen')
  await expect(page.getByTestId('media-draft')).toContainText('Debian-d-examen/')
  await page.getByTestId('media-take').click()
  await expect(page.getByTestId('media-done')).toBeVisible()
  expect(readFileSync(join(amorce.dataFolder, 'boot', 'Debian-d-examen', 'vmlinuz'))).toEqual(kernel)
  await page.keyboard.press('Escape')

  await page.getByTestId('media-add').click()
  await drop(page, wim)
  await expect(page.getByTestId('media-draft')).toContainText('Réparation.wim')
  // What starts it is not in a .wim alone, and nothing of it is taken by halves.
  await expect(page.getByTestId('media-problem')).toContainText('BCD')
  await expect(page.getByTestId('media-take')).toBeDisabled()
  expect(readdirSync(join(amorce.dataFolder, 'boot'))).toEqual(['Debian-d-examen'])
})

/** As the hand of a person does it, with what the file manager gives to the window. */
async function drop(page: Page, path: string): Promise<void> {
  const session = await page.context().newCDPSession(page)
  const place = await page.getByTestId('media-drop').boundingBox()
  if (!place) throw new Error('there is nowhere to drop it')
  const at = { x: place.x + place.width / 2, y: place.y + place.height / 2 }
  const data = { items: [], files: [path], dragOperationsMask: 1 }
  for (const type of ['dragEnter', 'dragOver', 'drop'] as const)
    await session.send('Input.dispatchDragEvent', { type, ...at, data })
  await session.detach()
}
