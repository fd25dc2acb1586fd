import { expect, test } from '../support/fixtures.ts'

test('an exam is run from start to stop without a mouse', async ({ launch }) => {
  const amorce = await launch({ args: ['--machines', '6'] })
  const { page } = amorce
  const { keyboard } = page

  await keyboard.press('Control+k')
  await keyboard.type('simulee')
  await keyboard.press('Enter')
  await amorce.expectFace('running')
  await expect(amorce.tiles).toHaveCount(6, { timeout: 30_000 })

  // One Tab stop for the whole plan, arrows within it.
  await amorce.tiles.first().focus()
  await keyboard.press('ArrowRight')
  const second = amorce.tiles.nth(1)
  await expect(second).toBeFocused()
  await keyboard.press('Enter')
  await expect(amorce.machinePanel).toHaveAttribute('data-mac', (await second.getAttribute('data-mac')) ?? '')
  await keyboard.press('Escape')
  await expect(amorce.machinePanel).toHaveCount(0)

  await keyboard.press('Alt+4')
  await expect(page.getByTestId('nav-stock')).toHaveAttribute('aria-current', 'page')
  await keyboard.press('Alt+1')
  await keyboard.press('/')
  await expect(page.getByRole('searchbox')).toBeFocused()
  await keyboard.press('Escape')

  await amorce.examButton.focus()
  await keyboard.press('Enter')
  await amorce.expectFace('running')
  // A key that is held repeats, also for a while after the exam has stopped.
  await expect(async () => {
    await keyboard.down('Enter')
    expect((await amorce.exam()).phase).toBe('idle')
  }).toPass({ intervals: [50], timeout: 15_000 })
  for (let repeat = 1; repeat <= 5; repeat++) await keyboard.down('Enter')
  await keyboard.up('Enter')
  await expect(page.getByTestId('nic-option')).toHaveCount(0)
  expect((await amorce.exam()).phase).toBe('idle')
})

test('a click does not stop an exam, a held button does, and letting go starts nothing', async ({ launch }) => {
  const amorce = await launch({ args: ['--demo', '--machines', '3'] })
  await amorce.expectFace('running')
  await amorce.examButton.click()
  await amorce.examButton.click()
  await amorce.expectFace('running')

  await amorce.stopExam()
  // Nor does it open the list of NICs, to which the button would lead now.
  await expect(amorce.page.getByTestId('nic-option')).toHaveCount(0)
})
