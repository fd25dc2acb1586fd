import { describe, expect, it } from 'vitest'
import { installedLicences, isAllowed } from '../../tools/licences.mjs'
import { billOfMaterials } from '../../tools/sbom.mjs'

describe('what may be installed with Amorce', () => {
  it.each([
    ['MIT', true],
    ['(MIT OR GPL-3.0-only)', true],
    ['MIT AND BSD-3-Clause', true],
    ['GPL-3.0-only', false],
    ['MIT AND GPL-3.0-only', false],
    ['SEE LICENSE IN file', false],
    ['', false],
    ['none said', false],
  ])('%s: %s', (expression, expected) => {
    expect(isAllowed(expression)).toBe(expected)
  })

  it('every package that comes along', () => {
    const packages = installedLicences(process.cwd())
    expect(packages.length).toBeGreaterThan(20)
    expect(packages.filter((each) => !each.isAllowed)).toEqual([])
  })
})

it('the list of what is inside has Electron, the window’s libraries, their dependencies and the boot loaders', async () => {
  const { components, dependencies, metadata } = await billOfMaterials()
  expect(metadata.component).toMatchObject({ type: 'application', name: 'amorce' })
  const refs = components.map((component) => component['bom-ref'])
  const names = components.map(({ name }) => name)
  expect(names).toEqual(
    expect.arrayContaining(['electron', 'better-sqlite3', 'svelte', '@floating-ui/dom', 'pkijs', 'iPXE', 'shim']),
  )
  for (const tool of ['vitest', 'typescript', 'eslint', 'electron-builder']) expect(names).not.toContain(tool)
  for (const { name, version } of installedLicences(process.cwd())) expect(refs).toContain(`${name}@${version}`)
  const known = new Set([...refs, metadata.component['bom-ref']])
  expect(refs.length + 1, 'each once').toBe(known.size)
  for (const { dependsOn } of dependencies) for (const ref of dependsOn) expect(known).toContain(ref)
})
