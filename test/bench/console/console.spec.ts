import { join } from 'node:path'
import type { Page } from '@playwright/test'
import { systemClock } from '../../../src/base/index.ts'
import { createStockRooms } from '../../../src/stock/index.ts'
import { openDatabase } from '../../../src/storage/index.ts'
import { ensureSqliteBinding } from '../../../tools/sqlite.mjs'
import { expect, test } from '../../support/fixtures.ts'
import { temporaryFolder } from '../../support/temporary.ts'
import { makeItems } from '../madeStock.ts'

// Not tests: `npm run bench -- console` prints how the screen and the main loop hold while three hundred machines boot,
// and while someone scrolls through a hundred thousand items.
const machines = 300
const items = 100_000

test(`${machines} simulated machines boot at once`, async ({ launch }) => {
  test.setTimeout(300_000)
  const amorce = await launch({ args: ['--machines', String(machines), '--failures', '', '--at-once'] })
  // A little less than the virtual screen, which has no room for a frame.
  await amorce.resize(1800, 1000)
  await amorce.watchMainLoop()
  await amorce.call('exam.startDemo', undefined)
  await amorce.goTo('exam')
  await expect(amorce.tiles.nth(50)).toBeVisible({ timeout: 60_000 })
  const frames = await framesFor(amorce.page, 80_000)
  const heard = (await amorce.machines()).length
  print(`${heard} machines heard`, frames, await amorce.mainLoopLags())
  expect(heard).toBeGreaterThan(0)
})

test(`a list of ${items} items is scrolled`, async ({ launch }) => {
  test.setTimeout(300_000)
  const dataFolder = temporaryFolder('scrolled')
  const nativeBinding = await ensureSqliteBinding()
  const database = openDatabase({ path: join(dataFolder, 'amorce.sqlite'), ...(nativeBinding && { nativeBinding }) })
  makeItems(createStockRooms(database, systemClock, () => '').items, items)
  database.close()

  const amorce = await launch({ dataFolder })
  const { page } = amorce
  await amorce.resize(1800, 1000)
  await amorce.goTo('stock')
  await expect(page.getByTestId('stock-row').first()).toBeVisible()
  await amorce.watchMainLoop()
  const seconds = 20
  // As a wheel that is never let go, then as a thumb on the scroll bar: whole pages come by that must be fetched first.
  for (const [how, end] of [
    ['by the wheel', 60_000],
    ['by the bar, from the first to the last', Infinity],
  ] as const) {
    await page.evaluate(`{
      let list = document.querySelector('[data-testid="stock-row"]')
      while (list.scrollHeight <= list.clientHeight + 1) list = list.parentElement
      const from = performance.now()
      const step = (now) => {
        const part = Math.min((now - from) / ${seconds * 1000}, 1)
        list.scrollTop = part * Math.min(list.scrollHeight - list.clientHeight, ${end})
        if (part < 1) requestAnimationFrame(step)
      }
      requestAnimationFrame(step)
    }`)
    await amorce.forgetMainLoopLags()
    const frames = await framesFor(page, seconds * 1000)
    print(`${items} items scrolled ${how}`, frames, await amorce.mainLoopLags())
  }
  await expect(page.getByTestId('stock-row').last()).toContainText(`INV-0${items - 1}`)
})

/** @returns the milliseconds between one frame and the next */
function framesFor(page: Page, milliseconds: number): Promise<number[]> {
  return page.evaluate<number[]>(`new Promise((resolve) => {
    const gaps = []
    let last = performance.now()
    const end = last + ${milliseconds}
    const next = (now) => {
      gaps.push(now - last)
      last = now
      if (now < end) requestAnimationFrame(next)
      else resolve(gaps)
    }
    requestAnimationFrame(next)
  })`)
}

function print(what: string, frames: readonly number[], lags: readonly number[]): void {
  const seconds = frames.reduce((sum, gap) => sum + gap, 0) / 1000
  console.log(
    [
      `${what}, ${seconds.toFixed(1)} s looked at`,
      `renderer: ${(frames.length / seconds).toFixed(1)} frames/s, longest gap ${Math.max(...frames).toFixed(0)} ms`,
      `main loop: lag p50 ${share(lags, 0.5)} ms, p99 ${share(lags, 0.99)} ms, longest ${share(lags, 1)} ms`,
    ].join('\n'),
  )
}

const share = (values: readonly number[], part: number): string =>
  ([...values].sort((a, b) => a - b)[Math.min(Math.floor(values.length * part), values.length - 1)] ?? 0).toFixed(1)
