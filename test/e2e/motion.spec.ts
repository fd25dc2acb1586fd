import type { Page } from '@playwright/test'
import type { Amorce, Place } from '../support/amorce.ts'
import { demoTest as test, expect } from '../support/fixtures.ts'

const places: readonly Place[] = ['exam', 'sittings', 'papers', 'stock', 'diagnosis', 'settings']

/** Notes at every frame what moves: animations and transitions that take any time at all. */
const watchMotion = (page: Page): Promise<void> =>
  page.evaluate(`(() => {
    const seen = new Set()
    globalThis.motionSeen = () => { const all = [...seen]; seen.clear(); return all }
    const look = () => {
      for (const animation of document.getAnimations()) {
        if (animation.effect.getComputedTiming().activeDuration === 0) continue
        const what = animation.animationName ?? animation.transitionProperty ?? 'script'
        seen.add(what + ' of ' + animation.effect.target.outerHTML.slice(0, 120))
      }
      requestAnimationFrame(look)
    }
    look()
  })()`)
const motionSeen = (page: Page): Promise<string[]> => page.evaluate('globalThis.motionSeen()')

/** Whatever fades, turns or slides for those who want it to: places, panels, dialogues, the checks, a message. */
async function walk(amorce: Amorce): Promise<void> {
  const { page } = amorce
  for (const place of places) {
    await page.getByTestId(`nav-${place}`).hover()
    await amorce.goTo(place)
  }
  await amorce.goTo('exam')
  await page.locator('[data-testid="tile"][data-trouble]').first().click()
  await expect(amorce.machinePanel.getByTestId('timeline')).toBeVisible()
  await page.keyboard.press('Escape')
  await page.keyboard.press('Control+k')
  await page.keyboard.press('Escape')
  await page.keyboard.press('F1')
  await expect(page.getByTestId('help-article')).toBeVisible()
  await page.keyboard.press('Escape')
  await expect(page.getByTestId('help')).toHaveCount(0)
  await page.getByTestId('preflight-open').click()
  await expect(page.getByTestId('preflight-sheet')).toBeVisible()
  await page.keyboard.press('Escape')
  await amorce.goTo('diagnosis')
  await amorce.choose('diagnosis-tab', 'Baux')
}

test('who asks the system for less motion sees none', async ({ demo }) => {
  test.setTimeout(180_000)
  const { page } = demo
  await watchMotion(page)
  await page.emulateMedia({ reducedMotion: 'no-preference' })
  await walk(demo)
  expect(await motionSeen(page), 'what moves for everybody else').not.toEqual([])

  await page.emulateMedia({ reducedMotion: 'reduce' })
  await expect.poll(() => page.evaluate('document.getAnimations().length')).toBe(0)
  await motionSeen(page)
  await walk(demo)
  expect(await motionSeen(page)).toEqual([])
  await page.emulateMedia({ reducedMotion: 'no-preference' })
})
