import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import * as xlsx from '@e965/xlsx'
import { expect, test } from '../support/fixtures.ts'
import { temporaryFolder } from '../support/temporary.ts'

const heading = ['Numéro', 'Nom', 'Prénom', 'Groupe', 'Tiers-temps']
const rows = [
  ['22101', 'Noël', 'Éva', 'TD1', ''],
  ['22102', 'Ünal', 'Zoé', 'TD2', 'Oui'],
  ['', 'Sans numéro', '', '', ''],
  ['22101', 'Deux fois', 'Léa', 'TD1', ''],
]

test('a list of candidates is read from CSV, XLSX and ODS, each with its faults by line', async ({ launch }) => {
  const folder = temporaryFolder('rosters')
  const text = [heading, ...rows].map((row) => row.join(';')).join('\r\n')
  // As the exports of French software are: windows-1252.
  writeFileSync(join(folder, 'liste.csv'), Buffer.from(text, 'latin1'))
  for (const bookType of ['xlsx', 'ods'] as const) {
    const book = xlsx.utils.book_new()
    xlsx.utils.book_append_sheet(book, xlsx.utils.aoa_to_sheet([['Emploi du temps'], ['8 h']]), 'Horaires')
    xlsx.utils.book_append_sheet(book, xlsx.utils.aoa_to_sheet([heading, ...rows]), 'Étudiants')
    writeFileSync(join(folder, `liste.${bookType}`), xlsx.write(book, { type: 'buffer', bookType }) as Buffer)
  }

  const amorce = await launch()
  const { page } = amorce
  await amorce.goTo('sittings')
  await page.getByTestId('sitting-add').click()
  await page.getByTestId('sitting-title').fill('Algorithmique')
  await page.getByTestId('sitting-save').click()
  await page.getByTestId('roster-open').click()
  const preview = page.getByTestId('roster-preview')
  for (const [file, isWorkbook] of [
    ['liste.csv', false],
    ['liste.xlsx', true],
    ['liste.ods', true],
  ] as const) {
    await amorce.answerDialogs({ open: [join(folder, file)] })
    await page.getByTestId('roster-file').click()
    await expect(page.getByTestId('roster-sheet')).toContainText(file)
    if (isWorkbook) await page.getByTestId('roster-sheet-name').selectOption('Étudiants')
    await expect(preview).toContainText('2 candidats lus')
    await expect(preview).toContainText('Noël Éva')
    await expect(preview).toContainText('Ligne 4')
    await expect(preview).toContainText('Ligne 5')
    await expect(preview).toContainText('Tiers-temps')
  }
  await page.getByTestId('roster-take').click()
  await expect(page.getByTestId('candidate-row')).toHaveCount(2)
  await expect(page.locator('[data-testid="candidate-row"][data-number="22102"]')).toContainText(
    /Ünal\s*Zoé\s*TD2\s*\+?40/,
  )

  // Read again, known numbers are brought up to date and nobody is there twice.
  await page.getByTestId('roster-open').click()
  await page.getByTestId('roster-file').click()
  await page.getByTestId('roster-sheet-name').selectOption('Étudiants')
  await expect(preview).toContainText(/0 nouveau/)
  await page.getByTestId('roster-take').click()
  await expect(page.getByTestId('candidate-row')).toHaveCount(2)
})
