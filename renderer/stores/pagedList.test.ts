import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { settled } from './fixtures.ts'
import { PagedList } from './pagedList.svelte.ts'

let asked: number[]
let list: PagedList<number>

beforeEach(() => {
  vi.useFakeTimers()
  asked = []
  list = new PagedList((offset, limit) => {
    asked.push(offset)
    return Promise.resolve({ rows: Array.from({ length: limit }, (_, n) => offset + n), total: 100_000 })
  })
})
afterEach(() => void vi.useRealTimers())

it('asks at once for where a jump leads, and for each page that is scrolled through', () => {
  list.need(0, 40)
  list.need(50_000, 50_040)
  for (let first = 50_000; first < 50_200; first += 10) list.need(first, first + 40)
  expect(asked).toEqual([0, 50_000, 50_100, 50_200])
})

it('asks for nothing that is passed by, and for where it comes to a stop', async () => {
  list.need(0, 40)
  for (let first = 5_000; first <= 90_000; first += 5_000) {
    list.need(first, first + 40)
    vi.advanceTimersByTime(16)
  }
  expect(asked).toEqual([0, 5_000])
  vi.advanceTimersByTime(1_000)
  expect(asked).toEqual([0, 5_000, 90_000])
  vi.useRealTimers()
  await settled()
  expect(list.row(90_007)).toBe(90_007)
  expect(list.row(50_007)).toBeUndefined()
})

it('asks at once again for whoever jumps now and then', () => {
  for (const first of [0, 20_000, 70_000, 40_000]) {
    list.need(first, first + 40)
    vi.advanceTimersByTime(500)
  }
  expect(asked).toEqual([0, 20_000, 70_000, 40_000])
})

it('asks again for what is in sight, not for the beginning alone, and shows the old until then', async () => {
  vi.useRealTimers()
  list.need(0, 40)
  list.need(520, 560)
  await settled()
  asked = []
  list.refresh()
  expect(list.row(530)).toBe(530)
  await settled()
  expect(asked).toEqual([0, 500])
  expect(list.row(530)).toBe(530)
  expect(list.row(130)).toBeUndefined()
})
