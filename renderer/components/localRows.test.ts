import { describe, expect, it } from 'vitest'
import { hasWords, RowSort } from './localRows.svelte.ts'

describe('hasWords', () => {
  it.each([
    ['Réserve du bâtiment B', 'batiment reserve', true],
    ['Réserve', 'RÉS', true],
    ['Réserve', '', true],
    ['Réserve', 'réserve cave', false],
  ])('%j has the words of %j: %s', (text, typed, has) => expect(hasWords(text, typed)).toBe(has))
})

describe('RowSort', () => {
  const rows = [{ name: 'B10' }, { name: 'é' }, { name: '' }, { name: 'B9' }, { name: 'e' }]
  const names = (order: RowSort<'name'>): string[] => order.sorted(rows, ({ name }) => name).map(({ name }) => name)

  it('sorts as people do, the other way on the second click, and what says nothing comes last', () => {
    const order = new RowSort<'name'>('name')
    expect(names(order)).toEqual(['B9', 'B10', 'é', 'e', ''])
    order.toggle('name')
    expect(names(order)).toEqual(['é', 'e', 'B10', 'B9', ''])
    order.reset()
    expect(order.descending).toBe(false)
  })

  it('sorts numbers by their size, and begins another column upwards', () => {
    const order = new RowSort<'count' | 'name'>('name')
    order.toggle('name')
    order.toggle('count')
    expect(order.descending).toBe(false)
    expect(order.sorted([{ n: 10 }, { n: 9 }, { n: 0 }], ({ n }) => n)).toEqual([{ n: 0 }, { n: 9 }, { n: 10 }])
  })
})
