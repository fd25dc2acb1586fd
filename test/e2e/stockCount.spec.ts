import { expect, test } from '../support/fixtures.ts'

test('a consumable that lies in several lots is counted lot by lot: the scanner asks which, and goes on with it', async ({
  launch,
}) => {
  const amorce = await launch()
  const { page } = amorce
  const { id } = await amorce.call('consumable.add', {
    ...{ reference: 'TN-3480', name: 'Toner noir', category: 'cartridge', manufacturer: '', barcode: '4977766' },
    ...{ unit: '', supplier: '', supplierReference: '', priceCents: null, threshold: null, target: null },
    ...{ pages: null, printerModels: [], notes: '' },
  })
  for (const expiresOn of ['2031-01-31', '2032-06-30'])
    await amorce.call('consumable.move', {
      ...{ consumableId: id, kind: 'in', quantity: 3, to: 'Réserve', reason: 'delivery', note: '', expiresOn },
    })
  await amorce.goTo('stock')
  await page.getByTestId('stock-tab-consumables').click()
  await page.getByTestId('count-start').click()
  await page.getByTestId('count-place').fill('Réserve')
  await page.getByTestId('count-begin').click()
  const lines = page.getByTestId('count-line')
  await expect(lines).toHaveCount(2)
  const counted = lines.getByLabel('Compté')
  const scan = async (): Promise<void> => {
    await page.getByTestId('count-scan').fill('4977766')
    await page.keyboard.press('Enter')
    await expect(page.getByTestId('count-scan')).toHaveValue('')
  }

  await scan()
  await expect(page.getByTestId('count-lots')).toContainText('Toner noir')
  await expect(counted.first()).toHaveValue('')
  await page.getByTestId('count-lot').last().click()
  await expect(page.getByTestId('count-lots')).toHaveCount(0)
  await expect(counted.last()).toHaveValue('1')
  await expect(page.getByTestId('count-scan')).toBeFocused()
  await scan()
  await expect(counted.last()).toHaveValue('2')
  await lines.first().getByTestId('count-lot-here').click()
  await scan()
  await expect(counted.first()).toHaveValue('1')
  await expect(counted.last()).toHaveValue('2')

  await page.getByTestId('count-finish').click()
  await expect(page.getByTestId('count-finish')).toHaveCount(0)
  expect((await amorce.call('consumable.levels', id)).map(({ expiresOn, quantity }) => [expiresOn, quantity])).toEqual([
    ['2031-01-31', 1],
    ['2032-06-30', 2],
  ])
})
