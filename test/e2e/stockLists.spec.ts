import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, test } from '../support/fixtures.ts'
import { temporaryFolder } from '../support/temporary.ts'

const item = (assetTag: string, changes: object = {}) => ({
  ...{ assetTag, type: 'laptop', manufacturer: 'LENOVO', model: 'ThinkPad', serial: '', macs: [], uuid: '' },
  ...{ location: 'Réserve', state: 'spare' as const, notes: '' },
  ...changes,
})
const consumable = {
  ...{ reference: 'TN-3480', name: 'Toner noir', category: 'cartridge' as const, manufacturer: '', barcode: '' },
  ...{ unit: '', supplier: 'Bureau Vallée', supplierReference: 'BV-1', priceCents: 8990, threshold: 2, target: 6 },
  ...{ pages: null, printerModels: [], notes: '' },
}

test('places, types, fields, suppliers and people are written on screen, and taken away with an undo', async ({
  launch,
}) => {
  const amorce = await launch()
  const { page } = amorce
  await amorce.goTo('stock')
  await page.getByTestId('stock-tab-references').click()
  const list = page.getByTestId('reference-lists')
  const add = page.getByTestId('reference-add')
  const rows = page.getByTestId('reference-row')

  await add.click()
  await page.getByTestId('location-name').fill('Site Nord')
  await page.getByTestId('location-kind').selectOption('site')
  await page.getByTestId('location-save').click()
  await add.click()
  await page.getByTestId('location-name').fill('U12')
  await page.getByTestId('location-kind').selectOption('rack')
  await page.getByTestId('location-parent').fill('Ailleurs')
  await page.getByTestId('location-save').click()
  await expect(page.getByTestId('location-parent')).toHaveAttribute('aria-invalid', 'true')
  await page.getByTestId('location-parent').fill('site nord')
  await page.getByTestId('location-save').click()
  await expect(rows).toHaveText([/Site Nord.*Site/, /Site Nord \/ U12.*Unité de baie/])

  await list.getByText('Types').click()
  await add.click()
  await page.getByTestId('type-name').fill('Tablette')
  await page.getByTestId('type-pattern').fill('TAB')
  await page.getByTestId('type-save').click()
  await expect(page.getByTestId('type-pattern')).toHaveAttribute('aria-invalid', 'true')
  await page.getByTestId('type-pattern').fill('TAB-###')
  await page.getByTestId('type-save').click()
  await expect(rows.filter({ hasText: 'Tablette' })).toContainText('TAB-###')

  await list.getByText('Champs').click()
  await add.click()
  await page.getByTestId('field-name').fill('Couleur')
  await page.getByTestId('field-kind').selectOption('choice')
  await page.getByTestId('field-choices').fill('noir\ngris')
  await page.getByTestId('field-save').click()
  await expect(rows).toContainText('noir, gris')

  await list.getByText('Fournisseurs').click()
  await add.click()
  await page.getByTestId('contact-name').fill('Bureau Vallée')
  await page.getByTestId('contact-email').fill('commande@example.org')
  await page.getByTestId('contact-save').click()
  await rows.click()
  await page.getByTestId('contact-remove').click()
  await expect(rows).toHaveCount(0)
  await page.getByTestId('toast-action').last().click()
  await expect(rows).toContainText('commande@example.org')

  // The type is offered at once, with the number that its pattern gives.
  await page.getByTestId('stock-tab-items').click()
  await page.getByTestId('stock-add').first().click()
  await page.getByTestId('item-type').selectOption({ label: 'Tablette' })
  await expect(page.getByTestId('item-assetTag')).toHaveValue('TAB-001')
})

test('one box finds whatever is written down, and opens it', async ({ launch }) => {
  const amorce = await launch()
  const { page } = amorce
  const { id } = await amorce.call('stock.add', item('PORT-31'))
  await amorce.call('consumable.add', consumable)
  await amorce.call('loan.lend', { person: 'Hélène Morel', itemIds: [id], dueOn: '2020-01-31', purpose: 'cours' })
  const find = async (typed: string): Promise<void> => {
    await page.keyboard.press('Control+k')
    await page.keyboard.type(typed)
    await expect(page.getByTestId('palette').getByRole('option').first()).toBeVisible()
  }

  await find('helene')
  await expect(page.getByTestId('palette')).toContainText('Prêts')
  await expect(page.getByTestId('palette')).toContainText('Personnes')
  await page.keyboard.press('Enter')
  await expect(page.getByTestId('loan-sheet')).toContainText('PORT-31')
  await page.keyboard.press('Escape')

  // What is wrong is said over the lists, until it is put away.
  await expect(page.getByTestId('alarm-strip')).toContainText('1 prêt en retard')
  await page.getByTestId('alarm-hide').click()
  await expect(page.getByTestId('alarm-strip')).toHaveCount(0)

  await find('vallee')
  await page.keyboard.press('Enter')
  await expect(page.getByTestId('contact-name')).toHaveValue('Bureau Vallée')
  await page.keyboard.press('Escape')
  await find('reserv')
  await page.getByTestId('palette').getByText('Lieux du stock').waitFor()
  await page.getByTestId('palette').getByRole('option', { name: 'Réserve' }).last().click()
  await expect(page.getByTestId('stock-row')).toHaveCount(1)
})

test('papers to sign and lists leave as files that say what the screen does', async ({ launch }) => {
  const amorce = await launch()
  const { page } = amorce
  const { id } = await amorce.call('stock.add', item('PORT-31'))
  await amorce.call('consumable.add', consumable)
  await amorce.call('loan.lend', { person: 'Hélène Morel', itemIds: [id], dueOn: '2031-01-31', purpose: 'cours' })
  const folder = temporaryFolder('papers')
  const textOf = (path: string): string => execFileSync('pdftotext', ['-layout', path, '-'], { encoding: 'utf8' })
  const savedAs = async (name: string, act: () => Promise<void>): Promise<string> => {
    const path = join(folder, name)
    await amorce.answerDialogs({ save: path })
    await act()
    await expect.poll(() => existsSync(path)).toBe(true)
    await expect(page.getByTestId('toast').filter({ hasText: name })).toBeVisible()
    return path
  }

  await amorce.goTo('stock')
  await page.getByTestId('stock-tab-consumables').click()
  const order = await savedAs('commande.pdf', async () => {
    await page.getByTestId('list-files').click()
    await page.getByTestId('paper-reorder').click()
  })
  expect(textOf(order)).toMatch(/Bureau Vallée[^]*TN-3480 +BV-1 +Toner noir +0 +6 +89,90 +539,40/)
  const list = await savedAs('consommables.csv', async () => {
    await page.getByTestId('list-files').click()
    await page.getByTestId('export-consumables-csv').click()
  })
  expect(readFileSync(list, 'utf8')).toContain('TN-3480;Toner noir;Cartouche;')

  // A filter is kept under a name, and columns as they were chosen.
  await page.getByTestId('consumable-levels').click()
  await page.getByRole('menuitemcheckbox', { name: 'Épuisé' }).click()
  await page.keyboard.press('Escape')
  await page.getByTestId('consumable-filters').click()
  await page.getByTestId('consumable-filter-name').fill('à commander')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('menuitem', { name: 'à commander', exact: true })).toBeVisible()
  await page.keyboard.press('Escape')
  await page.getByTestId('consumable-columns').click()
  await page.getByRole('menuitemcheckbox', { name: 'Fournisseur' }).click()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('columnheader', { name: 'Fournisseur' })).toHaveCount(0)

  await page.getByTestId('stock-tab-loans').click()
  await page.getByTestId('loan-row').click()
  const sheet = await savedAs('pret.pdf', () => page.getByTestId('loan-paper').click())
  expect(textOf(sheet)).toMatch(
    /Fiche de prêt n° 1[^]*Hélène Morel[^]*31\/01\/2031[^]*PORT-31[^]*signature de [^]*l’emprunteur/,
  )
})

test('consumables come in from a file, with what lies where, and go again', async ({ launch }) => {
  const amorce = await launch()
  const { page } = amorce
  await amorce.goTo('stock')
  await amorce.answerDialogs({ open: [resolve('src', 'exchange', 'testdata', 'snipe-it-consumables.csv')] })
  await page.getByTestId('stock-import').click()
  await page.getByTestId('import-choose').click()
  await expect(page.getByTestId('import-subject')).toHaveValue('consumables')
  await page.getByTestId('import-check').click()
  await expect(page.getByTestId('import-count-added')).toHaveText('2 nouveaux')
  await page.getByTestId('import-apply').click()
  await expect(page.getByTestId('import-result')).toContainText('2 ajoutés')
  await page.getByTestId('import-undo').click()
  await expect(page.getByTestId('import-result')).toContainText('annulé')
  await page.getByTestId('import-close').click()
  await page.getByTestId('stock-tab-consumables').click()
  await expect(page.getByTestId('consumable-row')).toHaveCount(0)
})
