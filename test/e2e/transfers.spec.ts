import { demoTest as test, expect } from '../support/fixtures.ts'

test('every transfer is in a live table, filtered by result and machine, with what was moved over time', async ({
  demo,
}) => {
  const { page } = demo
  await demo.goTo('diagnosis')
  await demo.choose('diagnosis-tab', 'Transferts')
  const rows = page.getByTestId('transfer-row')
  await expect(rows.first()).toBeVisible()
  await expect(page.getByTestId('throughput').locator('canvas')).toBeVisible()

  // What the room fetched was counted, to the byte that the table tells.
  const page500 = {
    ...{ search: '', states: [], protocols: [], directions: [], mac: '' as const },
    ...{ sort: 'startedAt' as const, descending: true, offset: 0, limit: 500 },
  }
  const { transfers, all } = await demo.call('transfer.list', page500)
  expect(all).toBe(transfers.length)
  expect(new Set(transfers.map(({ protocol }) => protocol))).toEqual(new Set(['tftp', 'http']))
  const moved = transfers.reduce((sum, { bytes }) => sum + bytes, 0)
  const { sent } = await demo.call('transfer.throughput', { mac: '', seconds: 600 })
  await expect
    .poll(async () => {
      const now = await demo.call('transfer.throughput', { mac: '', seconds: 600 })
      return now.sent.reduce((sum, bytes) => sum + bytes, 0)
    })
    .toBeGreaterThanOrEqual(Math.min(moved, 1))
  expect(sent).toHaveLength(600)

  // The initrds are the most of it; a machine is chosen from its row, and its rows alone are left.
  await page.getByRole('searchbox').fill('initrd')
  await expect(page.locator('[data-testid="transfer-row"]:not([data-file*="initrd"])')).toHaveCount(0)
  await expect(rows.first()).toBeVisible()
  const mac = await rows.first().getAttribute('data-mac')
  await rows.first().click()
  await page.getByRole('searchbox').fill('')
  await expect(page.getByTestId('transfer-machine')).toHaveValue(mac ?? '')
  await expect(page.locator(`[data-testid="transfer-row"]:not([data-mac="${mac}"])`)).toHaveCount(0)
  await page.getByRole('button', { name: 'Effacer les filtres' }).click()
  await expect(page.getByTestId('transfer-count')).toContainText(/\d+ transferts/)

  await page.getByTestId('transfer-states').click()
  await page.getByRole('menuitemcheckbox', { name: 'taille demandée' }).click()
  await page.keyboard.press('Escape')
  await expect(page.locator('[data-testid="transfer-row"]:not([data-state="probe"])')).toHaveCount(0)
  await expect(rows.first()).toBeVisible()
  await page.getByRole('button', { name: 'Effacer les filtres' }).click()

  await demo.choose('diagnosis-tab', 'Journal')
  await demo.goTo('exam')
})
