import { expect, test } from '../../support/fixtures.ts'

// Not a test: `npm run bench -- console` prints how the screen and the main loop hold while three hundred machines boot.
const machines = 300

test(`${machines} simulated machines boot at once`, async ({ launch }) => {
  test.setTimeout(300_000)
  const amorce = await launch({ args: ['--machines', String(machines), '--failures', '', '--at-once'] })
  const { page } = amorce
  // A little less than the virtual screen, which has no room for a frame.
  await amorce.resize(1800, 1000)
  await amorce.watchMainLoop()
  await amorce.call('exam.startDemo', undefined)
  await amorce.goTo('exam')
  await expect(amorce.tiles.nth(50)).toBeVisible({ timeout: 60_000 })
  const frames = await page.evaluate<number[]>(`new Promise((resolve) => {
    const gaps = []
    let last = performance.now()
    const end = last + 80_000
    const next = (now) => {
      gaps.push(now - last)
      last = now
      if (now < end) requestAnimationFrame(next)
      else resolve(gaps)
    }
    requestAnimationFrame(next)
  })`)
  const lags = await amorce.mainLoopLags()
  const heard = (await amorce.machines()).length
  const seconds = frames.reduce((sum, gap) => sum + gap, 0) / 1000
  console.log(
    [
      `${heard} machines heard, ${seconds.toFixed(1)} s looked at`,
      `renderer: ${(frames.length / seconds).toFixed(1)} frames/s, longest gap ${Math.max(...frames).toFixed(0)} ms`,
      `main loop: lag p50 ${share(lags, 0.5)} ms, p99 ${share(lags, 0.99)} ms, longest ${share(lags, 1)} ms`,
    ].join('\n'),
  )
  expect(heard).toBeGreaterThan(0)
})

const share = (values: readonly number[], part: number): string =>
  ([...values].sort((a, b) => a - b)[Math.min(Math.floor(values.length * part), values.length - 1)] ?? 0).toFixed(1)
