import type { Locator } from '@playwright/test'
import { expect, test } from '../support/fixtures.ts'

const roster = [
  'Numéro;Nom;Prénom;Groupe;Tiers-temps',
  ...Array.from(
    { length: 40 },
    (_, i) => `${1000 + i};Candidat${i};Prénom${i};${i % 2 ? 'TD2' : 'TD1'};${i === 3 ? 'Oui' : ''}`,
  ),
  ';Sans numéro;;;',
].join('\n')

test('an exam of 40 candidates, from a pasted list to the end', async ({ launch }) => {
  test.setTimeout(240_000)
  const amorce = await launch({ args: ['--machines', '40'] })
  const { page } = amorce
  const seat = (label: string): Locator => page.locator(`[data-testid="tile"][data-seat="${label}"]`)

  // The room: five rows of eight.
  await amorce.goTo('sittings')
  await page.getByTestId('sittings-tab').getByText('Salles').click()
  await page.getByTestId('room-add').click()
  await page.getByTestId('plan-name').fill('B104')
  await page.getByTestId('room-rows').fill('5')
  await page.getByTestId('room-perRow').fill('8')
  await page.getByTestId('room-aisles').fill('4')
  await page.getByTestId('room-draw').click()
  await expect(page.getByTestId('room-count')).toHaveText('40 places')
  await page.getByTestId('room-save').click()
  await expect(page.getByTestId('sit-down')).toBeVisible()
  await page.getByTestId('room-back').click()

  // The sitting and its candidates.
  await page.getByTestId('sittings-tab').getByText('Épreuves').click()
  await page.getByTestId('sitting-add').click()
  await page.getByTestId('sitting-title').fill('Algorithmique')
  await page.getByTestId('sitting-save').click()
  await expect(page.getByTestId('sitting-missing')).toContainText('les candidats')
  await page.getByTestId('roster-open').click()
  await page.getByTestId('roster-text').fill(roster)
  await expect(page.getByTestId('roster-preview')).toContainText('40 candidats lus')
  await expect(page.getByTestId('roster-preview')).toContainText('Ligne 42')
  await page.getByTestId('roster-take').click()
  await expect(page.getByTestId('candidate-row')).toHaveCount(40)
  await expect(page.getByTestId('sitting-missing')).toContainText('une place')
  await page.getByTestId('sitting-tab').getByText('Placement').click()
  await page.getByTestId('seating-assign').click()
  await expect(page.getByTestId('sitting-missing')).toHaveCount(0)

  // The rehearsal.
  await amorce.call('settings.save', { invigilator: 'Ana' })
  await amorce.call('exam.startDemo', undefined)
  await amorce.goTo('exam')
  await expect(page.getByTestId('seat-plan')).toBeVisible()
  await expect(amorce.tiles).toHaveCount(40)
  await expect(page.getByTestId('quorum')).toContainText('il en faut 36')
  await expect(amorce.tilesAt('ready').nth(30)).toBeVisible({ timeout: 90_000 })
  await page.getByTestId('sitting-begin').click()
  await expect(page.getByTestId('remaining')).toContainText('01:59')

  // One candidate: time, a move, a lock with its code, a note.
  const first = amorce.tilesAt('ready').first()
  const label = (await first.getAttribute('data-seat')) ?? ''
  await first.click()
  await expect(page.getByTestId('unlock-code')).toHaveText(/^\d{6}$/)
  await amorce.machinePanel.getByTestId('act-lock').click()
  await amorce.machinePanel.getByTestId('act-text').fill('Téléphone')
  await amorce.machinePanel.getByTestId('act-do').click()
  await expect(seat(label)).toContainText('verrouillé')
  await amorce.machinePanel.getByTestId('act-unlock').click()
  await expect(seat(label)).not.toContainText('verrouillé')
  await amorce.machinePanel.getByTestId('act-extend').click()
  await amorce.machinePanel.getByTestId('act-text').fill('10')
  await amorce.machinePanel.getByTestId('act-do').click()
  await expect(seat(label)).toContainText(/0[12]:\d\d:\d\d/)
  await page.keyboard.press('Escape')

  // All of them.
  await page.getByTestId('choose').click()
  await page.getByTestId('choose-all').click()
  await page.getByTestId('chosen-bar').getByTestId('act-message').click()
  await page.getByTestId('act-text').fill('Il reste une heure')
  await page.getByTestId('act-do').click()
  await page.getByTestId('chosen-bar').getByRole('radio', { name: 'présent' }).click()
  await page.getByTestId('choose').click()
  const sitting = (await amorce.snapshot()).sittings?.[0]
  expect(sitting?.candidates.every(({ presence }) => presence === 'present')).toBe(true)

  // An incident that somebody writes, and acknowledges.
  await page.getByTestId('incidents').click()
  await page.getByTestId('incident-text').fill('Alarme incendie, fausse alerte')
  await page.getByTestId('incident-write').click()
  await page.getByTestId('incident-acknowledge').first().click()
  await page.getByTestId('incident-comment').fill('Rien')
  await page.getByTestId('incident-seen').click()
  await expect(page.getByTestId('incident').first()).toContainText('Rien')
  await page.getByTestId('incidents').click()

  // For the room: the time, and nobody's name.
  await page.getByTestId('project').click()
  await expect(page.getByTestId('projection')).toContainText('Algorithmique')
  await expect(page.getByTestId('projection')).not.toContainText('Candidat')
  await page.keyboard.press('Escape')
  await expect(page.getByTestId('projection')).toHaveCount(0)

  // The clock stands still, goes on, and the sitting ends.
  await page.getByTestId('sitting-pause').click()
  await expect(page.getByTestId('sitting-bar')).toHaveAttribute('data-state', 'paused')
  await page.getByTestId('sitting-go-on').click()
  await page.getByTestId('sitting-close').click()
  await page.getByRole('alertdialog').getByRole('button', { name: 'Terminer' }).click()
  await expect(page.getByTestId('sitting-bar')).toHaveCount(0)

  await amorce.goTo('sittings')
  await page.getByTestId('sitting-tab').getByText('Journal').click()
  const journal = page.getByTestId('sitting-journal')
  await expect(journal).toContainText('Départ donné')
  await expect(journal).toContainText('verrouillé : Téléphone')
  await expect(journal).toContainText('par Ana')
  await expect(page.getByText('Chaîne vérifiée')).toBeVisible()
})

test('seats learn their machines as these are switched on', async ({ launch }) => {
  const amorce = await launch({ args: ['--machines', '4'] })
  const { page } = amorce
  await amorce.goTo('sittings')
  await page.getByTestId('sittings-tab').getByText('Salles').click()
  await page.getByTestId('room-add').click()
  await page.getByTestId('plan-name').fill('B105')
  await page.getByTestId('room-csv').click()
  await page.getByTestId('room-csv-text').fill('place;colonne;rang\nX1;1;1\nX2;2;1\nX3;x;1')
  await page.getByTestId('room-csv-take').click()
  await expect(page.getByText('La ligne 4 n’a pas d’étiquette')).toBeVisible()
  await page.getByTestId('room-csv-text').fill('place;colonne;rang\nX1;1;1\nX2;2;1')
  await page.getByTestId('room-csv-take').click()
  await page.getByTestId('room-save').click()
  await page.getByTestId('sit-down').click()
  await expect(page.getByTestId('sit-down-bar')).toContainText('Allumez le poste de la place X1')
  await page.getByTestId('sit-down-stop').click()
  await expect(page.getByTestId('sit-down-bar')).toHaveCount(0)
})
