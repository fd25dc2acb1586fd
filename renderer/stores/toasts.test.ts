import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { Toasts } from './toasts.svelte.ts'

let toasts: Toasts
const titles = () => toasts.list.map(({ title }) => title)

beforeEach(() => {
  vi.useFakeTimers()
  toasts = new Toasts()
})
afterEach(() => void vi.useRealTimers())

it('lets a notification leave by itself, later when it can be acted upon', () => {
  toasts.show({ tone: 'green', title: 'saved' })
  toasts.show({ tone: 'neutral', title: 'removed', action: { label: 'undo', run: () => {} } })
  vi.advanceTimersByTime(7_000)
  expect(titles()).toEqual(['removed'])
  vi.advanceTimersByTime(7_000)
  expect(titles()).toEqual([])
})

it('keeps one that is being read', () => {
  toasts.show({ tone: 'green', title: 'saved' })
  const [first] = toasts.list
  toasts.hold(first?.id ?? 0)
  vi.advanceTimersByTime(60_000)
  expect(titles()).toEqual(['saved'])
  toasts.release(first?.id ?? 0)
  vi.advanceTimersByTime(7_000)
  expect(titles()).toEqual([])
})

it('says the same thing once, and few things at once', () => {
  toasts.show({ tone: 'red', title: 'a' })
  toasts.show({ tone: 'red', title: 'a' })
  expect(titles()).toEqual(['a'])
  for (const title of ['b', 'c', 'd', 'e']) toasts.show({ tone: 'red', title })
  expect(titles()).toEqual(['b', 'c', 'd', 'e'])
})
