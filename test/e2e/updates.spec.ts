import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from '../support/fixtures.ts'
import { publisherKey, stickWith } from '../support/release.ts'
import { temporaryFolder } from '../support/temporary.ts'

test('a release on a stick is looked at, and refused or installed', async ({ launch }) => {
  const publisher = publisherKey()
  const installedAt = join(temporaryFolder('installed'), 'amorce')
  mkdirSync(installedAt)
  writeFileSync(join(installedAt, 'version'), '0.1.0')
  const amorce = await launch({
    args: ['--machines', '3'],
    env: { AMORCE_INSTALLED_AT: installedAt, AMORCE_UPDATE_PUBLIC_KEY: publisher.publicKey },
  })
  const { page } = amorce
  const restarts = await amorce.holdRestarts()
  await amorce.goTo('settings')
  await page.getByTestId('settings-updates').click()
  await expect(page.getByTestId('update-kind')).toHaveText('Archive tar.gz')

  await amorce.answerDialogs({ open: [stickWith('9.9.9', publisherKey().privatePem)] })
  await page.getByTestId('update-folder').click()
  await expect(page.getByTestId('update-refused')).toContainText('n’est pas signée')
  await expect(page.getByTestId('update-offer')).toHaveCount(0)

  const stick = stickWith('9.9.9', publisher.privatePem)
  await amorce.answerDialogs({ open: [stick] })
  await page.getByTestId('update-folder').click()
  await expect(page.getByTestId('update-refused')).toHaveCount(0)
  await expect(page.getByTestId('update-offer')).toContainText('Version 9.9.9')
  await expect(page.getByTestId('update-offer')).toContainText('Première version')

  // Not while an exam runs, whatever the page asks for.
  await amorce.call('exam.startDemo', undefined)
  await amorce.expectFace('running', 30_000)
  await expect(page.getByTestId('update-install')).toBeDisabled()
  await expect(amorce.call('update.install', undefined)).rejects.toThrow('exam.alreadyRunning')
  await amorce.call('exam.stop', undefined)
  await expect(page.getByTestId('update-install')).toBeEnabled()
  expect(await restarts()).toBe(0)

  await page.getByTestId('update-install').click()
  await expect.poll(() => amorce.running, { timeout: 20_000 }).toBe(false)
  expect(readFileSync(join(installedAt, 'version'), 'utf8')).toBe('9.9.9')
  expect(readFileSync(join(`${installedAt}.previous`, 'version'), 'utf8')).toBe('0.1.0')
})

test('a working copy says that it is not updated from here', async ({ launch }) => {
  const amorce = await launch()
  await amorce.goTo('settings')
  await amorce.page.getByTestId('settings-updates').click()
  await expect(amorce.page.getByTestId('update-notHere')).toBeVisible()
  await expect(amorce.page.getByTestId('update-folder')).toHaveCount(0)
  await expect(amorce.call('update.look', { path: '/tmp' })).rejects.toThrow('update.notHere')
})
