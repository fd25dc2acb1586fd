import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { manPage } from './manPage.ts'
import { commandNames } from './table.ts'

const hasMan = spawnSync('man', ['--version']).status === 0 && spawnSync('groff', ['--version']).status === 0

it.skipIf(!hasMan).each(['fr', 'en'] as const)('man shows the page in %s without a warning', (language) => {
  const folder = mkdtempSync(join(tmpdir(), 'amorce-man-'))
  try {
    const file = join(folder, 'amorce.1')
    writeFileSync(file, manPage(language, '9.9.9'))
    const { status, stdout, stderr } = spawnSync('man', ['--warnings', '--encoding=UTF-8', '--local-file', file], {
      encoding: 'utf8',
      env: { ...process.env, LC_ALL: 'C.UTF-8', MANWIDTH: '80', MANPAGER: 'cat' },
    })
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
    for (const name of commandNames) expect(stdout).toMatch(new RegExp(`amorce ${name}`))
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})
