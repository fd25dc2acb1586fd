import { join } from 'node:path'
import type { Theme } from '../../src/contract/index.ts'
import type { Amorce, Place } from './amorce.ts'
import { expect } from './fixtures.ts'
import { itemOfMachine, itemsOfStoreRoom } from './stockOfARoom.ts'

/** Gives the simulated room the names and the stock that a real one has. */
export async function furnish(amorce: Amorce): Promise<void> {
  const machines = (await amorce.machines()).sort((a, b) => (a.hostName ?? '').localeCompare(b.hostName ?? ''))
  for (const [index, machine] of machines.entries()) {
    const item = itemOfMachine(machine, index)
    // One that an earlier test added keeps its place and gets its name.
    if (machine.item) await amorce.call('stock.update', { id: machine.item.id, item })
    else await amorce.call('stock.add', item)
  }
  for (const item of itemsOfStoreRoom) await amorce.call('stock.add', item)
  await amorce.call('settings.save', { roomName: 'B104', expectedMachines: 24 })
}

/** Takes a picture of each main screen of a settled simulated room, as `<folder>/<screen>.png`. */
export async function photograph(amorce: Amorce, theme: Theme, folder: string): Promise<void> {
  const { page } = amorce
  const take = async (name: string): Promise<void> => {
    // Nothing may hang out of the window, once what slides in has arrived.
    await expect
      .poll(() => page.evaluate('[document.documentElement.scrollWidth, document.documentElement.scrollHeight]'))
      .toEqual(await page.evaluate('[innerWidth, innerHeight]'))
    await page.screenshot({ path: join(folder, `${name}.png`), animations: 'disabled', caret: 'hide' })
  }
  const visit = async (place: Place): Promise<void> => {
    await amorce.goTo(place)
    await expect(page.getByTestId(`nav-${place}`)).toHaveAttribute('aria-current', 'page')
  }
  await amorce.call('settings.save', { theme })
  if (theme !== 'system') await expect.poll(() => amorce.background()).toBe(theme)

  await visit('exam')
  await expect(page.getByTestId('toast')).toHaveCount(0, { timeout: 15_000 })
  await take('exam')
  await page.locator('[data-testid="tile"][data-trouble="secureBoot"]').click()
  await expect(amorce.machinePanel.getByTestId('timeline')).toBeVisible()
  await take('machine')
  await page.keyboard.press('Escape')
  await amorce.choose('exam-layout', 'Tableau')
  await expect(page.getByTestId('machine-row').first()).toBeVisible()
  await take('exam-table')
  await amorce.choose('exam-layout', 'Plan')
  await page.getByTestId('choose').click()
  await page.getByTestId('choose-all').click()
  await page.getByTestId('incidents').click()
  await expect(page.getByTestId('incident-panel')).toBeVisible()
  await take('exam-actions')
  await page.getByTestId('incidents').click()
  await page.getByTestId('choose').click()

  await visit('sittings')
  // Another test may have left the rooms open.
  await amorce.choose('sittings-tab', 'Épreuves')
  await page.getByTestId('sitting-row').first().click()
  await expect(page.getByTestId('candidate-row').first()).toBeVisible()
  await take('sitting')
  await amorce.choose('sitting-tab', 'Placement')
  await expect(page.getByTestId('seating-seat').first()).toBeVisible()
  await take('seating')
  await page.getByTestId('sitting-back').click()
  await take('sittings')
  await amorce.choose('sittings-tab', 'Salles')
  await page.getByTestId('room-card').first().click()
  await expect(page.getByTestId('plan-grid')).toBeVisible()
  await take('room')
  await page.getByTestId('room-back').click()
  await amorce.choose('sittings-tab', 'Épreuves')

  await visit('stock')
  await expect(page.getByTestId('stock-row').first()).toBeVisible()
  await take('stock')
  await page.getByTestId('stock-row').first().click()
  await expect(page.getByTestId('item-assetTag')).toBeVisible()
  await take('item')
  await page.keyboard.press('Escape')
  await expect(page.getByTestId('item-sheet')).toHaveCount(0)

  await visit('diagnosis')
  await expect(page.getByTestId('journal-row').first()).toBeVisible()
  await take('diagnosis')

  await visit('settings')
  await page.getByTestId('settings-profiles').click()
  await expect(page.getByTestId('profile-row').first()).toBeVisible()
  await take('settings-profiles')
  await page.getByTestId('settings-network').click()
  await expect(page.getByTestId('settings-httpPort')).toBeVisible()
  await take('settings-network')
  await visit('exam')
}
