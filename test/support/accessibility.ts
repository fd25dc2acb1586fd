import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { Page } from '@playwright/test'
import type { AxeResults } from 'axe-core'
import type { Amorce } from './amorce.ts'

const source = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
/** WCAG 2.2, levels A and AA; of the second theme only the colours, for the rest is the same. */
const rules = {
  light: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] },
  dark: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] },
}

/** What of WCAG 2.2 AA axe finds broken on the screen as it is now: a line each, `rule: element`. */
async function axeFaults(page: Page, theme: keyof typeof rules): Promise<string[]> {
  if (!(await page.evaluate('typeof axe === "object"'))) await page.evaluate(source)
  const { violations } = await page.evaluate<AxeResults, object>(
    (runOnly) =>
      (globalThis as unknown as { axe: { run(options: object): Promise<AxeResults> } }).axe.run({
        runOnly,
        resultTypes: ['violations'],
      }),
    rules[theme],
  )
  return violations.flatMap(({ id, nodes }) =>
    nodes.slice(0, 5).map(({ html, any }) => `${id}: ${html.slice(0, 200)} ${any[0]?.message ?? ''}`),
  )
}

/**
 * What somebody who needs everything twice as large cannot get at on the screen as it is now: a page that is wider or
 * higher than its window, or a control that has the focus and is still out of sight.
 */
const outOfReach = (page: Page): Promise<string[]> =>
  page.evaluate<string[]>(`(() => {
    const { scrollWidth, scrollHeight } = document.documentElement
    const faults = []
    if (scrollWidth > innerWidth || scrollHeight > innerHeight)
      faults.push('page of ' + scrollWidth + ' x ' + scrollHeight + ' in a window of ' + innerWidth + ' x ' + innerHeight)
    // Over the rest lies the last dialogue that was opened, and nothing under it is meant to be reached.
    const root = [...document.querySelectorAll('[role=dialog], [role=alertdialog]')].pop() ?? document.body
    const before = document.activeElement
    for (const control of root.querySelectorAll('button, a[href], input, select, textarea, summary')) {
      if (control.disabled || control.tabIndex < 0 || !control.checkVisibility()) continue
      // What is shown only to a screen reader, such as the link that skips to the content.
      if (control.closest('.sr-only')) continue
      control.focus()
      control.scrollIntoView({ block: 'nearest', inline: 'nearest' })
      const box = control.getBoundingClientRect()
      let [left, top, right, bottom] = [0, 0, innerWidth, innerHeight]
      for (let around = control.parentElement; around; around = around.parentElement) {
        if (getComputedStyle(around).overflow === 'visible') continue
        const frame = around.getBoundingClientRect()
        left = Math.max(left, frame.left)
        top = Math.max(top, frame.top)
        right = Math.min(right, frame.right)
        bottom = Math.min(bottom, frame.bottom)
      }
      const [x, y] = [box.left + box.width / 2, box.top + box.height / 2]
      if (x < left || x > right || y < top || y > bottom)
        faults.push('out of sight: ' + control.outerHTML.replace(/ class="[^"]*"/g, '').slice(0, 160))
    }
    before?.focus?.()
    return faults
  })()`)

/** A walk through screens, each looked at in both themes, and at twice its size in a window of 1280 x 800. */
export class AccessibilityWalk {
  readonly faults: string[] = []

  private constructor(private readonly amorce: Amorce) {}

  static async begin(amorce: Amorce): Promise<AccessibilityWalk> {
    await amorce.resize(1280, 800)
    // The theme is the system's, so that both are seen without leaving what is open.
    await amorce.call('settings.save', { theme: 'system' })
    return new AccessibilityWalk(amorce)
  }

  /** @param except what is known of this screen, and said where it is called */
  async look(screen: string, except?: string): Promise<void> {
    const { amorce, faults } = this
    for (const theme of ['light', 'dark'] as const) {
      // What is on its way in has no colour of its own yet.
      await amorce.page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
      for (const fault of await axeFaults(amorce.page, theme))
        if (!except || !fault.startsWith(except)) faults.push(`${screen}, ${theme}: ${fault}`)
    }
    await amorce.magnify(2)
    for (const fault of await outOfReach(amorce.page)) faults.push(`${screen}, 200 %: ${fault}`)
    await amorce.magnify(1)
  }
}
