import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { commands, guardedCommands, isGuarded, type AmorceBridge, type CommandName } from '../../src/contract/index.ts'
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

/** An argument that each guarded command's schema takes, so that nothing but the PIN can refuse it. */
const accepted: unknown[] = [
  ...[undefined, 1, 'dhcp', 'eth0', '52:54:00:12:34:56', 'image.bin', 'amorce-2026-01-01T00-00-00.sqlite'],
  ...[{ acceptWarnings: true }, { httpPort: 8080 }, { nic: 'eth0', address: '10.0.0.1', prefix: 24 }],
  { name: 'x', system: 'linux', kernel: 'k', initrds: [], commandLine: '' },
  { id: 1, profile: { name: 'x', system: 'linux', kernel: 'k', initrds: [], commandLine: '' } },
  ...[{ name: 'x', commandLine: '' }, { timeoutSeconds: 5 }, { accept: [] }],
]

test('a page that was taken over neither passes nor guesses the technician’s PIN', async ({ launch }) => {
  const amorce = await launch()
  const { page } = amorce
  await amorce.call('pin.set', { current: '', pin: '90817', minutes: 1 })
  await amorce.call('pin.lock', undefined)

  const attacks = [...guardedCommands].flatMap((name) => {
    const argument = accepted.findIndex((value) => {
      const parsed = commands[name].input.safeParse(value)
      return parsed.success && isGuarded(name, parsed.data)
    })
    return argument < 0 ? [] : [[name, accepted[argument]] as const]
  })
  expect(attacks.length).toBeGreaterThan(18)
  const send = (calls: readonly (readonly [CommandName, unknown])[]): Promise<string[]> =>
    page.evaluate(
      (each) =>
        Promise.all(
          each.map(async ([name, value]) => {
            const reply = await (globalThis as unknown as { amorce: AmorceBridge }).amorce.call(name, value)
            return reply.ok ? `${name} was done` : reply.error.code
          }),
        ),
      calls,
    )
  expect([...new Set(await send(attacks))]).toEqual(['pin.needed'])
  // Not by another PIN, not by taking it away, and not by trying many at once.
  const guesses = Array.from({ length: 200 }, (_, n) => ['pin.unlock', String(n).padStart(4, '0')] as const)
  const answers = await send([['pin.set', { current: '', pin: '1111', minutes: 60 }], ['pin.remove', ''], ...guesses])
  expect(answers.filter((code) => code === 'pin.wrong')).toHaveLength(5)
  expect(answers.filter((code) => code === 'pin.wait')).toHaveLength(guesses.length + 2 - 5)
  expect(JSON.stringify([await amorce.snapshot(), await amorce.call('app.info', undefined)])).not.toMatch(
    /90817|"(hash|salt)"/,
  )
})
