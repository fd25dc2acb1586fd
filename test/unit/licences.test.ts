import { describe, expect, it } from 'vitest'
import { installedLicences, isAllowed } from '../../tools/licences.mjs'

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
