import { demoTest as test, expect } from '../support/fixtures.ts'
import { itemOfMachine } from '../support/stockOfARoom.ts'

test('leases are seen in a table and as a picture of the pool, reserved, and freed', async ({ demo }) => {
  const { page } = demo
  await demo.goTo('diagnosis')
  await demo.choose('diagnosis-tab', 'Baux')
  const rows = page.getByTestId('lease-row')
  await expect(rows.first()).toBeVisible()
  await expect(page.getByTestId('lease-count')).toHaveText('24 baux')
  await expect(page.getByTestId('pool-count-leased')).toContainText('24')
  await expect(page.getByTestId('pool-cell')).toHaveCount(241)

  // A square tells who holds its address, and leads to the row.
  const machine = (await demo.machines()).find(({ stage, address }) => stage === 'ready' && address)
  const address = machine?.address ?? ''
  const cell = page.locator(`[data-testid="pool-cell"][data-address="${address}"]`)
  const row = page.locator(`[data-testid="lease-row"][data-address="${address}"]`)
  await expect(cell).toHaveAttribute('data-state', 'leased')
  await cell.hover()
  await expect(page.getByTestId('pool-told')).toContainText(`${address} `)
  await expect(page.getByTestId('pool-told')).toContainText('expire dans')
  await cell.click()
  await expect(row).toHaveAttribute('aria-selected', 'true')

  // As one types, also what the filter hides is found from the picture.
  await page.getByRole('searchbox').fill(machine?.mac ?? '')
  await expect(rows).toHaveCount(1)
  const other = page.locator(`[data-testid="pool-cell"][data-state="leased"]:not([data-address="${address}"])`).first()
  await other.click()
  await expect(page.getByRole('searchbox')).toHaveValue('')
  await expect(page.locator('[data-testid="lease-row"][aria-selected="true"]')).toBeVisible()
  await cell.click()

  // What can be undone is done at once.
  await row.getByTestId('lease-reserve').click()
  await expect(row.getByRole('img', { name: 'Adresse réservée à ce poste' })).toBeVisible()
  await page.getByRole('button', { name: 'Annuler la réservation' }).click()
  await expect(row.getByRole('img', { name: 'Adresse réservée à ce poste' })).toHaveCount(0)

  // By keyboard: reserve, then free, which is asked about since it cannot be undone.
  await row.focus()
  await page.keyboard.press('r')
  await expect(row.getByRole('img', { name: 'Adresse réservée à ce poste' })).toBeVisible()
  await row.focus()
  await page.keyboard.press('Delete')
  await page.getByRole('button', { name: 'Libérer l’adresse' }).click()
  await expect(row).toHaveAttribute('data-state', 'reserved')
  await expect(cell).toHaveAttribute('data-state', 'reserved')
  await expect(page.getByTestId('pool-count-reserved')).toContainText('1')
  await row.getByTestId('lease-reserve').click()
  await expect(cell).toHaveAttribute('data-state', 'free')

  // Chosen, a row tells who had the address, and lets its machine be asked and banned.
  await rows.nth(2).click()
  const detail = page.getByTestId('lease-detail')
  const chosen = page.locator('[data-testid="lease-row"][aria-selected="true"]')
  await expect(detail.getByTestId('history-address')).toContainText('en cours')
  await expect(detail.getByTestId('history-machine')).toContainText((await chosen.getAttribute('data-address')) ?? '?')
  await detail.getByTestId('lease-ping').click()
  await expect(page.getByTestId('toast').filter({ hasText: 'a répondu en' })).toBeVisible()
  await detail.getByTestId('lease-ban').click()
  await expect(detail.getByTestId('lease-banned')).toBeVisible()
  await expect(chosen.getByRole('img', { name: 'Banni : plus aucune réponse' })).toBeVisible()
  expect((await demo.settings()).deny).toHaveLength(1)
  await page.getByRole('button', { name: 'Annuler le bannissement' }).click()
  await expect(detail.getByTestId('lease-banned')).toHaveCount(0)
  expect((await demo.settings()).deny).toHaveLength(0)

  await demo.choose('diagnosis-tab', 'Journal')
  await demo.goTo('exam')
})

test('an item of the stock has its address reserved with one click; a machine says why it boots as it does', async ({
  demo,
}) => {
  const { page } = demo
  const machine = (await demo.machines()).find(({ stage, address }) => stage === 'ready' && address)
  if (!machine) throw new Error('no machine is ready')
  // An earlier test may have given it an item: a second one would leave open which of them it is.
  const assetTag = machine.item?.assetTag ?? 'E2E-1'
  if (!machine.item) await demo.call('stock.add', { ...itemOfMachine(machine, 0), assetTag })
  await demo.goTo('stock')
  await page.getByRole('searchbox').fill(assetTag)
  await expect(page.getByTestId('stock-row')).toHaveCount(1)
  await page.getByTestId('stock-row').click()
  const line = page.getByTestId('item-address')
  await expect(line).toContainText(`Adresse ${machine.address}`)
  await line.getByTestId('item-reserve').click()
  await expect(line).toContainText('réservée')
  await page.getByRole('button', { name: 'Annuler la réservation' }).click()
  await expect(line).not.toContainText('réservée')

  await page.getByTestId('item-machine').click()
  await expect(demo.machinePanel.getByTestId('firmware-why')).toContainText(
    'un iPXE qui annonce HTTP (option 175) reçoit son script',
  )
})
