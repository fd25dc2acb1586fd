import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
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
