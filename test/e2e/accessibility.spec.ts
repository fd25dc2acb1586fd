import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { accessibilityFaults } from '../support/accessibility.ts'
import type { Amorce, Place } from '../support/amorce.ts'
import { demoTest as test, expect } from '../support/fixtures.ts'
import { temporaryFolder } from '../support/temporary.ts'

const places: readonly Place[] = ['exam', 'sittings', 'papers', 'stock', 'diagnosis', 'settings']
/** The choices of a place that show other screens. */
const tabs: Partial<Record<Place, string>> = {
  sittings: 'sittings-tab',
  stock: 'stock-tab',
  diagnosis: 'diagnosis-tab',
}
const settingsSections = ['look', 'room', 'network', 'profiles', 'files', 'backups', 'about']

/** Every screen, one after the other, and what lies over them. */
async function visitAll(amorce: Amorce, look: (screen: string) => Promise<void>): Promise<void> {
  const { page } = amorce
  for (const place of places) {
    await amorce.goTo(place)
    const tab = tabs[place]
    const choices = tab ? page.getByTestId(tab).getByRole('radio') : undefined
    const tabTriggers = tab ? page.getByTestId(tab).getByRole('tab') : undefined
    const all = choices && (await choices.count()) > 0 ? choices : tabTriggers
    for (let index = 0; index < ((await all?.count()) ?? 0); index++) {
      await all?.nth(index).click()
      await look(`${place} ${index}`)
    }
    if (place === 'settings')
      for (const section of settingsSections) {
        await page.getByTestId(`settings-${section}`).click()
        await look(`settings ${section}`)
      }
    else if (!tab) await look(place)
  }
  await amorce.goTo('stock')
  await page.getByTestId('stock-tab').getByRole('tab', { name: 'Matériel' }).click()
  await page.getByTestId('stock-row').first().click()
  await expect(page.getByTestId('item-assetTag')).toBeVisible()
  await look('item')
  await page.keyboard.press('Escape')
  await expect(page.getByTestId('item-sheet')).toHaveCount(0)
  await amorce.goTo('exam')
  await page.locator('[data-testid="tile"][data-trouble]').first().click()
  await expect(amorce.machinePanel.getByTestId('timeline')).toBeVisible()
  await look('machine')
  await page.keyboard.press('Escape')
  await page.keyboard.press('Control+k')
  await look('palette')
  await page.keyboard.press('Escape')
  await page.keyboard.press('F1')
  await expect(page.getByTestId('help-article')).toBeVisible()
  await look('help')
  await page.keyboard.press('Escape')
  await expect(page.getByTestId('help')).toHaveCount(0)
}

for (const theme of ['light', 'dark'] as const) {
  test(`every screen keeps WCAG 2.2 AA as far as axe can tell, ${theme}`, async ({ demo }) => {
    test.setTimeout(180_000)
    await demo.call('settings.save', { theme })
    await expect.poll(() => demo.background()).toBe(theme)
    // What is on its way in has no colour of its own yet.
    await demo.page.emulateMedia({ reducedMotion: 'reduce' })
    const faults: string[] = []
    await visitAll(demo, async (screen) => {
      for (const fault of await accessibilityFaults(demo.page))
        // The palette's list is walked through from its box, by the arrow keys: it is never a stop of its own.
        if (!fault.startsWith('scrollable-region-focusable') || screen !== 'palette') faults.push(`${screen}: ${fault}`)
    })
    expect(faults).toEqual([])
  })
}

test('at 200 % on a laptop’s screen nothing hangs out of the window, and every place is reached by its key', async ({
  demo,
}) => {
  const { page } = demo
  await demo.resize(960, 600)
  for (const [index, place] of places.entries()) {
    await page.keyboard.press(`Alt+${index + 1}`)
    await expect(page.getByTestId(`nav-${place}`)).toHaveAttribute('aria-current', 'page')
    for (const testId of ['exam-button', 'nav-help', `nav-${place}`]) {
      const box = await page.getByTestId(testId).boundingBox()
      expect(box && box.x >= 0 && box.y >= 0 && box.x + box.width <= 960 && box.y + box.height <= 600, testId).toBe(
        true,
      )
    }
  }
  await demo.resize(1280, 800)
  // What has the focus is seen to have it.
  await page.getByTestId('nav-exam').focus()
  await page.keyboard.press('Tab')
  const outline = await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')
  expect(outline).not.toBe('none')
})

test('the help opens with F1, is searched, and follows its own links', async ({ demo }) => {
  const { page } = demo
  await page.keyboard.press('F1')
  const article = page.getByTestId('help-article')
  await expect(article.getByRole('heading', { level: 1 })).toHaveText('Aide d’Amorce')
  await article.getByRole('link', { name: 'Secure Boot' }).click()
  await expect(article.getByRole('heading', { level: 1 })).toHaveText('Secure Boot')
  await page.getByTestId('help').getByRole('searchbox').fill('boucle chargeur')
  await page.getByTestId('help-find').first().click()
  await expect(article.getByRole('heading', { level: 1 })).toHaveText('Questions fréquentes')
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await expect(page.getByTestId('help')).toHaveCount(0)
})

test('from a red tile to its verdict and its remedy in two clicks; the support bundle in two more', async ({
  demo,
}) => {
  const { page } = demo
  await demo.goTo('exam')
  await page.locator('[data-testid="tile"][data-trouble]').first().click()
  await expect(page.getByTestId('verdict')).toBeVisible()
  await page.getByTestId('verdict-remedy').click()
  await expect(page.getByTestId('nav-exam')).not.toHaveAttribute('aria-current', 'page')

  const path = join(temporaryFolder('bundle'), 'support.zip')
  await demo.answerDialogs({ save: path })
  await demo.goTo('diagnosis')
  await demo.choose('diagnosis-tab', 'Autotest')
  await page.getByTestId('vendor-mac').fill('00:00:00:11:22:33')
  await page.getByTestId('vendor-find').click()
  await expect(page.getByTestId('vendor-found')).toHaveText('XEROX CORPORATION')
  await page.getByTestId('bundle-save').click()
  await expect.poll(() => existsSync(path)).toBe(true)
  await expect(page.getByText(`Archive enregistrée dans ${path}`)).toBeVisible()
  expect(readFileSync(path).includes('packets.pcapng')).toBe(true)
})
