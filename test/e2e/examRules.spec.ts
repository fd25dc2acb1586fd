import { join } from 'node:path'
import { presetRules } from '../../src/contract/index.ts'
import type { Amorce } from '../support/amorce.ts'
import { expect, test } from '../support/fixtures.ts'

/** Where the pictures go that are looked at by hand; none are taken unless it is said. */
const pictures = process.env['AMORCE_PICTURES']
async function picture({ page }: Amorce, name: string): Promise<void> {
  if (pictures) await page.screenshot({ path: join(pictures, `${name}.png`) })
}

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

test('a sitting follows the rules of its profile until it has its own, and again when these are taken away', async ({
  launch,
}) => {
  const amorce = await launch()
  const { page } = amorce
  await amorce.resize(1280, 800)
  const profile = await amorce.call('profile.add', {
    name: 'Debian Live',
    system: 'linux',
    kernel: 'live/vmlinuz',
    initrds: ['live/initrd.img'],
    commandLine: 'boot=live fetch={server}/files/live/filesystem.squashfs',
  })
  const { id } = await amorce.call('sitting.add', {
    ...{ title: 'Algorithmique et structures de données, session de rattrapage', module: 'R1.01' },
    ...{ profileId: profile.id, durationMinutes: 60, quorum: 0.5, warnings: [] },
  })
  await amorce.goTo('sittings')
  await page.getByText('Algorithmique et structures').first().click()
  // Its profile locks nothing: there is nothing to change.
  await expect(page.getByTestId('sitting-edit')).toBeVisible()
  await expect(page.getByTestId('sitting-rules')).toBeHidden()
  await amorce.call('examRules.set', { profileId: profile.id, rules: { ...presetRules.programming, allowed: [] } })
  await amorce.goTo('settings')
  await amorce.goTo('sittings')

  await page.getByTestId('sitting-rules').click()
  const sheet = page.getByTestId('exam-rules-sheet')
  await expect(sheet.getByText('Cette épreuve suit les règles du profil « Debian Live ».')).toBeVisible()
  await expect(sheet.getByTestId('exam-rules-applications')).toHaveValue('geany\nxterm')
  await expect(sheet.getByTestId('exam-rules-remove')).toBeHidden()
  await sheet.getByTestId('exam-rules-applications').fill('evince')
  await picture(amorce, 'sitting-rules')
  await sheet.getByTestId('exam-rules-save').click()
  await expect(sheet).toBeHidden()
  expect(await amorce.call('examRules.ofSitting', id)).toMatchObject({ applications: ['evince'] })
  expect(await amorce.call('examRules.get', profile.id)).toMatchObject({ applications: ['geany', 'xterm'] })
  const copy = await amorce.call('sitting.duplicate', id)
  expect(await amorce.call('examRules.ofSitting', copy.id)).toMatchObject({ applications: ['evince'] })

  await page.getByTestId('sitting-rules').click()
  await expect(sheet.getByText('Cette épreuve a ses propres règles')).toBeVisible()
  await expect(sheet.getByTestId('exam-rules-applications')).toHaveValue('evince')
  await picture(amorce, 'sitting-rules-own')
  await sheet.getByRole('button', { name: 'Comme dans le profil' }).click()
  await expect(sheet).toBeHidden()
  expect(await amorce.call('examRules.ofSitting', id)).toBeNull()
  const { entries } = await amorce.call('sitting.journal', id)
  expect(entries.map(({ action }) => action)).toEqual(['create', 'ownRules', 'profileRules'])
})
