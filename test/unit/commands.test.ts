import { spawnSync } from 'node:child_process'
import { cpSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { projectRoot } from '../../tools/run.mjs'
import { temporaryFolder } from '../support/temporary.ts'

test.each(['start', 'amorce', 'build', 'test', 'package'])(
  'where npm has not fetched the packages, %s says what to type and does nothing else',
  (name) => {
    const folder = temporaryFolder('unfetched')
    for (const path of ['package.json', 'resources/boot-loaders.json', 'tools'])
      cpSync(join(projectRoot, path), join(folder, path), { recursive: true })
    const { status, stdout, stderr } = spawnSync(process.execPath, [join(folder, 'tools', `${name}.mjs`)], {
      encoding: 'utf8',
      timeout: 20_000,
    })
    expect(stderr).toBe(`amorce: the packages it is made of are missing; in ${folder} type once: npm ci\n`)
    expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
  },
)
