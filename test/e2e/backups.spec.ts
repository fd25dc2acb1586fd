import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Amorce } from '../support/amorce.ts'
import { expect, test } from '../support/fixtures.ts'
import { temporaryFolder } from '../support/temporary.ts'

const addItem = (amorce: Amorce, assetTag: string) =>
  amorce.call('stock.add', {
    ...{ assetTag, type: 'pc', manufacturer: 'Dell', model: 'OptiPlex', serial: '', macs: [], uuid: '' },
    ...{ location: 'B104', state: 'inService', notes: 'x'.repeat(500) },
  })

test('a backup is made, looked at and restored, and what was there is kept', async ({ launch }) => {
  const amorce = await launch()
  const { page } = amorce
  await addItem(amorce, 'PC-1')
  await amorce.goTo('settings')
  await page.getByTestId('settings-backups').click()
  await page.getByTestId('backup-make').click()
  await expect(page.getByTestId('backup-row')).toHaveCount(1)
  await addItem(amorce, 'PC-2')
  await page.getByTestId('backup-look').click()
  await expect(page.getByTestId('backup-items')).toHaveText('1')
  await page.getByTestId('backup-restore').click()
  // The screen begins anew, on what the backup holds.
  await expect(page.getByTestId('backup-sheet')).toHaveCount(0)
  await expect(async () => expect((await amorce.items()).map(({ assetTag }) => assetTag)).toEqual(['PC-1'])).toPass({
    timeout: 20_000,
  })
  await expect(async () => expect((await amorce.call('backup.list', undefined)).backups).toHaveLength(2)).toPass({
    timeout: 20_000,
  })
})

test('everything leaves as one file, which is looked at before it takes the place of what is there', async ({
  launch,
}) => {
  const amorce = await launch()
  const { page } = amorce
  const whole = join(temporaryFolder('whole'), 'everything.sqlite')
  await addItem(amorce, 'PC-1')
  await amorce.goTo('settings')
  await page.getByTestId('settings-backups').click()
  await amorce.answerDialogs({ save: whole, open: [whole] })
  await page.getByTestId('backup-saveWhole').click()
  await expect(page.getByTestId('toast')).toContainText(whole)
  for (const tag of ['PC-2', 'PC-3']) await addItem(amorce, tag)

  await page.getByTestId('backup-takeIn').click()
  await expect(page.getByTestId('backup-items')).toHaveText('1')
  // Looking changes nothing yet.
  expect(await amorce.items()).toHaveLength(3)
  await page.getByTestId('backup-restore').click()
  await expect(page.getByTestId('backup-sheet')).toHaveCount(0)
  await expect(async () => expect((await amorce.items()).map(({ assetTag }) => assetTag)).toEqual(['PC-1'])).toPass({
    timeout: 20_000,
  })
})

test('a damaged database is laid aside, read as far as it can be, and said', async ({ launch }) => {
  const dataFolder = temporaryFolder('damaged')
  const first = await launch({ dataFolder })
  for (let n = 1; n <= 60; n++) await addItem(first, `PC-${n}`)
  await first.close()
  const path = join(dataFolder, 'amorce.sqlite')
  const bytes = readFileSync(path)
  // A page of the items' notes, and not the table's first one, without which none of it is found.
  const at = Math.floor(bytes.lastIndexOf('x'.repeat(400)) / 4096) * 4096
  writeFileSync(path, bytes.fill(0x5a, at, at + 4096))

  const amorce = await launch({ dataFolder })
  await expect(amorce.page.getByTestId('notice')).toContainText('récupérées')
  expect(readdirSync(dataFolder).some((name) => name.startsWith('amorce.sqlite.damaged-'))).toBe(true)
  // How much of it depends on which page it was; never nothing.
  const saved = await amorce.items()
  expect(saved.length).toBeGreaterThan(30)
  await addItem(amorce, 'PC-100')
  expect((await amorce.items('PC-100')).length).toBe(1)
})
