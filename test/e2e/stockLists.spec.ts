import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
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
  await expect(rows).toHaveText([/Site Nord.*Site/, /Site Nord \/ U12.*unité de baie/])

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

  // What it sells is found by its name as well, and is another kind.
  await find('vallee')
  await page.getByTestId('palette').getByRole('option', { name: 'Toner noir' }).waitFor()
  await page.getByTestId('palette').getByRole('option', { name: 'Bureau Vallée' }).click()
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
  await page.keyboard.press('Escape')

  const late = await amorce.call('stock.add', item('PORT-32'))
  await amorce.call('person.add', {
    ...{ name: 'M. Diallo', email: 'diallo@example.org', phone: '0601', department: 'CDI', notes: '' },
  })
  await amorce.call('loan.lend', { person: 'M. Diallo', itemIds: [late.id], dueOn: '2020-01-31', purpose: 'club' })
  await expect(page.getByTestId('loan-row').first()).toContainText(/[\d\s]+ jours de retard/)
  const overdue = await savedAs('retards.pdf', async () => {
    await page.getByTestId('list-files').click()
    await page.getByTestId('paper-overdue').click()
  })
  expect(textOf(overdue)).toMatch(
    /Prêts en retard[^]*1 matériel chez 1 emprunteur[^]*M. Diallo, CDI\s+diallo@example.org · 0601[^]*PORT-32 .*club .*31\/01\/2020 +\d{4}/,
  )
  expect(textOf(overdue)).not.toContain('PORT-31')
  const loansList = await savedAs('prets.csv', async () => {
    await page.getByTestId('list-files').click()
    await page.getByTestId('export-loans-csv').click()
  })
  expect(readFileSync(loansList, 'utf8')).toMatch(/Courriel;Téléphone;[^]*diallo@example.org;0601;PORT-32;/)
})

test('a collection slip says every item of a long batch, with its wiping, and is signed on its last page', async ({
  launch,
}) => {
  const amorce = await launch()
  const { page } = amorce
  const folder = temporaryFolder('slip')
  const model = 'Hewlett-Packard Compaq Elite 8300 Small Form Factor (édition éducation)'
  const tags = Array.from({ length: 60 }, (_, index) => `PC-${String(index + 1).padStart(3, '0')}`)
  const ids: number[] = []
  for (const tag of tags) ids.push((await amorce.call('stock.add', item(tag, { model }))).id)
  const { id } = await amorce.call('disposal.add', {
    ...{
      name: 'Cave, été',
      company: 'Œuvre de récupération',
      slipNumber: 'BSD-12',
      collectedOn: '2031-01-31',
      notes: '',
    },
  })
  await amorce.call('disposal.addItems', { batchId: id, itemIds: ids })
  await amorce.call('disposal.wipe', {
    ...{ batchId: id, itemIds: ids.slice(0, 59) },
    proof: { kind: 'purge', method: 'nwipe, vérifié', wipedOn: '2031-01-15', wipedBy: 'Ana Diaz', reference: 'PV-7' },
  })

  await amorce.goTo('stock')
  await page.getByTestId('stock-tab-disposal').click()
  await page.getByTestId('batch-row').click()
  const path = join(folder, 'bordereau.pdf')
  await amorce.answerDialogs({ save: path })
  await page.getByTestId('batch-paper').click()
  await expect(page.getByTestId('toast').filter({ hasText: 'bordereau.pdf' })).toBeVisible()
  const pages = execFileSync('pdftotext', ['-layout', path, '-'], { encoding: 'utf8' }).split('\f').filter(Boolean)
  expect(pages.length).toBeGreaterThan(2)
  expect(pages[0]).toMatch(
    /Bordereau de collecte[^]*Cave, été[^]*Œuvre de récupération[^]*BSD-12[^]*31\/01\/2031[^]*60/,
  )
  for (const text of pages) expect(text).toContain('N° d’inventaire')
  const text = pages.join('\n')
  for (const tag of tags) expect(text).toContain(tag)
  // A cell that is too narrow for its words goes on in its next line.
  for (const word of [/Purgé/g, /nwipe/g, /15\/01\/2031/g, /PV-7/g]) expect(text.match(word)).toHaveLength(59)
  expect(text.match(/à effacer/g)).toHaveLength(1)
  expect(pages.at(-1)).toMatch(/La société : nom, date et signature/)
})

test('disposal batches and places are sorted, and keep filters and columns', async ({ launch }) => {
  const amorce = await launch()
  const { page } = amorce
  for (const [name, company] of [
    ['Cave', 'Ecologic'],
    ['Grenier', 'Récup du Nord'],
  ] as const)
    await amorce.call('disposal.add', { name, company, slipNumber: '', collectedOn: '2026-01-15', notes: '' })
  const [{ id } = { id: 0 }] = await amorce.call('disposal.list', undefined)
  await amorce.call('disposal.close', id)
  for (const path of ['Bât. B / B9', 'Bât. B / B10', 'Réserve'])
    await amorce.call('stock.add', item(path, { location: path }))

  await amorce.goTo('stock')
  await page.getByTestId('stock-tab-disposal').click()
  const batches = page.getByTestId('batch-row')
  await page.getByRole('columnheader', { name: 'Lot', exact: true }).getByRole('button').click()
  await expect(batches).toHaveText([/Cave/, /Grenier/])
  await page.getByRole('columnheader', { name: 'Lot', exact: true }).getByRole('button').click()
  await expect(batches).toHaveText([/Grenier/, /Cave/])
  await amorce.choose('batch-filter', 'Enlevés')
  await expect(batches).toHaveText([/Grenier/])
  await page.getByTestId('batch-filters').click()
  await page.getByTestId('batch-filter-name').fill('partis')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Escape')
  await amorce.choose('batch-filter', 'Tous')
  await page.getByRole('searchbox', { name: 'lots' }).fill('recup')
  await expect(batches).toHaveText([/Grenier/])
  await page.getByRole('searchbox', { name: 'lots' }).fill('')
  await expect(batches).toHaveCount(2)
  await page.getByTestId('batch-filters').click()
  await page.getByRole('menuitem', { name: 'partis', exact: true }).click()
  await expect(batches).toHaveText([/Grenier/])

  await page.getByTestId('stock-tab-references').click()
  const places = page.getByTestId('reference-row')
  await expect(places).toHaveText([/Bât. B *Bâtiment/, /Bât. B \/ B9/, /Bât. B \/ B10/, /Réserve/])
  await page.getByTestId('reference-columns').click()
  await page.getByRole('menuitemcheckbox', { name: 'Genre' }).click()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('columnheader', { name: 'Genre' })).toHaveCount(0)
  // Each list has columns of its own, which are there again.
  await page.getByTestId('reference-lists').getByText('Types').click()
  await expect(page.getByRole('columnheader', { name: 'Genre' })).toHaveCount(1)
  await page.getByTestId('reference-lists').getByText('Lieux').click()
  await expect(page.getByRole('columnheader', { name: 'Genre' })).toHaveCount(0)
})

test('a PC that must not stand in the exam is swapped for the spare that fits, and back', async ({ launch }) => {
  const amorce = await launch()
  const { page } = amorce
  const pc = (tag: string, changes: object) => amorce.call('stock.add', item(tag, { type: 'pc', ...changes }))
  const broken = await pc('PC-7', { model: 'OptiPlex', location: 'B104', state: 'inService', memoryMiB: 16_384 })
  await pc('PC-8', { model: 'OptiPlex', location: 'B105', state: 'underRepair' })
  await pc('RES-1', { model: 'OptiPlex', location: 'Armoire', memoryMiB: 8192 })
  await pc('RES-2', { model: 'ProDesk', location: 'Armoire', memoryMiB: 16_384 })
  await amorce.call('intervention.add', {
    ...{ title: 'Ne démarre plus', description: '', kind: 'failure', urgency: 3, impact: 2 },
    ...{ itemId: broken.id, location: '', requester: '', assignee: '' },
  })
  await amorce.goTo('stock')
  await page.getByTestId('stock-tab-overview').click()
  const swaps = page.getByTestId('swap')
  await expect(swaps).toHaveText([/PC-7.*panne ouverte[^]*RES-2/, /PC-8/])
  await page.getByTestId('swap-place').selectOption({ label: 'B104' })
  await expect(swaps).toHaveCount(1)
  await swaps.getByTestId('swap-now').click()
  const states = async () =>
    (await amorce.items()).map(({ assetTag, state, location }) => `${assetTag} ${state} ${location}`).sort()
  await expect
    .poll(states)
    .toEqual(['PC-7 underRepair Armoire', 'PC-8 underRepair B105', 'RES-1 spare Armoire', 'RES-2 inService B104'])
  await page.getByTestId('toast-action').last().click()
  await expect
    .poll(states)
    .toEqual(['PC-7 inService B104', 'PC-8 underRepair B105', 'RES-1 spare Armoire', 'RES-2 spare Armoire'])
})

test('consumables come in from a file, with what lies where, and go again', async ({ launch }) => {
  const amorce = await launch()
  const { page } = amorce
  await amorce.goTo('stock')
  await amorce.answerDialogs({ open: [resolve('src', 'exchange', 'testdata', 'snipe-it-consumables.csv')] })
  await page.getByTestId('stock-import').click()
  await page.getByTestId('import-choose').click()
  await expect(page.getByTestId('import-subject')).toHaveValue('consumables', { timeout: 20_000 })
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

test('every list is searched by beginnings of words without accents, as the one box is', async ({ launch }) => {
  const amorce = await launch()
  const { page } = amorce
  const { id } = await amorce.call('stock.add', item('PORT-31'))
  await amorce.call('consumable.add', { ...consumable, name: 'Toner élève' })
  await amorce.call('consumable.add', { ...consumable, reference: 'P-1', name: 'Papier', supplier: 'Élan' })
  await amorce.call('consumable.add', { ...consumable, reference: 'P-2', name: 'Modèle élargi' })
  await amorce.call('consumable.add', { ...consumable, reference: 'P-3', name: 'Câble', supplier: '' })
  await amorce.call('loan.lend', { person: 'Élodie Morel', itemIds: [id], dueOn: '', purpose: 'cours' })
  const about = { description: '', kind: 'failure', location: 'Réserve', itemId: null, urgency: 1, impact: 1 } as const
  await amorce.call('intervention.add', { ...about, title: 'Écran noir', requester: 'Élodie Morel', assignee: '' })
  await amorce.call('intervention.add', { ...about, title: 'Panne', requester: '', assignee: '' })
  for (const name of ['Électronique', 'Cave'])
    await amorce.call('disposal.add', { name, company: '', slipNumber: '', collectedOn: '', notes: '' })
  await amorce.goTo('stock')
  const search = page.getByRole('searchbox')
  const look = async (tab: string, row: string, all: number, rows: RegExp[]): Promise<void> => {
    if (tab !== '') await page.getByTestId(`stock-tab-${tab}`).click()
    await expect(page.getByTestId(row)).toHaveCount(all)
    await search.fill('EL')
    await expect(page.getByTestId(row)).toHaveText(rows)
    await search.fill('')
    await expect(page.getByTestId(row)).toHaveCount(all)
  }
  await look('consumables', 'consumable-row', 4, [/Modèle élargi/, /Papier/, /Toner élève/])
  await look('loans', 'loan-row', 1, [/PORT-31/])
  await look('interventions', 'intervention-row', 2, [/Écran noir/])
  await look('disposal', 'batch-row', 2, [/Électronique/])
  await page.getByTestId('stock-tab-references').click()
  await page.getByTestId('reference-lists').getByText('Fournisseurs').click()
  await look('', 'reference-row', 2, [/Élan/])
  await page.getByTestId('reference-lists').getByText('Personnes').click()
  await look('', 'reference-row', 1, [/Élodie/])
})

test('an import of consumables that is cancelled leaves nothing of them', async ({ launch }) => {
  const amorce = await launch()
  const { page } = amorce
  const path = join(temporaryFolder('import'), 'fournitures.csv')
  const lines = Array.from({ length: 6000 }, (_, n) => `TN-${n};Toner ${n};2;5;Réserve`)
  writeFileSync(path, `Référence;Nom;Seuil;Quantité;Lieu\n${lines.join('\n')}`)
  await amorce.goTo('stock')
  await amorce.answerDialogs({ open: [path] })
  await page.getByTestId('stock-import').click()
  await page.getByTestId('import-choose').click()
  await page.getByTestId('import-check').click()
  await expect(page.getByTestId('import-count-added')).toHaveText(/6.000 nouveaux/, { timeout: 60_000 })
  await page.getByTestId('import-apply').click()
  await page.getByTestId('import-cancel').click()
  await expect(page.getByTestId('toast').filter({ hasText: 'annulé' })).toBeVisible({ timeout: 60_000 })
  expect(
    await amorce.call('consumable.list', {
      search: '',
      categories: [],
      levels: [],
      sort: 'name',
      descending: false,
      offset: 0,
      limit: 1,
    }),
  ).toMatchObject({ total: 0 })
  expect(await amorce.call('import.history', undefined)).toEqual([])
})

test('people come in from a file, their columns are remembered and forgotten, and all of them go again', async ({
  launch,
}) => {
  const amorce = await launch()
  const { page } = amorce
  const path = join(temporaryFolder('import'), 'personnel.csv')
  writeFileSync(
    path,
    'Nom de famille;Prénom;Bureau;Adresse de messagerie\nMorel;Hélène;Physique;h@x.fr\nDiallo;M.;;\n;;;x@x.fr\n',
  )
  const openFile = async (): Promise<void> => {
    await page.getByTestId('list-files').click()
    await page.getByTestId('list-import').click()
    await page.getByTestId('import-choose').click()
    await expect(page.getByTestId('import-subject')).toHaveValue('people')
  }
  await amorce.goTo('stock')
  await page.getByTestId('stock-tab-references').click()
  await page.getByTestId('reference-lists').getByText('Personnes').click()
  await amorce.answerDialogs({ open: [path] })
  await openFile()
  const fields = page.getByTestId('import-field')
  await expect(fields.nth(2)).toHaveValue('ignore')
  await fields.nth(2).selectOption('people:department')
  await page.getByTestId('import-template').fill('Personnel')
  await page.keyboard.press('Enter')
  await expect(page.getByTestId('toast').filter({ hasText: 'Personnel' })).toBeVisible()
  await page.keyboard.press('Escape')
  await openFile()
  await expect(page.getByTestId('import-dialog')).toContainText('Modèle « Personnel »')
  await expect(fields.nth(2)).toHaveValue('people:department')
  await page.getByTestId('import-template-forget').click()
  await expect(page.getByTestId('import-dialog')).not.toContainText('Modèle « Personnel »')
  await page.getByTestId('toast-action').last().click()
  await expect(page.getByTestId('import-dialog')).toContainText('Modèle « Personnel »')
  await page.getByTestId('import-template-forget').click()
  await expect(page.getByTestId('import-template-forget')).toHaveCount(0)
  await page.keyboard.press('Escape')
  await openFile()
  await expect(fields.nth(2)).toHaveValue('ignore')
  expect(await amorce.call('import.templates', undefined)).toEqual([])

  await fields.nth(2).selectOption('people:department')
  await page.getByTestId('import-check').click()
  await expect(page.getByTestId('import-count-refused')).toContainText('1')
  await expect(page.getByTestId('import-line').nth(0)).toContainText('Hélène Morel')
  await expect(page.getByTestId('import-line').nth(2)).toContainText('ni nom ni chemin')
  await page.getByTestId('import-apply').click()
  await expect(page.getByTestId('import-result')).toContainText('2 ajoutés')
  await page.getByTestId('import-close').click()
  await expect(page.getByTestId('reference-row')).toHaveText([/Hélène Morel.*Physique.*h@x.fr/, /M. Diallo/])
  await page.getByTestId('list-files').click()
  await page.getByTestId('list-import').click()
  await page.getByTestId('import-record').getByRole('button').click()
  await expect(page.getByTestId('import-record')).toContainText('annulé')
  expect(await amorce.call('person.list', undefined)).toEqual([])
})

test('a disposal batch has documents of its own: added, saved again, taken away and brought back', async ({
  launch,
}) => {
  const amorce = await launch()
  const { page } = amorce
  const folder = temporaryFolder('documents')
  const path = join(folder, 'certificat.txt')
  writeFileSync(path, 'tout est effacé')
  const { id } = await amorce.call('disposal.add', {
    ...{ name: 'Cave', company: '', slipNumber: '', collectedOn: '', notes: '' },
  })
  await amorce.goTo('stock')
  await page.getByTestId('stock-tab-disposal').click()
  await page.getByTestId('batch-row').click()
  await amorce.answerDialogs({ open: [path] })
  await page.getByTestId('document-add').click()
  const row = page.getByTestId('document')
  await expect(row).toContainText('certificat.txt')
  expect(await amorce.call('document.ofBatch', id)).toMatchObject([{ kind: 'wipeProof', name: 'certificat.txt' }])
  const copy = join(folder, 'copie.txt')
  await amorce.answerDialogs({ save: copy })
  await row.getByRole('button').first().click()
  await expect.poll(() => existsSync(copy)).toBe(true)
  expect(readFileSync(copy, 'utf8')).toBe('tout est effacé')
  await row.getByRole('button').last().click()
  await expect(row).toHaveCount(0)
  await page.getByTestId('toast-action').last().click()
  await expect(row).toContainText('certificat.txt')
})

test('consumables chosen in the list are given one threshold, price or supplier, or lose it, with one undo', async ({
  launch,
}) => {
  const amorce = await launch()
  const { page } = amorce
  const ids: number[] = []
  for (const [reference, threshold] of [
    ['TN-1', 2],
    ['TN-2', 5],
    ['TN-3', null],
  ] as const)
    ids.push((await amorce.call('consumable.add', { ...consumable, reference, name: reference, threshold })).id)
  const said = async () => {
    const views = await Promise.all(ids.map((id) => amorce.call('consumable.get', id)))
    return views.map(({ threshold, target, supplier, priceCents }) => [threshold, target, supplier, priceCents])
  }
  const before = await said()
  await amorce.goTo('stock')
  await page.getByTestId('stock-tab-consumables').click()
  const rows = page.getByTestId('consumable-row')
  const bar = page.getByTestId('chosen-bar')
  const give = async (field: string, value: string): Promise<void> => {
    await bar.getByTestId('chosen-edit').click()
    await page.getByTestId('many-field').selectOption({ label: field })
    await page.getByTestId('many-value').fill(value)
    await page.getByTestId('many-save').click()
  }

  await rows.nth(0).getByRole('checkbox').locator('..').click()
  await rows.nth(1).getByRole('checkbox').locator('..').click()
  await expect(bar).toContainText('2 choisis')
  await give('Prix (€)', 'cher')
  await expect(page.getByTestId('many-value')).toHaveAttribute('aria-invalid', 'true')
  await page.getByTestId('many-value').fill('45,50')
  await page.getByTestId('many-save').click()
  await expect(page.getByTestId('toast').filter({ hasText: '2 consommables modifiés' })).toBeVisible()
  await expect(bar).toHaveCount(0)
  expect((await said()).map((one) => one[3])).toEqual([4550, 4550, 8990])

  await rows.nth(0).getByRole('checkbox').locator('..').click()
  await bar.getByRole('button', { name: 'Choisir les 3' }).click()
  await expect(bar).toContainText('3 choisis')
  // One of them has its alarm at five: none is changed.
  await give('Stock visé', '3')
  await expect(page.getByTestId('toast').filter({ hasText: 'TN-2' })).toContainText('sous le seuil d’alerte (5)')
  expect((await said()).map((one) => one[1])).toEqual([6, 6, 6])
  await page.getByTestId('many-field').selectOption({ label: 'Seuil d’alerte' })
  await page.getByTestId('many-save').click()
  await expect(page.getByTestId('toast').filter({ hasText: '2 consommables modifiés' })).toHaveCount(2)
  expect((await said()).map((one) => one[0])).toEqual([undefined, undefined, undefined])
  await page.getByTestId('toast-action').last().click()
  await expect.poll(async () => (await said()).map((one) => one[0])).toEqual(before.map((one) => one[0]))
})

test('what is taken out of a disposal batch is put back with its proof of wiping, which is not lost otherwise either', async ({
  launch,
}) => {
  const amorce = await launch()
  const { page } = amorce
  const { id: itemId } = await amorce.call('stock.add', item('PORT-31', { state: 'spare' }))
  const { id: batchId } = await amorce.call('disposal.add', {
    ...{ name: 'Cave', company: '', slipNumber: '', collectedOn: '', notes: '' },
  })
  await amorce.call('disposal.addItems', { batchId, itemIds: [itemId] })
  const proof = { kind: 'purge', method: 'nwipe', wipedOn: '2031-01-15', wipedBy: 'Ana', reference: 'PV-7' } as const
  await amorce.call('disposal.wipe', { batchId, itemIds: [itemId], proof })
  await amorce.goTo('stock')
  await page.getByTestId('stock-tab-disposal').click()
  await page.getByTestId('batch-row').click()
  await page.getByTestId('batch-item-out').click()
  await expect(page.getByTestId('batch-item')).toHaveCount(0)
  expect(await amorce.call('stock.get', itemId)).toMatchObject({ state: 'spare' })
  await page.getByTestId('toast').filter({ hasText: 'PORT-31 sorti du lot' }).getByTestId('toast-action').click()
  await expect(page.getByTestId('batch-item-proof')).toContainText('PV-7')
  expect((await amorce.call('disposal.get', batchId)).items).toMatchObject([{ itemId, wipe: proof }])
  expect(await amorce.call('stock.get', itemId)).toMatchObject({ state: 'awaitingDisposal' })

  // A proof that another took the place of, and one that was taken away, come back too; the sheet may be closed by then.
  await page.getByTestId('batch-item-choose').check()
  await page.getByTestId('wipe-method').fill('shred')
  await page.getByTestId('wipe-note').click()
  await expect(page.getByTestId('batch-item-proof')).toContainText('shred')
  await page.getByTestId('toast').filter({ hasText: '1 preuve remplacée' }).getByTestId('toast-action').click()
  await expect(page.getByTestId('batch-item-proof')).toContainText('nwipe')
  await page.getByTestId('batch-item-choose').check()
  await page.getByTestId('wipe-remove').click()
  await expect(page.getByTestId('batch-item-proof')).toHaveCount(0)
  await page.keyboard.press('Escape')
  await expect(page.getByTestId('batch-item')).toHaveCount(0)
  await page.getByTestId('toast').filter({ hasText: '1 preuve retirée' }).getByTestId('toast-action').click()
  await expect
    .poll(async () => (await amorce.call('disposal.get', batchId)).items)
    .toMatchObject([{ itemId, wipe: proof }])
})
