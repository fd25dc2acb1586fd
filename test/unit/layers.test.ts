import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

// The layer rule is only worth what it catches: a small house is built here in which every rule is broken once.

const root = resolve(import.meta.dirname, '../..')
const configuration = join(root, '.dependency-cruiser.cjs')
const rules = (createRequire(import.meta.url)(configuration) as { forbidden: { name: string }[] }).forbidden

/** The file that breaks a rule, and what it says to break it. */
const violations: Record<string, { file: string; code: string }> = {
  'no-cycles': { file: 'src/exam/circle.ts', code: "import { one } from './index.ts'\nexport const two = () => one" },
  'contract-imports-nothing': {
    file: 'src/contract/disk.ts',
    code: "import { join } from 'node:path'\nexport { join }",
  },
  'base-imports-only-contract': { file: 'src/base/up.ts', code: "export * from '../tftp/index.ts'" },
  'rooms-through-their-door': { file: 'src/http/burglar.ts', code: "export * from '../tftp/transfer.ts'" },
  'services-do-not-know-the-house': { file: 'src/dhcp/up.ts', code: "export * from '../house/index.ts'" },
  'house-does-not-know-its-front': { file: 'src/house/up.ts', code: "export * from '../main/index.ts'" },
  'preload-imports-only-contract': { file: 'src/preload/index.ts', code: "export * from '../tftp/index.ts'" },
  'renderer-imports-only-contract': { file: 'renderer/direct.ts', code: "export * from '../src/tftp/index.ts'" },
  'renderer-has-no-node': { file: 'renderer/node.ts', code: "export * from 'node:fs'" },
  'src-does-not-import-renderer': { file: 'src/stock/screen.ts', code: "export * from '../../renderer/screen.ts'" },
  'electron-only-in-main-and-preload': { file: 'src/tftp/window.ts', code: "export * from 'electron'" },
  'sqlite-only-in-storage': { file: 'src/stock/file.ts', code: "export * from 'better-sqlite3'" },
  'published-clients-only-as-the-other-side': { file: 'src/dhcp/borrowed.ts', code: "export * from 'dhcp'" },
  'nothing-imports-test-or-tools': { file: 'src/cli/tool.ts', code: "export * from '../../tools/tool.mjs'" },
  'installed-code-uses-installed-packages': { file: 'src/boot/check.ts', code: "export * from 'vitest'" },
  'everything-resolves': { file: 'src/boot/nowhere.ts', code: "export * from './gone.ts'" },
}

/** Neither a type import nor one inside a component goes unseen. */
const hidden: Record<string, string> = {
  'renderer/typeOnly.ts': "import type { Chunk } from '../src/tftp/index.ts'\nexport type C = Chunk",
  'renderer/Panel.svelte':
    '<script lang="ts">\n  import { chunk } from \'../src/tftp/index.ts\'\n  let size: number = chunk\n</script>\n<p>{size}</p>',
}

const lawful: Record<string, string> = {
  'src/contract/index.ts': "export { z } from 'zod'",
  'src/base/index.ts': "export { z } from '../contract/index.ts'",
  'src/storage/index.ts': "export * from 'better-sqlite3'",
  'src/simulator/index.ts': "export * from 'dhcp'",
  'src/tftp/transfer.ts': 'export const chunk = 512\nexport type Chunk = typeof chunk',
  'src/tftp/index.ts': "export * from './transfer.ts'",
  'src/exam/index.ts': "import { two } from './circle.ts'\nexport const one = () => two",
  'src/house/index.ts': "export { chunk } from '../tftp/index.ts'",
  'src/main/index.ts': "import 'electron'\nexport * from '../house/index.ts'",
  'renderer/screen.ts': "export * from '../src/contract/index.ts'",
  'tools/tool.mjs': 'export const tool = 1',
}

interface Violation {
  from: string
  rule: { name: string }
}

let folder = ''
let found: Violation[] = []

const lay = (file: string, content: string) => {
  mkdirSync(dirname(join(folder, file)), { recursive: true })
  writeFileSync(join(folder, file), content)
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'amorce-layers-'))
  for (const [file, code] of Object.entries(lawful)) lay(file, code)
  for (const [file, code] of Object.entries(hidden)) lay(file, code)
  for (const { file, code } of Object.values(violations)) lay(file, code)
  const packages = { zod: '1.0.0', 'better-sqlite3': '1.0.0', dhcp: '1.0.0' }
  const development = { electron: '1.0.0', vitest: '1.0.0' }
  for (const name of [...Object.keys(packages), ...Object.keys(development)]) {
    lay(`node_modules/${name}/package.json`, JSON.stringify({ name, version: '1.0.0', main: 'index.js' }))
    lay(`node_modules/${name}/index.js`, 'exports.z = 1')
  }
  lay('package.json', JSON.stringify({ name: 'small-house', dependencies: packages, devDependencies: development }))
  for (const file of ['tsconfig.node.json', 'tsconfig.base.json']) copyFileSync(join(root, file), join(folder, file))

  const cruiser = join(root, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs')
  const answer = execFileSync(
    process.execPath,
    [cruiser, '--config', configuration, '--output-type', 'json', 'src', 'renderer'],
    { cwd: folder, encoding: 'utf8' },
  )
  found = (JSON.parse(answer) as { summary: { violations: Violation[] } }).summary.violations
})

afterAll(() => rmSync(folder, { recursive: true, force: true }))

describe('the layer rule', () => {
  it.each(rules.map(({ name }) => name))('rejects what breaks %s', (name) => {
    const violation = violations[name]
    if (!violation) throw new Error(`${name} has no violation here that shows it at work`)
    expect(found.filter(({ rule }) => rule.name === name).map(({ from }) => from)).toContain(violation.file)
  })

  it.each(Object.keys(hidden))('sees the import in %s', (file) => {
    const rulesBroken = found.filter(({ from }) => from === file).map(({ rule }) => rule.name)
    expect(rulesBroken).toContain('renderer-imports-only-contract')
  })

  it('leaves lawful imports alone', () => {
    const accused = found.filter(({ from, rule }) => from in lawful && rule.name !== 'no-cycles')
    expect(accused).toEqual([])
  })
})
