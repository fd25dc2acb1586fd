import { spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { projectRoot } from '../../tools/run.mjs'

test.each(['start', 'amorce', 'build', 'test', 'package'])(
  'where npm has not fetched the packages, %s says what to type and does nothing else',
  (name) => {
    const folder = mkdtempSync(join(tmpdir(), 'amorce-unfetched-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    for (const path of ['package.json', 'resources/boot-loaders.json', 'tools'])
      cpSync(join(projectRoot, path), join(folder, path), { recursive: true })
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, 'tools', `${name}.mjs`)], {
      encoding: 'utf8',
      timeout: 60_000,
    })
    expect(stderr).toBe(`amorce: the packages it is made of are missing; in ${folder} type once: npm ci\n`)
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
  },
)
