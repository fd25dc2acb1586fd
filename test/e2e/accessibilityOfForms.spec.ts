import { resolve, join } from 'node:path'
import { writeFileSync } from 'node:fs'
import { presetRules } from '../../src/contract/index.ts'
import { smallIso } from '../../src/media/testdata/smallIso.ts'
import { AccessibilityWalk } from '../support/accessibility.ts'
import type { Amorce } from '../support/amorce.ts'
import { expect, test } from '../support/fixtures.ts'
import { publisherKey, stickWith } from '../support/release.ts'
import { temporaryFolder } from '../support/temporary.ts'

// What is filled in, chosen and confirmed: the screens that open over the ones that accessibility.spec.ts walks through.

// Each screen is gone through three times.
test.describe.configure({ timeout: 180_000 })

/** Opens a form, looks at it, and at what it says to one who leaves it empty. */
async function lookAtForm({ page }: Amorce, walk: AccessibilityWalk, opener: string, name: string): Promise<void> {
  await page.getByTestId(opener).first().click()
  await expect(page.getByTestId(`${name}-save`)).toBeVisible()
  await walk.look(`${name}, new`)
  await page.getByTestId(`${name}-save`).click()
  await walk.look(`${name}, left empty`)
  await page.keyboard.press('Escape')
  await expect(page.getByTestId(`${name}-sheet`)).toHaveCount(0)
}

test('the guide of the first start, by the keyboard alone, and in both themes and at 200 %', async ({ launch }) => {
  const amorce = await launch({ guide: true })
  const { page } = amorce
  const { keyboard } = page
  const walk = await AccessibilityWalk.begin(amorce)
  /** What has the keyboard once Tab has been pressed as often as it takes. */
  const tabTo = async (testId: string): Promise<void> => {
    await expect(async () => {
      await keyboard.press('Tab')
      await expect(page.getByTestId(testId).first()).toBeFocused({ timeout: 50 })
    }).toPass({ intervals: [0], timeout: 20_000 })
  }
  const step = (number: number) => page.getByRole('heading', { name: `Étape ${number} sur 4` })

  await expect(step(1)).toBeAttached()
  await walk.look('guide, the look')
  await tabTo('guide-next')
  await keyboard.press('Enter')
  await expect(step(2)).toBeAttached()
  await walk.look('guide, the card')
  await tabTo('guide-next')
  await keyboard.press('Enter')
  await expect(step(3)).toBeAttached()
  await tabTo('guide-room')
  await keyboard.type('B104')
  await keyboard.press('Tab')
  await keyboard.type('2001')
  await walk.look('guide, the room, with a fault')
  await expect(page.getByTestId('guide-machines')).toHaveAttribute('aria-invalid', 'true')
  await keyboard.press('Control+a')
  await keyboard.type('24')
  await keyboard.press('Enter')
  await expect(step(4)).toBeAttached()
  await walk.look('guide, the start')
  await tabTo('guide-next')
  await keyboard.press('Space')
  await expect(page.getByTestId('start-demo')).toBeVisible()
  await walk.look('first steps')
  expect(await amorce.settings()).toMatchObject({ guideDone: true, roomName: 'B104', expectedMachines: 24 })

  await amorce.goTo('stock')
  await walk.look('empty stock')
  await amorce.goTo('sittings')
  await walk.look('no sittings')
  await amorce.goTo('diagnosis')
  await walk.look('empty journal')
  expect(walk.faults).toEqual([])
})

test('the PIN, by the keyboard alone, and in both themes and at 200 %', async ({ launch }) => {
  const amorce = await launch()
  const { page } = amorce
  const { keyboard } = page
  const walk = await AccessibilityWalk.begin(amorce)
  await amorce.goTo('settings')
  await page.getByTestId('settings-pin').focus()
  await keyboard.press('Enter')
  await page.getByTestId('pin-new').focus()
  await keyboard.type('12')
  await keyboard.press('Tab')
  await keyboard.type('2580')
  await keyboard.press('Enter')
  await expect(page.getByTestId('pin-new')).toHaveAttribute('aria-invalid', 'true')
  await walk.look('a PIN that is too short')
  await page.getByTestId('pin-new').focus()
  await keyboard.press('Control+a')
  await keyboard.type('2580')
  await keyboard.press('Enter')
  await expect(page.getByTestId('nav-pin')).toHaveText('Verrouiller')
  await walk.look('a PIN that is set')
  await page.getByTestId('nav-pin').focus()
  await keyboard.press('Enter')
  await expect(page.getByTestId('nav-pin')).toHaveText('Déverrouiller')

  const prompt = page.getByTestId('pin-prompt')
  await keyboard.press('Enter')
  await expect(page.getByTestId('pin-field')).toBeFocused()
  await walk.look('the question for it')
  await page.getByTestId('pin-field').focus()
  await keyboard.type('0000')
  await keyboard.press('Enter')
  await expect(prompt.getByText('Ce n’est pas le bon code')).toBeVisible()
  // Whoever cannot see it is told as well, and is where it is typed again.
  await expect(page.getByTestId('pin-field')).toHaveAttribute('aria-invalid', 'true')
  await expect(page.getByTestId('pin-field')).toBeFocused()
  await walk.look('a wrong PIN')
  // The dialogue keeps the keyboard to itself, and gives it back to what opened it.
  for (let press = 0; press < 8; press++) await keyboard.press('Tab')
  await expect(prompt.locator(':focus')).toHaveCount(1)
  await keyboard.press('Escape')
  await expect(page.getByTestId('nav-pin')).toBeFocused()
  expect(walk.faults).toEqual([])
})

test('what is lent, repaired and disposed of, in both themes and at 200 %', async ({ launch }) => {
  const amorce = await launch()
  const { page } = amorce
  const item = {
    ...{ type: 'pc', manufacturer: 'Dell', model: 'OptiPlex', serial: '', macs: [], uuid: '', notes: '' },
    ...{ state: 'spare' as const, location: 'Armoire', memoryMiB: 16_384 },
  }
  const broken = await amorce.call('stock.add', { ...item, assetTag: 'PC-7', state: 'inService', location: 'B104' })
  await amorce.call('stock.add', { ...item, assetTag: 'RES-2' })
  await amorce.call('intervention.add', {
    ...{ title: 'Ne démarre plus', description: '', kind: 'failure', urgency: 3, impact: 2 },
    ...{ itemId: broken.id, location: '', requester: '', assignee: '' },
  })
  const walk = await AccessibilityWalk.begin(amorce)
  await amorce.goTo('stock')
  await page.getByTestId('stock-tab-loans').click()
  await lookAtForm(amorce, walk, 'loan-add', 'loan')
  await page.getByTestId('stock-tab-interventions').click()
  await lookAtForm(amorce, walk, 'intervention-add', 'intervention')
  await page.getByTestId('stock-tab-disposal').click()
  await lookAtForm(amorce, walk, 'batch-add', 'batch')
  await page.getByTestId('stock-tab-overview').click()
  await expect(page.getByTestId('swap-now')).toBeVisible()
  await walk.look('a PC to swap')
  expect(walk.faults).toEqual([])
})

test('items, consumables and places, in both themes and at 200 %', async ({ launch }) => {
  const amorce = await launch()
  const { page } = amorce
  const walk = await AccessibilityWalk.begin(amorce)
  await amorce.goTo('stock')
  await lookAtForm(amorce, walk, 'stock-add', 'item')
  await page.getByTestId('stock-tab-consumables').click()
  await lookAtForm(amorce, walk, 'consumable-add', 'consumable')
  await page.getByTestId('stock-tab-references').click()
  await lookAtForm(amorce, walk, 'reference-add', 'location')
  expect(walk.faults).toEqual([])
})

test('import and labels, in both themes and at 200 %', async ({ launch }) => {
  const amorce = await launch()
  const { page } = amorce
  const walk = await AccessibilityWalk.begin(amorce)
  await amorce.goTo('stock')
  await amorce.answerDialogs({ open: [resolve('src', 'exchange', 'testdata', 'glpi-fr.csv')] })
  await page.getByTestId('stock-import').click()
  await walk.look('import, which file')
  await page.getByTestId('import-choose').click()
  await expect(page.getByTestId('import-column')).toHaveCount(13)
  await walk.look('import, its columns')
  await page.getByTestId('import-check').click()
  await expect(page.getByTestId('import-count-refused')).toHaveText('2 refusés')
  await walk.look('import, what it would change')
  await page.getByTestId('import-apply').click()
  await expect(page.getByTestId('import-result')).toBeVisible()
  await walk.look('import, done')
  await page.getByTestId('import-close').click()
  await page.getByTestId('stock-files').click()
  await walk.look('a menu')
  await page.getByRole('menuitem', { name: /tiquettes/ }).click()
  await expect(page.getByTestId('labels-page')).toBeVisible()
  await walk.look('labels')
  expect(walk.faults).toEqual([])
})

test('profiles, exam rules, media and updates, in both themes and at 200 %', async ({ launch }) => {
  const installedAt = temporaryFolder('installed')
  const publisher = publisherKey()
  const amorce = await launch({
    env: { AMORCE_INSTALLED_AT: installedAt, AMORCE_UPDATE_PUBLIC_KEY: publisher.publicKey },
  })
  const { page } = amorce
  const profile = await amorce.call('profile.add', {
    name: 'Debian Live',
    system: 'linux',
    kernel: 'live/vmlinuz',
    initrds: ['live/initrd.img'],
    commandLine: 'boot=live fetch={server}/files/live/filesystem.squashfs',
  })
  await amorce.call('examRules.set', { profileId: profile.id, rules: { ...presetRules.programming, allowed: [] } })
  const image = join(temporaryFolder('media'), 'Poste d’examen.iso')
  writeFileSync(image, smallIso({ 'LIVE/VMLINUZ': 'MZ', 'LIVE/INITRD.IMG': '070701', 'LIVE/FILESYST.SQUASHFS': 'no' }))
  const walk = await AccessibilityWalk.begin(amorce)
  await amorce.goTo('settings')
  await page.getByTestId('settings-profiles').click()
  await lookAtForm(amorce, walk, 'profile-add', 'profile')
  await page.getByTestId('profile-rules').first().click()
  await expect(page.getByTestId('exam-rules-applications')).toBeVisible()
  await walk.look('exam rules')
  await page.keyboard.press('Escape')

  await amorce.answerDialogs({ open: [image] })
  await page.getByTestId('media-add').click()
  await walk.look('a medium, which')
  await page.getByTestId('media-image').click()
  await expect(page.getByTestId('media-draft')).toContainText('Debian Live')
  await walk.look('a medium, what it is')
  await page.getByTestId('media-take').click()
  await expect(page.getByTestId('media-check')).toBeVisible()
  await walk.look('a medium, what is wrong with it')
  await page.keyboard.press('Escape')

  await page.getByTestId('settings-updates').click()
  await amorce.answerDialogs({ open: [stickWith('9.9.9', publisherKey().privatePem)] })
  await page.getByTestId('update-folder').click()
  await expect(page.getByTestId('update-refused')).toBeVisible()
  await walk.look('an update that is refused')
  await amorce.answerDialogs({ open: [stickWith('9.9.9', publisher.privatePem)] })
  await page.getByTestId('update-folder').click()
  await expect(page.getByTestId('update-offer')).toBeVisible()
  await walk.look('an update on offer')
  expect(walk.faults).toEqual([])
})

test('rooms, sittings and rosters, in both themes and at 200 %', async ({ launch }) => {
  const roster = join(temporaryFolder('rosters'), 'liste.csv')
  writeFileSync(
    roster,
    'Numéro;Nom;Prénom;Groupe;Tiers-temps\n22101;Noël;Éva;TD1;\n;Sans numéro;;;\n22102;Ünal;Zoé;TD2;Oui',
  )
  const amorce = await launch()
  const { page } = amorce
  const walk = await AccessibilityWalk.begin(amorce)
  await amorce.goTo('sittings')
  await page.getByTestId('sitting-add').click()
  await page.getByTestId('sitting-more').click()
  await walk.look('a new sitting')
  await page.getByTestId('sitting-title').fill('Algorithmique')
  await page.getByTestId('sitting-save').click()
  await page.getByTestId('roster-open').click()
  await amorce.answerDialogs({ open: [roster] })
  await page.getByTestId('roster-file').click()
  await expect(page.getByTestId('roster-preview')).toContainText('Ligne 3')
  await walk.look('a roster')
  await page.getByTestId('roster-take').click()
  await expect(page.getByTestId('candidate-row')).toHaveCount(2)
  await page.getByTestId('sitting-back').click()
  await amorce.choose('sittings-tab', 'Salles')
  await page.getByTestId('room-add').click()
  await page.getByTestId('room-draw').click()
  await expect(page.getByTestId('plan-seat').first()).toBeVisible()
  await walk.look('a room that is drawn')
  expect(walk.faults).toEqual([])
})
