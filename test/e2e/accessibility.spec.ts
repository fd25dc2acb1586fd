import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { AccessibilityWalk } from '../support/accessibility.ts'
import type { Amorce, Place } from '../support/amorce.ts'
import { demoTest as test, expect } from '../support/fixtures.ts'
import { temporaryFolder } from '../support/temporary.ts'

const places: readonly Place[] = ['exam', 'sittings', 'papers', 'stock', 'diagnosis', 'settings']

/** What of the help's page would be pale on white paper, or would be printed on a dark ground. */
const notForPaper = `(() => {
  const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true })
  // Relative luminance, WCAG 2.2, of any colour that CSS can write, laid on white.
  const luminance = (colour) => {
    canvas.fillStyle = 'white'
    canvas.fillRect(0, 0, 1, 1)
    canvas.fillStyle = colour
    canvas.fillRect(0, 0, 1, 1)
    const [red, green, blue] = [...canvas.getImageData(0, 0, 1, 1).data].map((byte) =>
      byte / 255 <= 0.04045 ? byte / 255 / 12.92 : ((byte / 255 + 0.055) / 1.055) ** 2.4)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
  }
  const article = document.querySelector('[data-testid=help-article]')
  return [article, ...article.querySelectorAll('*')].filter((element) => element.checkVisibility()).flatMap((element) => {
    const { color, backgroundColor } = getComputedStyle(element)
    const words = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim() !== '')
    return [
      ...(words && 1.05 / (luminance(color) + 0.05) < 4.5 ? ['pale: ' + element.outerHTML.slice(0, 80)] : []),
      ...(luminance(backgroundColor) < 0.8 ? ['dark ground: ' + element.outerHTML.slice(0, 80)] : []),
    ]
  })
})()`

/** The parts of a place, one after the other. */
async function lookAtParts(amorce: Amorce, walk: AccessibilityWalk, place: Place, testId: string): Promise<void> {
  await amorce.goTo(place)
  const parts = amorce.page.getByTestId(testId).locator('button')
  await expect(parts.first()).toBeVisible()
  for (let index = 0; index < (await parts.count()); index++) {
    await parts.nth(index).click()
    await walk.look(`${place}: ${(await parts.nth(index).textContent())?.trim()}`)
  }
  await parts.first().click()
}

const walks: Record<string, (amorce: Amorce, walk: AccessibilityWalk) => Promise<void>> = {
  'the exam': async (amorce, walk) => {
    const { page } = amorce
    await lookAtParts(amorce, walk, 'exam', 'exam-layout')
    await page.locator('[data-testid="tile"][data-trouble]').first().click()
    await expect(amorce.machinePanel.getByTestId('timeline')).toBeVisible()
    await walk.look('machine')
    await page.keyboard.press('Escape')
  },
  'what is done to several machines': async (amorce, walk) => {
    const { page } = amorce
    await amorce.goTo('exam')
    await page.getByTestId('choose').click()
    await page.getByTestId('choose-all').click()
    await page.getByTestId('incidents').click()
    await walk.look('what is done to several, and incidents')
    await page.getByTestId('act-lock').click()
    await walk.look('what a lock asks')
    await page.getByTestId('act-reboot').click()
    await expect(page.getByRole('alertdialog')).toBeVisible()
    await walk.look('a question before what cannot be undone')
    await page.keyboard.press('Escape')
    await page.getByTestId('incidents').click()
    await page.getByTestId('choose').click()
  },
  'sittings and papers': async (amorce, walk) => {
    const { page } = amorce
    await lookAtParts(amorce, walk, 'sittings', 'sittings-tab')
    await page.getByTestId('sitting-row').first().click()
    await lookAtParts(amorce, walk, 'sittings', 'sitting-tab')
    await page.getByTestId('sitting-edit').click()
    await walk.look('a sitting’s form')
    await page.keyboard.press('Escape')
    await page.getByTestId('candidate-row').first().getByRole('button').click()
    await expect(page.getByTestId('candidate-sheet')).toBeVisible()
    await walk.look('a candidate')
    await page.keyboard.press('Escape')
    await page.getByTestId('sitting-back').click()
    await amorce.goTo('papers')
    await walk.look('papers')
  },
  'the stock': async (amorce, walk) => {
    const { page } = amorce
    await lookAtParts(amorce, walk, 'stock', 'stock-tab')
    await page.getByTestId('stock-row').first().click()
    await expect(page.getByTestId('item-assetTag')).toBeVisible()
    await walk.look('item')
    await page.keyboard.press('Escape')
  },
  'the diagnosis': (amorce, walk) => lookAtParts(amorce, walk, 'diagnosis', 'diagnosis-tab'),
  'the settings': async (amorce, walk) => {
    await amorce.goTo('settings')
    const sections = amorce.page.locator('nav [data-testid^="settings-"]')
    for (let index = 0; index < (await sections.count()); index++) {
      await sections.nth(index).click()
      await walk.look(`settings: ${await sections.nth(index).textContent()}`)
    }
  },
  'what lies over a place': async (amorce, walk) => {
    const { page } = amorce
    await page.keyboard.press('Control+k')
    // The palette's list is walked through from its box, by the arrow keys: it is never a stop of its own.
    await walk.look('palette', 'scrollable-region-focusable')
    await page.keyboard.press('Escape')
    await page.keyboard.press('F1')
    await expect(page.getByTestId('help-article')).toBeVisible()
    await walk.look('help')
    await page.keyboard.press('Escape')
    await expect(page.getByTestId('help')).toHaveCount(0)
    await page.getByTestId('preflight-open').click()
    await expect(page.getByTestId('preflight-sheet')).toBeVisible()
    await walk.look('checks')
    await page.keyboard.press('Escape')
  },
}

for (const [what, visit] of Object.entries(walks))
  test(`WCAG 2.2 AA as far as axe can tell, in both themes and at 200 %: ${what}`, async ({ demo }) => {
    // Each screen is gone through three times.
    test.setTimeout(180_000)
    const walk = await AccessibilityWalk.begin(demo)
    await visit(demo, walk)
    expect(walk.faults).toEqual([])
  })

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

test('the exam-day list is printed on A4, without the window around it', async ({ demo }) => {
  const { page } = demo
  await page.emulateMedia({ colorScheme: 'dark' })
  await demo.call('settings.save', { theme: 'dark' })
  await demo.goTo('exam')
  await page.keyboard.press('F1')
  await page.locator('[data-testid="help-page"][data-name="exam-day"]').click()
  await expect(page.getByTestId('help-article').getByRole('heading', { level: 1 })).toHaveText('Liste du jour')
  // The button only asks the system for its dialogue.
  await page.evaluate('globalThis.print = () => (globalThis.timesPrinted = (globalThis.timesPrinted ?? 0) + 1)')
  await page.getByTestId('help-print').click()
  expect(await page.evaluate('globalThis.timesPrinted')).toBe(1)

  const pdf = join(temporaryFolder('printed'), 'list.pdf')
  writeFileSync(pdf, await demo.printed())
  const about = execFileSync('pdfinfo', [pdf], { encoding: 'utf8' })
  expect(about).toMatch(/Page size: +59[45][.\d]* x 84[12]/)
  expect(about).toMatch(/Pages: +[12]\n/)
  // Neither the buttons and the list of pages before it, nor the room behind it.
  const text = execFileSync('pdftotext', ['-layout', pdf, '-'], { encoding: 'utf8' }).trim()
  expect(text).toMatch(/^Liste du jour\n[^]*Heure de départ :\s+_+$/)

  // Paper is white, and the theme is the screen's: on every page of the help.
  const names = await page.evaluate<string[]>(
    `[...document.querySelectorAll('[data-testid=help-page]')].map((each) => each.dataset.name)`,
  )
  for (const name of names) {
    await page.emulateMedia({ media: 'screen', colorScheme: 'dark' })
    await page.locator(`[data-testid="help-page"][data-name="${name}"]`).click()
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' })
    expect(await page.evaluate(notForPaper), name).toEqual([])
  }
  await page.emulateMedia({ media: null, colorScheme: 'dark' })
  await page.keyboard.press('Escape')
  await demo.call('settings.save', { theme: 'system' })
})
