import { expect, it } from 'vitest'
import { lane } from './lane.ts'

it('gives each stage the share of the time it lasted', () => {
  const { bars, totalMs } = lane(
    [
      { stage: 'heard', from: 1000, to: 2000 },
      { stage: 'loader', from: 2000, to: 5000 },
      { stage: 'kernel', from: 5000 },
    ],
    9000,
  )
  expect(totalMs).toBe(8000)
  expect(bars.map(({ share }) => share)).toEqual([1 / 8, 3 / 8, 4 / 8])
  expect(bars.map(({ isOpen }) => isOpen)).toEqual([false, false, true])
})

it('draws a boot that has only just begun', () => {
  expect(lane([{ stage: 'heard', from: 1000 }], 1000).bars[0]?.share).toBe(1)
  expect(lane([{ stage: 'heard', from: 1000 }], 900).totalMs).toBe(0)
})
