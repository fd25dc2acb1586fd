import type { Amorce } from '../support/amorce.ts'
import { expect, test } from '../support/fixtures.ts'

async function addItem(amorce: Amorce, fields: { assetTag: string } & Partial<Record<string, string>>): Promise<void> {
  const { page } = amorce
  await page.getByTestId('stock-add').click()
  await fill(amorce, fields)
  await page.keyboard.press('Control+s')
  await expect(page.getByTestId('item-sheet')).toHaveCount(0)
}

async function fill({ page }: Amorce, fields: Partial<Record<string, string>>): Promise<void> {
  for (const [field, value] of Object.entries(fields)) await page.getByTestId(`item-${field}`).fill(value ?? '')
}

test('items are added, found, changed, taken off the shelf and brought back', async ({ launch }) => {
  const amorce = await launch()
  const { page } = amorce
  const rows = page.getByTestId('stock-row')
  await amorce.goTo('stock')
  await addItem(amorce, {
    assetTag: 'PC-001',
    manufacturer: 'Dell Inc.',
    model: 'OptiPlex 7090',
    location: 'B104 / A1',
  })
  await addItem(amorce, { assetTag: 'PC-002', manufacturer: 'HP', model: 'ProDesk 600', serial: 'CZC1234BCD' })
  await addItem(amorce, { assetTag: 'ECR-01', manufacturer: 'Iiyama', model: 'Écran 24"', location: 'Réserve' })
  await expect(rows).toHaveCount(3)

  // As one types: part of a word, without its accent, or of a serial number.
  for (const [search, assetTag] of [
    ['ecran', 'ECR-01'],
    ['czc12', 'PC-002'],
    ['b104', 'PC-001'],
  ] as const) {
    await page.getByRole('searchbox').fill(search)
    await expect(rows).toHaveCount(1)
    await expect(rows).toContainText(assetTag)
  }
  await page.getByRole('searchbox').fill('')
  await expect(rows).toHaveCount(3)

  await rows.filter({ hasText: 'PC-002' }).click()
  await fill(amorce, { location: 'B104 / A2' })
  await page.getByTestId('item-state').selectOption('underRepair')
  await page.getByTestId('item-save').click()
  await expect(rows.filter({ hasText: 'PC-002' })).toContainText('En réparation')
  await expect(rows.filter({ hasText: 'PC-002' })).toContainText('B104 / A2')

  await rows.filter({ hasText: 'PC-001' }).click()
  await page.getByTestId('item-remove').click()
  await expect(rows).toHaveCount(2)
  await page.getByTestId('toast-action').click()
  await expect(rows).toHaveCount(3)
})

test('an asset tag that is taken is refused beside its field, whatever its case', async ({ launch }) => {
  const amorce = await launch()
  await amorce.goTo('stock')
  await addItem(amorce, { assetTag: 'PC-001' })
  await amorce.page.getByTestId('stock-add').click()
  await fill(amorce, { assetTag: 'pc-001' })
  await amorce.page.getByTestId('item-save').click()
  await expect(amorce.page.getByTestId('item-assetTag')).toHaveAttribute('aria-invalid', 'true')
  expect(await amorce.items()).toHaveLength(1)
})
