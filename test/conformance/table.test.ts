import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const table = readFileSync(new URL('../dhcp-conformance.md', import.meta.url), 'utf8')
/** The last two cells of every row: a test file and the name of one of its tests. */
const rows = [...table.matchAll(/^\|.*\| (\w+) +\| ([^|]+?) +\|$/gm)]
  .map(([, file = '', test = '']): [string, string] => [file, test])
  .filter(([file]) => file !== 'file')

describe('the conformance table', () => {
  it('has a row for every clause that is kept', () => {
    expect(rows.length).toBeGreaterThan(105)
  })

  it.each(rows)('%s: %s', (file, test) => {
    const folder = file === 'dhcpWire' ? '.' : file === 'shapes' ? '../../src/dhcp/options' : '../../src/dhcp'
    const source = readFileSync(new URL(`${folder}/${file}.test.ts`, import.meta.url), 'utf8')
    expect(source).toContain(`'${test}'`)
  })
})
