import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '../support/fixtures.ts'
import { temporaryFolder } from '../support/temporary.ts'

test('a first start says what to do, and what each place is for', async ({ launch }) => {
  const amorce = await launch({ guide: true })
  const { page } = amorce
  await expect(page).toHaveTitle('Amorce')
  await amorce.expectFace('chooseNic')
  // The guide: a language, a card, a room; left and taken up at will.
  await expect(page.getByRole('heading', { name: 'Bienvenue dans Amorce' })).toBeVisible()
  await amorce.choose('guide-language', 'English')
  await expect(page.getByRole('heading', { name: 'Welcome to Amorce' })).toBeVisible()
  await amorce.choose('guide-language', 'Français')
  await page.getByTestId('guide-next').click()
  await expect(page.getByTestId('guide-skip')).toBeVisible()
  await page.getByTestId('guide-next').click()
  await page.getByTestId('guide-machines').fill('2001')
  await expect(page.getByTestId('guide-next')).toBeDisabled()
  await page.getByTestId('guide-machines').fill('24')
  await page.getByTestId('guide-room').fill('B104')
  await page.getByTestId('guide-next').click()
  await expect(page.getByTestId('room-name')).toHaveText('B104')
  await page.getByTestId('guide-next').click()
  expect(await amorce.settings()).toMatchObject({ guideDone: true, roomName: 'B104', expectedMachines: 24 })
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

test('practice data come and go, and the own data stay as they were', async ({ launch }) => {
  const dataFolder = temporaryFolder('practice')
  const amorce = await launch({ dataFolder, guide: true })
  const { page } = amorce
  const own = { assetTag: 'PC-1', type: 'pc', location: '', state: 'spare' } as const
  await amorce.call('stock.add', { ...own, manufacturer: '', model: '', serial: '', macs: [], uuid: '', notes: '' })
  for (let step = 1; step < 4; step++) await page.getByTestId('guide-next').click()
  await page.getByTestId('guide-practice').click()

  await expect(page.getByTestId('practice')).toBeVisible({ timeout: 30_000 })
  await amorce.expectFace('running', 30_000)
  expect((await amorce.items()).length).toBeGreaterThan(10)
  expect((await amorce.items('PC-1')).map(({ assetTag }) => assetTag)).not.toContain('PC-1')
  expect(await amorce.staysAwake()).toBe(true)

  await page.getByTestId('practice-end').click()
  await expect(page.getByTestId('practice')).toHaveCount(0, { timeout: 30_000 })
  await amorce.expectFace('chooseNic')
  expect((await amorce.items()).map(({ assetTag }) => assetTag)).toEqual(['PC-1'])
  expect(await amorce.staysAwake()).toBe(false)
  expect(existsSync(join(dataFolder, 'practice'))).toBe(false)
})
