import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { commands, type AmorceBridge, type CommandName } from '../../src/contract/index.ts'
import { expect, test } from '../support/fixtures.ts'

// What a page could do that was taken over, by way of a fault in what it shows: everything here is tried from inside it.

const takenOver = readFileSync(join(process.cwd(), 'test', 'support', 'takenOver.js'), 'utf8')

/** Of every kind that can be cloned. Each channel is sent those that its schema does not take. */
const hostile: unknown[] = [
  ...[undefined, null, true, -1, 0.5, NaN, 2 ** 60, '', 'x', '../../etc/passwd', 'C:\\Windows\\win.ini', 'a\0b'],
  ...['x'.repeat(100_000), [], [[]], {}, { __proto__: { admin: true } }, { length: -1 }, new Map([['a', 1]])],
  ...[new Date(0), new Uint8Array(64), { id: '1; DROP TABLE items' }, { path: '/etc/shadow' }, { nic: '-x' }],
]

test('a page that was taken over gets neither out of the window nor past a schema', async ({ launch }) => {
  const { page } = await launch()
  const address = page.url()

  await test.step('no way out', async () => {
    const tried = await page.evaluate<Record<string, unknown>>(takenOver)
    expect(tried).toMatchObject({
      ...{ opened: false, openedFile: false, fetch: true, fetchFile: true, socket: true, eval: true, injected: false },
      node: ['undefined', 'undefined', 'undefined'],
      bridge: ['call', 'onUpdate', 'pathOf'],
      ...{ frozen: true, microphone: true, screen: true, notify: 'denied', where: 1, clipboard: true },
    })
    expect(tried.policy).toEqual(expect.arrayContaining(['connect-src', 'frame-src', 'img-src', 'script-src-elem']))
    expect(page.url()).toBe(address)
  })

  await test.step('no argument that a schema does not take', async () => {
    const names = Object.keys(commands) as CommandName[]
    const attacks = names.flatMap((name) =>
      hostile.filter((value) => !commands[name].input.safeParse(value).success).map((value) => [name, value] as const),
    )
    expect(attacks.length).toBeGreaterThan(names.length * 10)
    const answers = await page.evaluate(
      (calls) =>
        Promise.all(
          calls.map(async ([name, value]) => {
            const reply = await (globalThis as unknown as { amorce: AmorceBridge }).amorce.call(name, value)
            return reply.ok ? `${name} took ${typeof value}` : reply.error.code
          }),
        ),
      attacks,
    )
    expect([...new Set(answers)]).toEqual(['input.invalid'])
    await page.reload()
    await expect(page.getByTestId('exam-button')).toBeVisible()
  })
})
