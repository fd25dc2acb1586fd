import { describe, expect, it } from 'vitest'
import { aMachine } from '../../stores/fixtures.ts'
import { sortMachines } from './machineColumns.ts'

const room = ['aa', 'bb', 'cc', 'dd'].map((mac, i) => aMachine(mac, { boots: i % 2 }))
const names: Record<string, string> = { aa: 'Zola Émile', bb: '', cc: 'Éluard Paul', dd: 'Duras Marguerite' }
const sorted = (...[column, descending]: [Parameters<typeof sortMachines>[1], boolean]): string[] =>
  sortMachines(room, column, descending, ({ mac }) => names[mac] ?? '').map(({ mac }) => mac)

describe('the table of machines', () => {
  it('is in the order of the room by name, and where a column says the same', () => {
    expect(sorted('name', false)).toEqual(['aa', 'bb', 'cc', 'dd'])
    expect(sorted('boots', false)).toEqual(['aa', 'cc', 'bb', 'dd'])
  })

  it('is sorted by who sits there as a list of candidates is, empty seats after them', () => {
    expect(sorted('candidate', false)).toEqual(['dd', 'cc', 'aa', 'bb'])
    expect(sorted('candidate', true)).toEqual(['bb', 'aa', 'cc', 'dd'])
  })
})
