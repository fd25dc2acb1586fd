import { expect, test } from '../support/fixtures.ts'
import { temporaryFolder } from '../support/temporary.ts'

test('a first start says what to do, and what each place is for', async ({ launch }) => {
  const amorce = await launch()
  const { page } = amorce
  await expect(page).toHaveTitle('Amorce')
  await amorce.expectFace('chooseNic')
  await expect(page.getByRole('heading', { name: 'Trois gestes, et la salle démarre' })).toBeVisible()
  await expect(page.getByTestId('start-demo')).toBeVisible()

  await amorce.goTo('stock')
  await expect(page.getByText('Le stock est vide')).toBeVisible()
  await amorce.goTo('diagnosis')
  await expect(page.getByText('Rien dans le journal')).toBeVisible()
  await amorce.goTo('settings')
  await expect(page.getByRole('heading', { name: 'Apparence' })).toBeVisible()

  // The button that asks for a NIC leads to the list of them.
  await amorce.goTo('exam')
  await amorce.examButton.click()
  await expect(page.getByTestId('nic-option').first()).toBeVisible()
})

test('language and theme change at once, and both are there again after a restart', async ({ launch }) => {
  const dataFolder = temporaryFolder('settings')
  const before = await launch({ dataFolder })
  await before.goTo('settings')
  await before.choose('theme', 'Sombre')
  await expect.poll(() => before.background()).toBe('dark')
  await before.choose('theme', 'Clair')
  await expect.poll(() => before.background()).toBe('light')
  await before.choose('theme', 'Sombre')

  await before.choose('language', 'English')
  await expect(before.page.getByTestId('nav-exam')).toHaveText('Exam')
  await expect(before.page.locator('html')).toHaveAttribute('lang', 'en')

  await before.page.getByTestId('settings-room').click()
  await before.page.getByTestId('settings-roomName').fill('B104')
  await before.page.getByTestId('settings-expectedMachines').fill('24')
  await before.page.keyboard.press('Control+s')
  await expect(before.page.getByTestId('room-name')).toHaveText('B104')
  await before.close()

  // No `--language` this time: what was chosen holds.
  const after = await launch({ dataFolder, language: undefined })
  await expect(after.page.getByTestId('nav-exam')).toHaveText('Exam')
  await expect(after.page.getByTestId('room-name')).toHaveText('B104')
  await expect.poll(() => after.background()).toBe('dark')
  expect(await after.settings()).toMatchObject({
    language: 'en',
    theme: 'dark',
    roomName: 'B104',
    expectedMachines: 24,
  })
})

test('a wrong value is said beside its field, and not saved', async ({ launch }) => {
  const amorce = await launch()
  await amorce.goTo('settings')
  await amorce.page.getByTestId('settings-network').click()
  await amorce.page.getByTestId('settings-httpPort').fill('70000')
  await amorce.page.getByTestId('settings-save').click()
  await expect(amorce.page.getByTestId('settings-httpPort')).toHaveAttribute('aria-invalid', 'true')
  expect((await amorce.settings()).httpPort).toBe(8067)
})

test('a second start on the same data leaves the first one alone', async ({ launch }) => {
  const dataFolder = temporaryFolder('twice')
  const first = await launch({ dataFolder })
  await expect(launch({ dataFolder })).rejects.toThrow()
  await first.expectFace('chooseNic')
})
