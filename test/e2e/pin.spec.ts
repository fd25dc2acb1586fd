import { expect, test } from '../support/fixtures.ts'

test('a PIN is set, keeps start, stop and settings, and lets the rest be', async ({ launch }) => {
  const amorce = await launch({ args: ['--machines', '3'] })
  const { page } = amorce
  const prompt = page.getByTestId('pin-prompt')
  await amorce.goTo('settings')
  await page.getByTestId('settings-pin').click()
  await page.getByTestId('pin-new').fill('12')
  await page.getByTestId('pin-again').fill('2580')
  await page.getByTestId('pin-set').click()
  await expect(page.getByTestId('pin-new')).toHaveAttribute('aria-invalid', 'true')
  await page.getByTestId('pin-new').fill('2580')
  await page.getByTestId('pin-set').click()
  await expect(page.getByTestId('nav-pin')).toHaveText('Verrouiller')
  await page.getByTestId('nav-pin').click()
  await expect(page.getByTestId('nav-pin')).toHaveText('Déverrouiller')

  // What is refused is asked for, and done once it is given.
  await page.getByTestId('settings-room').click()
  await page.getByTestId('settings-roomName').fill('B104')
  await page.getByTestId('settings-save').click()
  await expect(prompt).toBeVisible()
  await expect(page.getByTestId('pin-field')).toBeFocused()
  await page.getByTestId('pin-field').fill('0000')
  await page.keyboard.press('Enter')
  await expect(prompt.getByText('Ce n’est pas le bon code')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(prompt).toHaveCount(0)
  expect((await amorce.settings()).roomName).toBe('')
  await page.getByTestId('settings-save').click()
  await page.getByTestId('pin-field').fill('2580')
  await page.getByTestId('pin-unlock').click()
  await expect(page.getByTestId('room-name')).toHaveText('B104')

  await amorce.call('exam.startDemo', undefined)
  await amorce.expectFace('running', 30_000)
  await page.getByTestId('nav-pin').click()
  await expect(amorce.call('exam.stop', undefined)).rejects.toThrow('pin.needed')
  await amorce.goTo('settings')
  await page.getByTestId('settings-look').click()
  await amorce.choose('theme', 'Sombre')
  await expect.poll(() => amorce.background()).toBe('dark')
  expect(await amorce.items()).toEqual([])

  // Closing the window would stop the exam as well: locked, the question has no such answer.
  const asked = await amorce.answerQuestions(2)
  await amorce.quit()
  await expect.poll(asked).toBe(1)
  await amorce.expectFace('running')

  // Holding the button asks for it.
  await amorce.examButton.hover()
  await page.mouse.down()
  await expect(prompt).toBeVisible({ timeout: 15_000 })
  await page.mouse.up()
  await page.getByTestId('pin-field').fill('2580')
  await page.keyboard.press('Enter')
  await expect.poll(async () => (await amorce.exam()).phase, { timeout: 20_000 }).toBe('idle')

  const told = (await amorce.journal(['exam'])).map(({ type }) => type).filter((type) => type.startsWith('pin.'))
  expect(told).toEqual(['pin.unlocked', 'pin.unlocked', 'pin.refused', 'pin.changed'])

  await amorce.goTo('settings')
  await page.getByTestId('settings-pin').click()
  await page.getByTestId('pin-current').fill('2580')
  await page.getByTestId('pin-remove').click()
  await expect(page.getByTestId('nav-pin')).toHaveCount(0)
})
