import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { readCodes } from '../../src/paper/testdata/barcodes.ts'
import { expect, test } from '../support/fixtures.ts'
import { scan } from '../support/scanner.ts'
import { temporaryFolder } from '../support/temporary.ts'

const testdata = (name: string): string => resolve('src', 'exchange', 'testdata', name)

test("GLPI's export is imported: columns, what will change, the result, and back again", async ({ launch }) => {
  const amorce = await launch()
  const { page } = amorce
  await amorce.goTo('stock')
  await amorce.answerDialogs({ open: [testdata('glpi-fr.csv')] })
  await page.getByTestId('stock-import').click()
  await page.getByTestId('import-choose').click()

  await expect(page.getByTestId('import-dialog')).toContainText('Export GLPI')
  await expect(page.getByTestId('import-encoding')).toHaveValue('windows-1252')
  await expect(page.getByTestId('import-column')).toHaveCount(13)
  await page.getByTestId('import-check').click()
  await expect(page.getByTestId('import-count-added')).toHaveText('4 nouveaux')
  await expect(page.getByTestId('import-count-refused')).toHaveText('2 refusés')
  await page.getByTestId('import-count-refused').click()
  await expect(page.getByTestId('import-line')).toHaveCount(2)
  await expect(page.getByTestId('import-line').first()).toContainText('déjà à la ligne 2')
  await page.getByTestId('import-apply').click()
  await expect(page.getByTestId('import-result')).toContainText('4 ajoutés')
  expect(await amorce.items()).toHaveLength(4)
  await page.getByTestId('import-undo').click()
  await expect(page.getByTestId('import-result')).toContainText('annulé')
  expect(await amorce.items()).toHaveLength(0)
  await page.getByTestId('import-close').click()
  await expect(page.getByTestId('import-dialog')).toHaveCount(0)
})

test('a column becomes a field of one’s own by hand, and fields of one name are told apart by their types', async ({
  launch,
}) => {
  const amorce = await launch()
  const { page } = amorce
  const file = join(temporaryFolder('import'), 'onduleurs.csv')
  writeFileSync(file, 'Asset Tag;Type;VA\nOND-1;ups;1500\nVP-1;projector;300')
  const fields = new Map<string, number>()
  for (const type of ['ups', 'projector']) {
    const field = { name: 'Puissance', kind: 'number' as const, choices: [], type }
    fields.set(type, (await amorce.call('customField.add', field)).id)
  }
  await amorce.goTo('stock')
  await amorce.answerDialogs({ open: [file] })
  await page.getByTestId('stock-import').click()
  await page.getByTestId('import-choose').click()
  const column = page.getByTestId('import-column').filter({ hasText: 'VA' }).getByTestId('import-field')
  await expect(column).toHaveValue('ignore')
  await column.selectOption({ label: 'Puissance (Onduleur)' })
  await page.getByTestId('import-check').click()
  await page.getByTestId('import-apply').click()
  await expect(page.getByTestId('import-result')).toContainText('2 ajoutés')
  expect((await amorce.items('OND-1'))[0]?.custom).toEqual({ [fields.get('ups')!]: '1500' })
})

test('what is exported is imported again as unchanged, from a CSV file and from a workbook', async ({ launch }) => {
  const amorce = await launch()
  const { page } = amorce
  await amorce.goTo('stock')
  await amorce.answerDialogs({ open: [testdata('snipe-it-assets.csv')] })
  await page.getByTestId('stock-import').click()
  await page.getByTestId('import-choose').click()
  await page.getByTestId('import-check').click()
  await page.getByTestId('import-apply').click()
  await page.getByTestId('import-close').click()
  for (const format of ['csv', 'xlsx']) {
    const path = join(temporaryFolder('export'), `parc.${format}`)
    await amorce.answerDialogs({ save: path, open: [path] })
    await page.getByTestId('stock-files').click()
    await page.getByTestId(`stock-export-${format}`).click()
    await expect(page.getByTestId('toast').filter({ hasText: path })).toBeVisible()
    await page.getByTestId('stock-files').click()
    await page.getByTestId('stock-import').click()
    await page.getByTestId('import-choose').click()
    await expect(page.getByTestId('import-dialog')).toContainText('Export Amorce')
    await page.getByTestId('import-check').click()
    await expect(page.getByTestId('import-count-unchanged')).toHaveText('3 inchangés')
    await expect(page.getByTestId('import-apply')).toBeDisabled()
    await page.keyboard.press('Escape')
    await expect(page.getByTestId('import-dialog')).toHaveCount(0)
  }
})

test('a file that is no table is refused with its name, and an import under way is cancelled whole', async ({
  launch,
}) => {
  const amorce = await launch()
  const { page } = amorce
  const folder = temporaryFolder('import')
  const broken = join(folder, 'photo.xlsx')
  writeFileSync(broken, Buffer.from('504b0304ffffffff', 'hex'))
  const large = join(folder, 'grand.csv')
  writeFileSync(large, `Asset Tag;Model\n${Array.from({ length: 60_000 }, (_, n) => `G-${n};M`).join('\n')}`)
  await amorce.goTo('stock')
  await amorce.answerDialogs({ open: [broken] })
  await page.getByTestId('stock-import').click()
  await page.getByTestId('import-choose').click()
  await expect(page.getByTestId('toast')).toContainText('photo.xlsx')
  await amorce.answerDialogs({ open: [large] })
  await page.getByTestId('import-choose').click()
  await page.getByTestId('import-check').click()
  await expect(page.getByTestId('import-count-added')).toHaveText(/60.000 nouveaux/, { timeout: 60_000 })
  await page.getByTestId('import-apply').click()
  await page.getByTestId('import-cancel').click()
  await expect(page.getByTestId('toast').filter({ hasText: 'annulé' })).toBeVisible({ timeout: 60_000 })
  expect((await amorce.items()).length).toBe(0)
})

test('labels are saved as a PDF whose codes a barcode library reads', async ({ launch }) => {
  const amorce = await launch()
  const { page } = amorce
  const tags = ['PC-0001', 'PC-0002', 'ÉCR-7']
  for (const assetTag of tags)
    await amorce.call('stock.add', {
      ...{ assetTag, type: 'pc', manufacturer: 'Dell', model: 'OptiPlex 7010', serial: '', macs: [], uuid: '' },
      ...{ location: 'B104', state: 'inService', notes: '' },
    })
  await amorce.goTo('stock')
  for (const code of ['QR code', 'DataMatrix']) {
    const path = join(temporaryFolder('labels'), 'etiquettes.pdf')
    await amorce.answerDialogs({ save: path })
    await page.getByTestId('stock-files').click()
    await page.getByTestId('stock-labels').click()
    await amorce.choose('labels-code', code)
    await expect(page.getByTestId('labels-page').locator('text').filter({ hasText: 'PC-0002' })).toBeVisible()
    await page.getByTestId('labels-save').click()
    await expect(page.getByTestId('labels-dialog')).toHaveCount(0)
    execFileSync('pdftoppm', ['-png', '-r', '300', path, path])
    const [picture = ''] = readdirSync(join(path, '..')).filter((name) => name.endsWith('.png'))
    const found = await readCodes(readFileSync(join(path, '..', picture)))
    expect(found.map(({ text }) => text).sort()).toEqual([...tags].sort())
  }

  // Only those that are chosen.
  await page.getByTestId('stock-row').first().getByRole('checkbox').locator('..').click()
  await page.getByTestId('stock-files').click()
  await page.getByTestId('stock-labels').click()
  const texts = page.getByTestId('labels-page').locator('text')
  await expect(texts.filter({ hasText: 'PC-0001' })).toBeVisible()
  await expect(texts.filter({ hasText: 'PC-0002' })).toHaveCount(0)
})

test('labels of places and of consumables are read again from their PDF, and what was read leads to them', async ({
  launch,
}) => {
  const amorce = await launch()
  const { page } = amorce
  const { id } = await amorce.call('consumable.add', {
    ...{ reference: 'TN-3480', name: 'Toner noir', category: 'cartridge', manufacturer: 'Brother', barcode: '' },
    ...{ unit: '', supplier: '', supplierReference: '', priceCents: null, threshold: null, target: null, pages: null },
    ...{ printerModels: ['HL-L6400DW'], notes: '' },
  })
  for (const to of ['Réserve / Étagère 1', 'Réserve / Étagère 2'])
    await amorce.call('consumable.move', {
      consumableId: id,
      kind: 'in',
      quantity: 2,
      to,
      reason: 'delivery',
      note: '',
    })
  const printed = async (code: string): Promise<string[]> => {
    const path = join(temporaryFolder('labels'), 'etiquettes.pdf')
    await amorce.answerDialogs({ save: path })
    await page.getByTestId('list-files').click()
    await page.getByTestId('list-labels').click()
    await amorce.choose('labels-code', code)
    await page.getByTestId('labels-save').click()
    await expect(page.getByTestId('labels-dialog')).toHaveCount(0)
    execFileSync('pdftoppm', ['-png', '-r', '300', path, path])
    const [picture = ''] = readdirSync(join(path, '..')).filter((name) => name.endsWith('.png'))
    return (await readCodes(readFileSync(join(path, '..', picture)))).map(({ text }) => text).sort()
  }
  await amorce.goTo('stock')
  let shelf = ''
  for (const code of ['QR code', 'Code 128', 'DataMatrix']) {
    await page.getByTestId('stock-tab-consumables').click()
    expect(await printed(code)).toEqual(['TN-3480'])
    await page.getByTestId('stock-tab-references').click()
    const places = await printed(code)
    expect(places).toEqual(['LOC-0001', 'LOC-0002', 'LOC-0003'])
    shelf = places[2] ?? ''
  }

  await page.getByTestId('stock-tab-overview').click()
  await scan(page, 'TN-3480')
  await expect(page.getByTestId('consumable-sheet')).toContainText('Toner noir')
  await page.keyboard.press('Escape')
  await scan(page, shelf)
  await expect(page.getByTestId('location-sheet')).toContainText('Étagère 2')

  // Its label alone, over its sheet.
  const label = join(temporaryFolder('labels'), 'etagere.pdf')
  await amorce.answerDialogs({ save: label })
  await page.getByTestId('location-label').click()
  await page.getByTestId('labels-save').click()
  await expect(page.getByTestId('labels-dialog')).toHaveCount(0)
  expect(readFileSync(label).subarray(0, 5).toString()).toBe('%PDF-')

  // While stock is taken, a place is counted from then on, and gone on with where it was left.
  await page.getByTestId('location-count').click()
  const count = page.getByTestId('count')
  await expect(count).toContainText('Étagère 2')
  await scan(page, 'TN-3480')
  await expect(page.getByTestId('count-line').locator('input').first()).toHaveValue('1')
  await scan(page, 'LOC-0002')
  await expect(count.getByRole('heading', { level: 2 })).toContainText('Étagère 1')
  await expect(page.getByTestId('count-line').locator('input').first()).toHaveValue('')
  await page.getByTestId('count-scan').fill(shelf)
  await page.keyboard.press('Enter')
  await expect(count.getByRole('heading', { level: 2 })).toContainText('Étagère 2')
  await expect(page.getByTestId('count-line').locator('input').first()).toHaveValue('1')
})
