import type { Amorce } from '../support/amorce.ts'
import { expect, test } from '../support/fixtures.ts'

const who = 'Ana'

/** A rehearsal of six, two of whose machines fall silent in ways of their own. */
async function hold(amorce: Amorce): Promise<number> {
  await amorce.call('settings.save', { invigilator: who })
  const room = await amorce.call('room.add', {
    ...{ name: 'B104', columns: 3, rows: 2, marks: [] },
    seats: Array.from({ length: 6 }, (_, i) => ({ label: `A${i + 1}`, column: i % 3, row: Math.floor(i / 3) })),
  })
  const { id } = await amorce.call('sitting.add', {
    ...{ title: 'Réseaux', module: 'R3.01', roomId: room.id, durationMinutes: 60, quorum: 0.5, warnings: [] },
  })
  const candidates = room.seats.map((_, i) => ({
    ...{ number: String(100 + i), lastName: `Nom${i + 1}`, firstName: 'Éva', group: '', extraMinutes: i === 0 ? 5 : 0 },
  }))
  await amorce.call('roster.take', { sittingId: id, candidates })
  await amorce.call('seating.assign', {
    ...{ sittingId: id, order: 'list', separateGroups: false, extraTimeTogether: false },
  })
  await amorce.call('exam.startDemo', undefined)
  await amorce.goTo('exam')
  await expect(amorce.tilesAt('ready').nth(3)).toBeVisible({ timeout: 90_000 })
  await amorce.page.getByTestId('sitting-begin').click()
  await expect(amorce.page.getByTestId('remaining')).toBeVisible()
  return id
}

test('what the invigilator does to several at once can be undone for each as they were; what cannot is asked about', async ({
  launch,
}) => {
  test.setTimeout(240_000)
  const amorce = await launch({
    args: ['--machines', '6', '--failures', 'cablePulled,agentCrashed', '--at-once'],
  })
  const { page } = amorce
  const id = await hold(amorce)
  const sitting = async () => (await amorce.snapshot()).sittings!.find((each) => each.id === id)!
  const extra = async () => (await sitting()).candidates.map(({ extraMinutes }) => extraMinutes)
  const reasons = async () => (await sitting()).candidates.map(({ locked }) => locked?.reason ?? '')
  const presences = async () => new Set((await sitting()).candidates.map(({ presence }) => presence))
  const undo = (title: string) =>
    page.getByTestId('toast').filter({ hasText: title }).getByTestId('toast-action').click()
  const bar = page.getByTestId('chosen-bar')
  const act = async (what: string, text: string) => {
    await bar.getByTestId(`act-${what}`).click()
    await bar.getByTestId('act-text').fill(text)
    await bar.getByTestId('act-do').click()
  }

  // One is locked on their own; then everyone, and back.
  const [first] = (await sitting()).candidates
  await amorce.call('candidate.lock', { sittingId: id, candidateIds: [first!.id], reason: 'Téléphone', who })
  await page.getByTestId('choose').click()
  await page.getByTestId('choose-all').click()
  await act('lock', 'Alarme incendie')
  expect(await reasons()).toEqual(['Téléphone', ...Array<string>(5).fill('Alarme incendie')])
  await undo('5 postes verrouillés')
  await expect.poll(reasons).toEqual(['Téléphone', ...Array<string>(5).fill('')])
  await bar.getByTestId('act-unlock').click()
  await expect.poll(reasons).toEqual(Array<string>(6).fill(''))
  await undo('1 poste déverrouillé')
  await expect.poll(reasons).toEqual(['Téléphone', ...Array<string>(5).fill('')])

  // Nobody's time falls below what everyone has.
  await act('extend', '-10')
  await expect.poll(extra).toEqual([0, 0, 0, 0, 0, 0])
  await undo('-10 min')
  await expect.poll(extra).toEqual([5, 0, 0, 0, 0, 0])

  await bar.getByRole('radio', { name: 'absent' }).click()
  await expect.poll(presences).toEqual(new Set(['absent']))
  await undo('6 candidats')
  await expect.poll(presences).toEqual(new Set(['expected']))

  // What is on a screen would be lost.
  const boots = async () => (await amorce.machines()).filter(({ stage }) => stage === 'ready').length
  await bar.getByTestId('act-power-off').click()
  const question = page.getByRole('alertdialog')
  await expect(question).toContainText('6 postes s’éteignent')
  await question.getByRole('button', { name: 'Annuler' }).click()
  expect(await boots()).toBeGreaterThan(2)
  await bar.getByTestId('act-power-off').click()
  await question.getByRole('button', { name: 'Éteindre' }).click()
  await expect(amorce.tilesAt('left').nth(2)).toBeVisible({ timeout: 30_000 })
  await page.getByTestId('choose').click()

  // Those that were silent before are told apart, and were incidents.
  for (const [code, kind] of [
    ['machineGone', 'machineLost'],
    ['agentSilent', 'agentSilent'],
  ]) {
    await expect(page.locator(`[data-testid="tile"][data-trouble="${code}"]`)).toHaveCount(1, { timeout: 90_000 })
    await expect
      .poll(async () => (await amorce.snapshot()).incidents?.filter((incident) => incident.kind === kind).length, {
        // A verdict must stand for a while before it is an incident.
        timeout: 60_000,
      })
      .toBe(1)
  }

  // Who did all this is written down.
  await page.getByTestId('sitting-close').click()
  await question.getByRole('button', { name: 'Terminer' }).click()
  await amorce.goTo('sittings')
  if (await page.getByTestId('sitting-tab').isHidden()) await page.getByText('Réseaux').first().click()
  await page.getByTestId('sitting-tab').getByText('Journal').click()
  const journal = page.getByTestId('sitting-journal')
  for (const words of ['verrouillé : Alarme incendie', 'éteint', '-10 min'])
    await expect(journal.locator('li', { hasText: words }).first()).toContainText(`par ${who}`)

  // One of them asks for their data to be deleted; then all of them go.
  await page.getByTestId('sitting-tab').getByText('Candidats').click()
  await page.getByRole('button', { name: 'Nom2' }).click()
  await page.getByTestId('candidate-forget').click()
  await question.getByRole('button').last().click()
  await expect(page.getByTestId('candidate-row').filter({ hasText: 'Nom2' })).toHaveCount(0)
  await expect(page.getByTestId('candidate-row').filter({ hasText: 'Nom1' })).toHaveCount(1)
  await page.getByRole('button', { name: 'Effacer les données personnelles' }).click()
  await question.getByRole('button').last().click()
  await expect(page.getByTestId('candidate-row').filter({ hasText: 'Nom' })).toHaveCount(0)
  await page.getByTestId('sitting-tab').getByText('Journal').click()
  await expect(page.getByText('Chaîne vérifiée')).toBeVisible()
  expect(JSON.stringify((await amorce.call('sitting.journal', id)).entries)).not.toMatch(/Nom\d|Téléphone/)
})
