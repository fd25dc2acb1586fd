import type { Page } from '@playwright/test'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Amorce } from '../support/amorce.ts'
import { expect, test } from '../support/fixtures.ts'
import { scan } from '../support/scanner.ts'
import { temporaryFolder } from '../support/temporary.ts'

const open = async (amorce: Amorce, tab: string): Promise<Page> => {
  await amorce.goTo('stock')
  await amorce.page.getByTestId(`stock-tab-${tab}`).click()
  return amorce.page
}
const item = (assetTag: string, changes: object = {}) => ({
  ...{ assetTag, type: 'pc', manufacturer: 'HP', model: 'ProDesk', serial: '', macs: [], uuid: '' },
  ...{ location: 'B104', state: 'spare' as const, notes: '' },
  ...changes,
})

test('consumables: what comes in and goes out adds up, is undone, and is ordered when it is low', async ({
  launch,
}) => {
  const amorce = await launch()
  const page = await open(amorce, 'consumables')
  await page.getByTestId('consumable-add').click()
  await page.getByTestId('consumable-name').fill('Toner TN-3480')
  await page.getByTestId('consumable-reference').fill('TN-3480')
  await page.getByTestId('consumable-threshold').fill('2')
  await page.getByTestId('consumable-target').fill('6')
  await page.getByTestId('consumable-save').click()

  await expect(page.getByTestId('move-quantity')).toBeVisible()
  await page.getByTestId('move-quantity').fill('5')
  await page.getByTestId('move-to').fill('Réserve / Étagère 1')
  await page.getByTestId('consumable-save').click()
  await expect(page.getByTestId('levels')).toContainText('5 · Réserve / Étagère 1')

  await page.getByTestId('move-kind').getByText('Sortie').click()
  await page.getByTestId('move-from').fill('Réserve / Étagère 1')
  await page.getByTestId('move-quantity').fill('9')
  await page.getByTestId('consumable-save').click()
  await expect(page.getByTestId('move-quantity')).toHaveAttribute('aria-invalid', 'true')
  await page.getByTestId('move-quantity').fill('4')
  await page.getByTestId('consumable-save').click()
  await expect(page.getByTestId('levels')).toContainText('1 · Réserve')

  await page.getByTestId('consumable-tab').getByText('Registre').click()
  await expect(page.getByTestId('ledger').locator('li')).toHaveCount(2)
  await page.keyboard.press('Escape')
  await expect(page.getByTestId('consumable-row')).toContainText('À commander')
  await page.getByTestId('list-files').click()
  await expect(page.getByTestId('paper-reorder')).toBeVisible()
  await page.keyboard.press('Escape')
  expect(await amorce.call('consumable.reorder', undefined)).toMatchObject([{ reference: 'TN-3480', order: 5 }])

  await page.getByTestId('consumable-row').click()
  await page.getByTestId('consumable-tab').getByText('Registre').click()
  await page.getByTestId('move-undo').first().click()
  await expect(page.getByTestId('ledger').locator('li')).toHaveCount(3)
  expect(
    await amorce.call('consumable.list', {
      search: '',
      categories: [],
      levels: [],
      sort: 'name',
      descending: false,
      offset: 0,
      limit: 10,
    }),
  ).toMatchObject({ consumables: [{ quantity: 5, level: 'ok' }] })
})

test('a shelf is counted with the scanner: the difference becomes a correction', async ({ launch }) => {
  const amorce = await launch()
  const { id } = await amorce.call('consumable.add', {
    ...{
      reference: 'A4',
      name: 'Papier',
      category: 'paper',
      manufacturer: '',
      barcode: '3660000',
      unit: '',
      supplier: '',
    },
    ...{
      supplierReference: '',
      priceCents: null,
      threshold: null,
      target: null,
      pages: null,
      printerModels: [],
      notes: '',
    },
  })
  await amorce.call('consumable.move', {
    consumableId: id,
    kind: 'in',
    quantity: 3,
    to: 'Réserve',
    reason: 'delivery',
    note: '',
  })
  await amorce.call('stock.add', item('PC-1', { location: 'Réserve' }))
  const page = await open(amorce, 'consumables')
  await page.getByTestId('count-start').click()
  await page.getByTestId('count-place').fill('Réserve')
  await page.getByTestId('count-begin').click()
  for (const code of ['3660000', '3660000', 'PC-1']) {
    await page.getByTestId('count-scan').fill(code)
    await page.keyboard.press('Enter')
    await expect(page.getByTestId('count-scan')).toHaveValue('')
  }
  await expect(page.getByTestId('count-item')).toContainText('Vu')
  await page.getByTestId('count-finish').click()
  await expect(page.getByTestId('consumable-row')).toContainText('2')
  expect(await amorce.call('consumable.get', id)).toMatchObject({ quantity: 2 })
})

test('a loan: lent from the list, seen on the item, returned and taken back', async ({ launch }) => {
  const amorce = await launch()
  for (const tag of ['PORT-1', 'PORT-2']) await amorce.call('stock.add', item(tag, { type: 'laptop' }))
  const page = await open(amorce, 'items')
  await page.getByTestId('stock-row').first().focus()
  await page.keyboard.press('x')
  await page.getByTestId('chosen-lend').click()
  await expect(page.getByTestId('loan-items')).toHaveValue('PORT-1')
  await page.getByTestId('loan-person').fill('M. Diallo')
  await page.getByTestId('loan-save').click()
  await expect(page.getByTestId('stock-row').first()).toContainText('Prêté')

  await page.getByTestId('stock-tab-loans').click()
  await page.getByTestId('loan-row').click()
  const due = async () =>
    (await amorce.call('loan.list', { search: '', filter: 'open', offset: 0, limit: 1 })).loans[0]?.dueOn
  const before = (await due()) ?? ''
  await expect(page.getByTestId('loan-due')).toHaveValue(before)
  await page.getByTestId('loan-due').fill('2031-02-28')
  await page.getByTestId('loan-extend').click()
  await expect(page.getByTestId('toast').last()).toContainText('Prêt prolongé jusqu’au 28/02/2031')
  expect(await due()).toBe('2031-02-28')
  await page.getByTestId('toast-action').last().click()
  await expect(page.getByTestId('loan-due')).toHaveValue(before)
  expect(await due()).toBe(before)

  await page.getByTestId('loan-condition').fill('Écran rayé')
  await page.getByTestId('loan-return').click()
  expect((await amorce.items('PORT-1'))[0]).toMatchObject({ state: 'spare' })
  await page.getByTestId('toast-action').last().click()
  await expect.poll(async () => (await amorce.items('PORT-1'))[0]?.state).toBe('loaned')
})

test('an intervention: reported from the item, worked on with a part from stock, solved', async ({ launch }) => {
  const amorce = await launch()
  await amorce.call('stock.add', item('PC-1'))
  const { id } = await amorce.call('consumable.add', {
    ...{
      reference: 'PSU',
      name: 'Alimentation',
      category: 'part',
      manufacturer: '',
      barcode: '',
      unit: '',
      supplier: '',
    },
    ...{
      supplierReference: '',
      priceCents: null,
      threshold: null,
      target: null,
      pages: null,
      printerModels: [],
      notes: '',
    },
  })
  await amorce.call('consumable.move', {
    consumableId: id,
    kind: 'in',
    quantity: 2,
    to: 'Réserve',
    reason: 'delivery',
    note: '',
  })
  const page = await open(amorce, 'items')
  await page.getByTestId('stock-row').click()
  await page.getByTestId('item-tab').getByText('Suivi').click()
  await page.getByTestId('item-report').click()
  await expect(page.getByTestId('intervention-item')).toHaveValue('PC-1')
  await page.getByTestId('intervention-title').fill('Ne démarre plus')
  await page.getByTestId('intervention-urgency').selectOption('3')
  await page.getByTestId('intervention-save').click()
  await page.getByTestId('intervention-row').click()
  await page.getByTestId('intervention-part').fill('psu')
  await page.getByTestId('intervention-part-use').click()
  await expect.poll(async () => (await amorce.call('consumable.get', id)).quantity).toBe(1)
  await page.getByTestId('intervention-note').fill('Alimentation changée')
  await page.getByTestId('intervention-minutes').fill('25')
  await page.getByTestId('intervention-state').selectOption('solved')
  await page.getByTestId('intervention-save').click()
  await expect(page.getByTestId('intervention-notes')).toContainText('Alimentation changée')
  expect(await amorce.call('intervention.get', 1)).toMatchObject({
    state: 'solved',
    minutes: 25,
    parts: [{ quantity: 1 }],
  })
})

test('a disposal batch: gathered from the list, wiped, collected, all disposed of at once', async ({ launch }) => {
  const amorce = await launch()
  for (const tag of ['OLD-1', 'OLD-2']) await amorce.call('stock.add', item(tag))
  const page = await open(amorce, 'items')
  await page.getByTestId('stock-all').check()
  await page.getByTestId('chosen-dispose').click()
  await page.getByTestId('dispose-new').click()
  await page.getByTestId('stock-tab-disposal').click()
  await page.getByTestId('batch-row').click()
  await page.getByTestId('batch-company').fill('Ecologic')
  await page.getByTestId('batch-date').fill('2026-01-15')
  await page.getByTestId('batch-close').click()
  await expect(page.getByTestId('batch-sheet').getByRole('alert')).toContainText('OLD-1, OLD-2')
  // One by itself, with its own number and file; then what is left.
  const items = page.getByTestId('batch-item')
  await items.nth(1).getByTestId('batch-item-choose').check()
  await expect(page.getByTestId('wipe-title')).toContainText('OLD-2')
  await page.getByTestId('wipe-go').click()
  await expect(page.getByTestId('wipe-note')).toBeInViewport()
  await page.getByTestId('wipe-kind').selectOption('destroyed')
  await page.getByTestId('wipe-date').fill('2026-01-12')
  await page.getByTestId('wipe-by').fill('Récup du Nord')
  await page.getByTestId('wipe-reference').fill('CERT-7')
  // What was typed stays, whoever else it is for.
  await items.nth(0).getByTestId('batch-item-choose').check()
  await expect(page.getByTestId('wipe-reference')).toHaveValue('CERT-7')
  await items.nth(0).getByTestId('batch-item-choose').uncheck()
  await page.getByTestId('wipe-note').click()
  await expect(items.nth(1)).toContainText('Support détruit · 12/01/2026 · Récup du Nord · CERT-7')
  const proof = join(temporaryFolder('proof'), 'certificat.txt')
  writeFileSync(proof, 'CERT-7')
  await amorce.answerDialogs({ open: [proof] })
  await items.nth(1).getByTestId('batch-item-file').click()
  await expect(items.nth(1).getByTestId('batch-item-file')).toHaveText('1')
  await page.getByTestId('batch-close').click()
  await expect(page.getByTestId('batch-sheet').getByRole('alert')).toContainText(/: OLD-1\. Notez/)
  await expect(page.getByTestId('wipe-title')).toContainText('OLD-1')
  await expect(page.getByTestId('wipe-reference')).toHaveValue('')
  await page.getByTestId('wipe-method').fill('nwipe')
  await page.getByTestId('wipe-by').fill('Ana')
  await page.getByTestId('wipe-note').click()
  await expect(items.nth(0)).toContainText('Effacé (NIST Clear) · nwipe')
  // What was written down by mistake goes, and comes back.
  await items.nth(0).getByTestId('batch-item-choose').check()
  await expect(page.getByTestId('wipe-method')).toHaveValue('nwipe')
  await page.getByTestId('wipe-remove').click()
  await expect(items.nth(0)).toContainText('Données à effacer')
  await page.getByTestId('toast-action').last().click()
  await expect(items.nth(0)).toContainText('nwipe')
  await page.getByTestId('batch-close').click()
  await expect(page.getByTestId('batch-row')).toContainText('Enlevé')
  expect((await amorce.items()).map(({ state }) => state)).toEqual(['disposed', 'disposed'])
})

test('many items are changed at once and changed back; a filter and columns are kept', async ({ launch }) => {
  const amorce = await launch()
  for (const tag of ['PC-1', 'PC-2', 'PC-3']) await amorce.call('stock.add', item(tag, { location: '' }))
  const page = await open(amorce, 'items')
  await page.getByTestId('stock-all').check()
  await page.getByTestId('chosen-edit').click()
  await page.getByTestId('many-value').fill('Bât. A / A12')
  await page.keyboard.press('Control+s')
  await expect(page.getByTestId('stock-row').last()).toContainText('Bât. A / A12')
  await page.getByTestId('toast-action').last().click()
  await expect(page.getByTestId('stock-row').last()).not.toContainText('A12')

  await page.locator('[data-search]').fill('PC-2')
  await expect(page.getByTestId('stock-row')).toHaveCount(1)
  await page.getByTestId('stock-filters').click()
  await page.getByTestId('stock-filter-name').fill('Le deuxième')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('menuitem', { name: 'Le deuxième', exact: true })).toBeVisible()
  await page.keyboard.press('Escape')
  expect(await amorce.call('savedList.list', 'items')).toMatchObject([{ name: 'Le deuxième' }])
})

test('what a scanner reads opens the item that bears it', async ({ launch }) => {
  const amorce = await launch()
  await amorce.call('stock.add', item('PC-0042', { serial: 'CZC94310T' }))
  const page = await open(amorce, 'overview')
  await expect(page.getByTestId('overview')).toBeVisible()
  await scan(page, 'CZC94310T')
  await expect(page.getByTestId('item-assetTag')).toHaveValue('PC-0042')
})

test('what a machine says otherwise waits for a person: kept, asked again, written down, or shown to be another item’s', async ({
  launch,
}) => {
  const amorce = await launch({ args: ['--demo', '--machines', '1'] })
  await expect(amorce.tiles).toHaveCount(1, { timeout: 30_000 })
  const { page } = amorce
  const mac = '02:00:00:00:00:77'
  const { id } = await amorce.call('stock.add', item('PC-1', { macs: [mac], model: 'Poste du fond' }))
  const other = await amorce.call('stock.add', item('UNI-7'))
  const http = (await amorce.services()).find(({ name }) => name === 'http')
  const report = async (facts: object): Promise<void> => {
    const answer = await fetch(`http://${http?.endpoint}/api/heartbeat`, {
      ...{ method: 'POST', headers: { 'content-type': 'application/json' } },
      body: JSON.stringify({ mac, stage: 'system', facts }),
    })
    expect(answer.status).toBe(200)
  }
  await report({ product: 'OptiPlex 7090', assetTag: 'UNI-7', serial: 'To be filled by O.E.M.' })

  await amorce.goTo('stock')
  await page.getByTestId('stock-row').filter({ hasText: 'Poste du fond' }).click()
  const proposals = page.getByTestId('item-proposals')
  await expect(proposals).toContainText('Modèle : OptiPlex 7090 au lieu de Poste du fond')
  await expect(proposals).toContainText('N° d’inventaire : UNI-7 au lieu de PC-1, mais une autre fiche l’a déjà')
  await page.getByTestId('proposal-other').click()
  await expect(page.getByTestId('item-assetTag')).toHaveValue('UNI-7')
  await amorce.call('stock.remove', other.id)
  await page.keyboard.press('Escape')

  await page.getByTestId('stock-row').filter({ hasText: 'Poste du fond' }).click()
  const tagProposal = proposals.locator('> div').filter({ hasText: 'UNI-7' })
  await tagProposal.getByTestId('proposal-refuse').click()
  await expect(tagProposal).toHaveCount(0)
  await expect(page.getByTestId('toast').last()).toContainText('La fiche garde : PC-1')
  await page.getByTestId('toast-action').last().click()
  await tagProposal.getByTestId('proposal-accept').click()
  await expect(page.getByTestId('item-assetTag')).toHaveValue('UNI-7')
  await expect(proposals).toContainText('OptiPlex 7090')
  expect(await amorce.call('stock.get', id)).toMatchObject({ assetTag: 'UNI-7', model: 'Poste du fond' })

  // What is written by hand needs no answer any more, nor keeps the item in the list of differences.
  await page.getByTestId('item-model').fill('OptiPlex 7090')
  await page.keyboard.press('Control+s')
  await expect.poll(async () => (await amorce.call('stock.relations', id)).proposals).toEqual([])
  const found = { sort: 'assetTag', descending: false, offset: 0, limit: 9, search: 'UNI-7' } as const
  expect((await amorce.call('stock.list', { ...found, states: [], types: [], withProposals: true })).total).toBe(0)
})
