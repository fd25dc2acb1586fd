import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, test } from '../support/fixtures.ts'
import { temporaryFolder } from '../support/temporary.ts'

// What opens the window, what closes it, and what of that ends an exam.

test('a second start on the same data shows the window of the first, and ends well', async ({ launch, runtime }) => {
  const dataFolder = temporaryFolder('twice')
  const first = await launch({ dataFolder })
  await first.hideWindow()
  expect(await first.isWindowShown()).toBe(false)
  const second = spawn(runtime.executable, [...runtime.args, '--data', dataFolder], {
    env: runtime.env,
    stdio: 'ignore',
  })
  expect(await once(second, 'exit')).toEqual([0, null])
  await expect.poll(() => first.isWindowShown()).toBe(true)
  await first.expectFace('chooseNic')
})

test('neither a key, nor the close button, nor the tray ends a running exam without a deliberate answer', async ({
  launch,
}) => {
  const amorce = await launch({ args: ['--machines', '3'] })
  await amorce.watchTray()
  await amorce.call('exam.startDemo', undefined)
  await amorce.expectFace('running', 30_000)
  const waysOut = [() => amorce.quit(), () => amorce.pressCloseButton(), () => amorce.chooseInTray('Quitter')]
  for (const leave of waysOut) {
    const asked = await amorce.answerQuestions(0)
    await leave()
    await expect.poll(asked).toBe(1)
    await amorce.expectFace('running')
    expect(await amorce.isWindowShown()).toBe(true)
  }
  // To put the window away is not to end the exam either.
  const asked = await amorce.answerQuestions(1)
  await amorce.pressCloseButton()
  await expect.poll(asked).toBe(1)
  expect((await amorce.exam()).phase).toBe('running')

  await amorce.answerQuestions(2)
  await amorce.pressCloseButton()
  await expect.poll(() => amorce.running, { timeout: 15_000 }).toBe(false)
})

test('beside the clock stands whether an exam runs, and where; from there the window comes back', async ({
  launch,
}) => {
  const amorce = await launch({ args: ['--machines', '3'] })
  const tray = await amorce.watchTray()
  await amorce.call('exam.startDemo', undefined)
  await amorce.expectFace('running', 30_000)
  const { address } = await amorce.exam()
  await expect.poll(tray).toEqual([`Examen en cours sur ${address}`, 'Afficher la console', 'Quitter'])
  await amorce.hideWindow()
  await amorce.chooseInTray('Afficher la console')
  await expect.poll(() => amorce.isWindowShown()).toBe(true)
  await amorce.call('exam.stop', undefined)
  await expect.poll(tray).toEqual(['Aucun examen en cours', 'Afficher la console', 'Quitter'])
  // There is nothing left to ask about.
  await amorce.answerQuestions(0)
  await amorce.chooseInTray('Quitter')
  await expect.poll(() => amorce.running, { timeout: 15_000 }).toBe(false)
})
