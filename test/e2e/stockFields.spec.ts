import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '../support/fixtures.ts'
import { temporaryFolder } from '../support/temporary.ts'

const item = (assetTag: string, changes: object = {}) => ({
  ...{ assetTag, type: 'pc', manufacturer: 'Dell', model: 'OptiPlex', serial: '', macs: [], uuid: '' },
  ...{ location: 'Réserve', state: 'spare' as const, notes: '' },
  ...changes,
})

test('fields of one’s own are columns, sorted, filtered, kept with a filter, exported and changed for many at once', async ({
  launch,
}) => {
  const amorce = await launch()
  const { page } = amorce
  const rows = page.getByTestId('stock-row')
  const tags = page.getByTestId('stock-row').locator('[role=gridcell]:nth-child(2)')
  const field = async (name: string, kind: 'text' | 'number' | 'date' | 'choice' | 'yesNo', choices: string[] = []) =>
    (await amorce.call('customField.add', { name, kind, choices })).id
  const dotation = await field('Dotation', 'text')
  const price = await field('Écran (pouces)', 'number')
  const checked = await field('Révisé le', 'date')
  const colour = await field('Couleur', 'choice', ['noir', 'gris'])
  const insured = await field('Assuré', 'yesNo')
  const values: [string, Record<string, string>][] = [
    ['PC-1', { [dotation]: 'Région Été', [price]: '24', [checked]: '2024-01-31', [colour]: 'noir', [insured]: 'Oui' }],
    ['PC-2', { [dotation]: 'Mairie', [price]: '9,5', [checked]: '2023-06-01', [colour]: 'gris', [insured]: 'no' }],
    ['PC-3', { [price]: '17', [colour]: 'noir' }],
    ['PC-4', {}],
  ]
  for (const [tag, custom] of values) await amorce.call('stock.add', item(tag, { custom }))
  await amorce.goTo('stock')
  await expect(rows).toHaveCount(4)

  // Columns: chosen, made wider, and so again after a new start.
  await page.getByTestId('stock-columns').click()
  for (const name of ['Dotation', 'Écran (pouces)', 'Révisé le', 'Assuré'])
    await page.getByRole('menuitemcheckbox', { name }).click()
  for (const name of ['Modèle', 'N° de série', 'Lieu', 'Vu sur le réseau'])
    await page.getByRole('menuitemcheckbox', { name, exact: true }).click()
  await page.keyboard.press('Escape')
  await expect(rows.first()).toContainText(/Région Été.*24.*31\/01\/2024|Région Été.*24.*31 janv\. 2024/)
  const head = page.getByRole('columnheader', { name: 'Dotation' })
  const widthNow = async (): Promise<number> => (await head.boundingBox())?.width ?? 0
  const before = await widthNow()
  const handle = (await head.getByTestId('column-width').boundingBox())!
  await page.mouse.move(handle.x + handle.width / 2, handle.y + handle.height / 2)
  await page.mouse.down()
  await page.mouse.move(handle.x + handle.width / 2 + 80, handle.y + 5, { steps: 4 })
  await page.mouse.up()
  await expect.poll(widthNow).toBeGreaterThan(before + 60)
  const wide = await widthNow()
  // As the keyboard does it.
  await head.getByRole('button').focus()
  await page.keyboard.press('Shift+ArrowRight')
  await expect.poll(widthNow).toBe(wide + 20)

  // Numbers as numbers; what says nothing comes last, either way.
  await page.getByRole('columnheader', { name: 'Écran (pouces)' }).getByRole('button').click()
  await expect(tags).toHaveText(['PC-2', 'PC-3', 'PC-1', 'PC-4'])
  await page.getByRole('columnheader', { name: 'Écran (pouces)' }).getByRole('button').click()
  await expect(tags).toHaveText(['PC-1', 'PC-3', 'PC-2', 'PC-4'])

  // Filters, one and then several.
  await page.getByTestId('stock-fields').click()
  const panel = page.getByTestId('stock-fields-panel')
  await panel.getByTestId(`stock-field-${dotation}`).getByLabel('Contient').fill('ete')
  await expect(tags).toHaveText(['PC-1'])
  await panel.getByTestId(`stock-field-${dotation}`).getByLabel('Contient').fill('')
  await panel.getByTestId(`stock-field-${price}`).getByLabel('Au moins').fill('neuf')
  await panel.getByTestId(`stock-field-${price}`).getByLabel('Au moins').press('Enter')
  await expect(panel.getByTestId(`stock-field-${price}`).getByLabel('Au moins')).toHaveAttribute('aria-invalid', 'true')
  await panel.getByTestId(`stock-field-${price}`).getByLabel('Au moins').fill('9,5')
  await panel.getByTestId(`stock-field-${price}`).getByLabel('Au plus').fill('20')
  await panel.getByTestId(`stock-field-${price}`).getByLabel('Au plus').press('Enter')
  await expect(tags).toHaveText(['PC-3', 'PC-2'])
  await panel.getByTestId(`stock-field-${colour}`).getByLabel('gris').check()
  await expect(tags).toHaveText(['PC-2'])
  await panel.getByText('Effacer ces filtres').click()
  await panel.getByTestId(`stock-field-${insured}`).getByText('Oui').click()
  await expect(tags).toHaveText(['PC-1'])
  await panel.getByTestId(`stock-field-${insured}`).getByText('Non').click()
  await expect(tags).toHaveText(['PC-2'])
  await panel.getByTestId(`stock-field-${checked}`).getByLabel('Du').fill('2023-06-01')
  await panel.getByTestId(`stock-field-${checked}`).getByLabel('au', { exact: true }).fill('2023-12-31')
  await page.keyboard.press('Escape')
  await expect(page.getByTestId('stock-fields')).toHaveText(/Champs\s:\s2/)
  await expect(tags).toHaveText(['PC-2'])

  // Kept under a name, taken away, and used again; forgotten with an undo.
  await page.getByTestId('stock-filters').click()
  await page.getByTestId('stock-filter-name').fill('mairie 2023')
  await page.keyboard.press('Enter')
  await expect(page.getByRole('menuitem', { name: 'mairie 2023', exact: true })).toBeVisible()
  await page.keyboard.press('Escape')
  await page.getByText('Effacer les filtres').click()
  await expect(rows).toHaveCount(4)
  await page.getByTestId('stock-filters').click()
  await page.getByRole('menuitem', { name: 'Oublier « mairie 2023 »' }).click()
  await expect(page.getByRole('menuitem', { name: 'mairie 2023', exact: true })).toHaveCount(0)
  await page.keyboard.press('Escape')
  await page.getByTestId('toast').filter({ hasText: 'mairie 2023' }).getByTestId('toast-action').click()
  await page.getByTestId('stock-filters').click()
  await page.getByRole('menuitem', { name: 'mairie 2023', exact: true }).click()
  await expect(tags).toHaveText(['PC-2'])

  // What leaves as a file is what is shown, with its fields.
  const path = join(temporaryFolder('fields'), 'parc.csv')
  await amorce.answerDialogs({ save: path })
  await page.getByTestId('stock-files').click()
  await page.getByTestId('stock-export-csv').click()
  await expect.poll(() => existsSync(path)).toBe(true)
  const [heads, ...lines] = readFileSync(path, 'utf8').trim().split('\r\n')
  expect(heads).toMatch(/;Dotation;Écran \(pouces\);Révisé le;Couleur;Assuré$/)
  expect(lines).toEqual([expect.stringMatching(/^PC-2;.*;Mairie;"9,5";2023-06-01;gris;no$/)])

  // Many at once: set, undone, cleared.
  await page.getByText('Effacer les filtres').click()
  await expect(rows).toHaveCount(4)
  await page.getByTestId('stock-all').check()
  await page.getByTestId('chosen-edit').click()
  await page.getByTestId('many-field').selectOption({ label: 'Écran (pouces)' })
  await page.getByTestId('many-value').fill('large')
  await page.getByTestId('many-save').click()
  await expect(page.getByTestId('many-value')).toHaveAttribute('aria-invalid', 'true')
  await page.getByTestId('many-value').fill('27')
  await page.getByTestId('many-save').click()
  await expect(page.getByTestId('many-sheet')).toHaveCount(0)
  await expect(rows.filter({ hasText: '27' })).toHaveCount(4)
  await page.getByTestId('toast').filter({ hasText: '4 matériels' }).getByTestId('toast-action').click()
  await expect(rows.filter({ hasText: '27' })).toHaveCount(0)
  await expect(tags).toHaveText(['PC-1', 'PC-3', 'PC-2', 'PC-4'])
  await page.getByTestId('stock-all').check()
  await page.getByTestId('chosen-edit').click()
  await page.getByTestId('many-field').selectOption({ label: 'Assuré' })
  await page.getByTestId('many-value').selectOption({ label: 'Rien (effacer)' })
  await page.getByTestId('many-save').click()
  await expect(rows.filter({ hasText: /Oui|Non/ })).toHaveCount(0)
  await page.getByTestId('stock-all').check()
  await page.getByTestId('chosen-edit').click()
  await page.getByTestId('many-field').selectOption({ label: 'Prix (€)' })
  await page.getByTestId('many-value').fill('1 250,50')
  await page.getByTestId('many-save').click()
  await expect(page.getByTestId('many-sheet')).toHaveCount(0)
  expect((await amorce.call('stock.get', 1)).priceCents).toBe(125_050)

  // The columns and their widths are those of the list from now on.
  await page.reload()
  await amorce.goTo('stock')
  await expect.poll(widthNow).toBe(wide + 20)
})
