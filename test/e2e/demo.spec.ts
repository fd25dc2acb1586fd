import { join } from 'node:path'
import { demoTest as test, expect } from '../support/fixtures.ts'
import { furnish, photograph } from '../support/screens.ts'

test('24 machines come, 22 get ready, and the other two are explained', async ({ demo }) => {
  await demo.goTo('exam')
  await expect(demo.tiles).toHaveCount(24)
  await expect(demo.tilesAt('ready')).toHaveCount(22)
  const machines = await demo.machines()
  expect(machines.flatMap(({ trouble }) => trouble?.code ?? []).sort()).toEqual(['noLoaderRequest', 'secureBoot'])
  expect(machines.filter(({ boots, stage }) => boots === 2 && stage === 'ready')).toHaveLength(1)
  expect(new Set(machines.map(({ address }) => address)).size).toBe(24)

  await expect(demo.page.locator('[data-testid="tile"][data-trouble="secureBoot"]')).toContainText('Secure Boot')
  await expect(demo.page.locator('[data-testid="tile"][data-trouble="noLoaderRequest"]')).toContainText('pas de TFTP')
  await expect(demo.page.getByTestId('filter-ready')).toHaveText('22 prêts')
  for (const service of ['dhcp', 'tftp', 'http'])
    await expect(demo.page.getByTestId(`service-${service}`)).toBeVisible()
})

test('the panel of a stuck machine says what happened, why, and what to do', async ({ demo }) => {
  const tile = demo.page.locator('[data-testid="tile"][data-trouble="secureBoot"]')
  await tile.click()
  const verdict = demo.machinePanel.getByTestId('verdict')
  await expect(verdict).toContainText('a reçu son chargeur')
  await expect(verdict).toContainText('Secure Boot')
  await expect(verdict.getByTestId('verdict-confidence')).toContainText('%')
  await expect(verdict.getByTestId('verdict-evidence')).toContainText('reçu en entier')
  await expect(verdict.getByTestId('verdict-others')).toContainText('chargeur muet')
  await expect(demo.machinePanel.getByTestId('timeline')).toContainText('Reçoit le chargeur')
  await expect(demo.machinePanel.getByTestId('transfer').first()).toContainText('.efi')

  await demo.page.keyboard.press('Escape')
  await expect(demo.machinePanel).toHaveCount(0)
})

test('counts are filters, and the plan is also a table', async ({ demo }) => {
  const { page } = demo
  await page.getByTestId('filter-ready').click()
  await expect(page.locator('[data-testid="tile"]:not([data-dimmed])')).toHaveCount(22)
  await page.getByTestId('filter-all').click()
  await expect(demo.tiles).toHaveCount(24)

  await demo.choose('exam-layout', 'Tableau')
  await expect(page.getByTestId('machine-row').first()).toBeVisible()
  const address = (await demo.machines())[7]?.address ?? ''
  await page.getByRole('searchbox').fill(address)
  await expect(page.getByTestId('machine-row')).toHaveCount(1)
  await expect(page.getByTestId('machine-row')).toContainText(address)
  await page.getByRole('searchbox').fill('')
  await demo.choose('exam-layout', 'Plan')
})

test('a machine that is not in the stock is added with one click, with what its loader reported', async ({ demo }) => {
  const machine = (await demo.machines()).find(({ stage, item }) => stage === 'ready' && !item)
  if (!machine) throw new Error('every machine is in the stock already')
  await demo.tile(machine.mac).click()
  await demo.machinePanel.getByTestId('add-item').click()
  await expect(demo.machinePanel.getByTestId('open-item')).toBeVisible()

  const [item, ...others] = await demo.items(machine.facts.serial)
  expect(others).toEqual([])
  expect(item).toMatchObject({
    type: 'pc',
    manufacturer: machine.facts.manufacturer,
    model: machine.facts.product,
    serial: machine.facts.serial,
    uuid: machine.uuid,
    macs: [machine.mac],
  })
  await demo.machinePanel.getByTestId('open-item').click()
  await expect(demo.page.getByTestId('item-serial')).toHaveValue(machine.facts.serial ?? '')
  await demo.page.keyboard.press('Escape')
  const row = demo.page.locator(`[data-testid="stock-row"][data-id="${item?.id}"]`)
  await expect(row).toContainText(item?.assetTag ?? '')
  await expect(row).not.toContainText('jamais')
  await demo.goTo('exam')
  await demo.page.keyboard.press('Escape')
})

test('the journal tells the whole boot of one machine, in order', async ({ demo }) => {
  const machine = (await demo.machines()).find(({ stage, boots }) => stage === 'ready' && boots === 1)
  const firstOfEach = new Set((await demo.journal([], machine?.mac)).map(({ type }) => type).reverse())
  const steps = ['dhcp.discover', 'dhcp.offer', 'dhcp.request', 'dhcp.ack', 'boot.script', 'agent.heartbeat']
  expect([...firstOfEach].filter((type) => steps.includes(type))).toEqual(steps)

  const { page } = demo
  await demo.tile(machine?.mac ?? '').click()
  await demo.machinePanel.getByRole('button', { name: 'Tout son journal' }).click()
  await expect(page.getByTestId('nav-diagnosis')).toHaveAttribute('aria-current', 'page')
  await expect(
    page
      .getByTestId('journal-row')
      .filter({ hasText: machine?.address ?? '' })
      .first(),
  ).toBeVisible()
  await page.getByTestId('journal-machine').selectOption('')
  await demo.goTo('exam')
  await page.keyboard.press('Escape')
})

for (const theme of ['light', 'dark'] as const) {
  test(`every main screen holds together in the ${theme} theme`, async ({ demo }, info) => {
    if ((await demo.items()).length < 24) await furnish(demo)
    await photograph(demo, theme, join(info.project.outputDir, `screens-${theme}`))
  })
}
