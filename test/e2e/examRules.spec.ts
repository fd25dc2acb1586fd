import { expect, test } from '../support/fixtures.ts'

test('a profile becomes a locked-down exam by a few choices, and stops being one', async ({ launch }) => {
  const amorce = await launch()
  const { page } = amorce
  await amorce.resize(1280, 800)
  const { id } = await amorce.call('profile.add', {
    name: 'Debian Live',
    system: 'linux',
    kernel: 'live/vmlinuz',
    initrds: ['live/initrd.img'],
    commandLine: 'boot=live fetch={server}/files/live/filesystem.squashfs',
  })
  await amorce.goTo('settings')
  await page.getByTestId('settings-profiles').click()
  const row = page.getByTestId('profile-row').filter({ hasText: 'Debian Live' })
  await row.getByTestId('profile-rules').click()

  const sheet = page.getByTestId('exam-rules-sheet')
  await sheet.getByTestId('exam-rules-save').click()
  await expect(sheet.getByText('Une adresse qui commence par http:// ou https://, sans espace.')).toBeVisible()
  await sheet.getByTestId('exam-rules-url').fill('http://10.20.30.40/moodle/')
  await sheet.getByTestId('exam-rules-allowed').fill('10.2.0.0/16:443\npas un hôte')
  await expect(sheet.getByText('Un nom, une adresse ou un réseau par ligne, avec les ports après « : ».')).toBeVisible()
  await sheet.getByTestId('exam-rules-allowed').fill('10.2.0.0/16:443')
  await sheet.getByTestId('exam-rules-save').click()
  await expect(row.getByText('Examen verrouillé')).toBeVisible()
  expect(await amorce.call('examRules.get', id)).toMatchObject({
    kiosk: 'address',
    allowed: [
      { host: '10.2.0.0/16', ports: [443], addresses: ['10.2.0.0/16'] },
      { host: '10.20.30.40', ports: [80, 443], addresses: ['10.20.30.40'] },
    ],
  })

  await row.getByTestId('profile-rules').click()
  await sheet.getByTestId('preset-programming').click()
  await expect(sheet.getByTestId('exam-rules-applications')).toHaveValue('geany\nxterm')
  await sheet.getByTestId('exam-rules-save').click()
  await expect(sheet).toBeHidden()
  expect(await amorce.call('examRules.get', id)).toMatchObject({ kiosk: 'applications', terminal: true })

  await row.getByTestId('profile-rules').click()
  await sheet.getByTestId('exam-rules-remove').click()
  await expect(row.getByText('Examen verrouillé')).toBeHidden()
  await page.getByTestId('toast-action').click()
  await expect(row.getByText('Examen verrouillé')).toBeVisible()
  expect(await amorce.call('examRules.profiles', undefined)).toEqual([id])
})
