import type { Amorce } from '../support/amorce.ts'
import { expect, test } from '../support/fixtures.ts'
import { temporaryFolder } from '../support/temporary.ts'

/** A sitting of six in a room of its own, whose machines boot. */
async function prepare(amorce: Amorce): Promise<void> {
  const room = await amorce.call('room.add', {
    ...{ name: 'B104', columns: 3, rows: 2, marks: [] },
    seats: Array.from({ length: 6 }, (_, i) => ({ label: `A${i + 1}`, column: i % 3, row: Math.floor(i / 3) })),
  })
  const { id } = await amorce.call('sitting.add', {
    ...{ title: 'Réseaux', module: 'R3.01', roomId: room.id, durationMinutes: 60, quorum: 0.5, warnings: [] },
  })
  const candidates = room.seats.map((_, i) => ({
    ...{ number: String(100 + i), lastName: `Nom${i + 1}`, firstName: 'Éva', group: '', extraMinutes: 0 },
  }))
  await amorce.call('roster.take', { sittingId: id, candidates })
  await amorce.call('seating.assign', {
    ...{ sittingId: id, order: 'list', separateGroups: false, extraTimeTogether: false },
  })
}

async function showPlan(amorce: Amorce): Promise<void> {
  await amorce.resize(1280, 800)
  await amorce.call('exam.startDemo', undefined)
  await amorce.goTo('exam')
  await expect(amorce.page.getByTestId('seat-plan')).toBeVisible({ timeout: 30_000 })
}

test('the plan is made larger and smaller by buttons, keys and the wheel, and stays so in its room', async ({
  launch,
}) => {
  const dataFolder = temporaryFolder('plan')
  const args = ['--machines', '6', '--failures', '', '--at-once']
  const amorce = await launch({ dataFolder, args })
  const { page } = amorce
  await prepare(amorce)
  await showPlan(amorce)
  const plan = page.getByTestId('seat-plan')
  const density = (name: string) => expect(plan).toHaveAttribute('data-density', name)
  const button = (what: string) => page.getByTestId(`plan-zoom-${what}`)

  // Six seats fit in the largest tiles there are.
  await density('huge')
  await expect(button('in')).toBeDisabled()
  await expect(button('fit')).toBeDisabled()
  await button('out').click()
  await density('large')
  await page.keyboard.press('-')
  await density('roomy')
  await page.keyboard.press('+')
  await density('large')

  // The wheel turns the plan with Ctrl alone.
  await plan.hover()
  await page.mouse.wheel(0, 120)
  await density('large')
  await page.keyboard.down('Control')
  for (const smaller of ['roomy', 'medium', 'small', 'dense']) {
    await page.mouse.wheel(0, 120)
    await density(smaller)
  }
  await expect(amorce.tiles.first()).toContainText('Nom1')
  await page.mouse.wheel(0, 120)
  await density('tiny')
  await page.keyboard.up('Control')
  await expect(button('out')).toBeDisabled()
  // Without the word for it; what is read out, and said at the pointer, tells all the same.
  await expect(amorce.tiles.first()).toHaveText('A1')
  await expect(amorce.tiles.first()).toHaveAttribute('title', /Nom1/)

  // A key that is typed into the search is a letter.
  await page.keyboard.press('/')
  await page.keyboard.press('+')
  await density('tiny')
  await page.keyboard.press('Escape')
  await amorce.close()

  const again = await launch({ dataFolder, args })
  await showPlan(again)
  const kept = again.page.getByTestId('seat-plan')
  await expect(kept).toHaveAttribute('data-density', 'tiny')
  await again.page.getByTestId('plan-zoom-fit').click()
  await expect(kept).toHaveAttribute('data-density', 'huge')
  expect((await again.settings()).planZooms).toEqual({})
})

test('a note is kept and taken back; no notification covers what is done to those who are chosen', async ({
  launch,
}) => {
  const amorce = await launch({ args: ['--machines', '6', '--failures', '', '--at-once'] })
  const { page } = amorce
  await prepare(amorce)
  await showPlan(amorce)
  await expect(amorce.tilesAt('ready')).toHaveCount(6, { timeout: 90_000 })
  const notes = async () => (await amorce.snapshot()).sittings![0]!.candidates.map(({ note }) => note)

  await amorce.tiles.first().click()
  const field = amorce.machinePanel.getByTestId('candidate-note')
  await field.fill('Arrivée en retard')
  await amorce.machinePanel.getByTestId('candidate-note-save').click()
  await expect.poll(notes).toContain('Arrivée en retard')
  await page.getByTestId('toast').filter({ hasText: 'Nom1' }).getByTestId('toast-action').click()
  await expect.poll(notes).toEqual(Array<string>(6).fill(''))
  await expect(field).toHaveValue('')
  await amorce.machinePanel.getByRole('button', { name: 'Fermer' }).click()

  await page.getByTestId('choose').click()
  await page.getByTestId('choose-all').click()
  const bar = page.getByTestId('chosen-bar')
  await bar.getByTestId('act-extend').click()
  await bar.getByTestId('act-do').click()
  const toast = page.getByTestId('toast').filter({ hasText: '+5 min' })
  await expect(toast).toBeVisible()
  await expect
    .poll(async () => {
      const [above, below] = [await toast.boundingBox(), await bar.boundingBox()]
      return above!.y + above!.height <= below!.y
    })
    .toBe(true)
})
