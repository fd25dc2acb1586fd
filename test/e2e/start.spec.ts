import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../../tools/run.mjs'
import { expect, test } from '../support/fixtures.ts'
import { run } from '../support/processes.ts'
import { temporaryFolder } from '../support/temporary.ts'

test('npm start -- --demo --exit-when-ready tells its milestones and ends well', async () => {
  test.setTimeout(240_000)
  const folder = temporaryFolder('start')
  const picture = join(folder, 'window.png')
  // No display of its own either: that of the tests is not handed on.
  const { DISPLAY: _display, XAUTHORITY: _authority, ...env } = process.env
  const args = ['--demo', '--exit-when-ready', '--screenshot', picture, '--data', join(folder, 'data')]
  const { code, stdout, stderr } = await run('npm', ['start', '--', ...args], {
    cwd: projectRoot,
    env,
    timeoutMs: 220_000,
  })
  expect(code, stdout + stderr).toBe(0)
  for (const line of [
    /Salle simulée : 24 postes sur 127\./,
    /DHCP écoute sur /,
    /TFTP écoute sur /,
    /HTTP écoute sur /,
    /est arrêté : Secure Boot refuse sans doute son chargeur/,
    /est arrêté : il a une adresse mais ne demande pas son fichier d’amorçage/,
    /22 postes prêts sur 24, 2 arrêtés/,
  ])
    expect(stdout).toMatch(line)
  expect(stdout.match(/est prêt après \d+ s/g)).toHaveLength(22)
  expect(readFileSync(picture).subarray(1, 4).toString()).toBe('PNG')
})
