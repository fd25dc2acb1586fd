import { expect, it } from 'vitest'
import { plotData, scaleTop } from './plotData.ts'

it('gives each second its place, and the link a line once the peaks come near it', () => {
  const view = { lastAt: 100_000, sent: [1, 2, 3], received: [0, 0, 9], linkMbps: 100 }
  expect(plotData(view)).toEqual([
    [98, 99, 100],
    [1, 2, 3],
    [0, 0, 9],
    [null, null, null],
  ])
  const full = { ...view, sent: [0, 0, 12_000_000] }
  expect(plotData(full)[3]).toEqual([12_500_000, 12_500_000, 12_500_000])
})

it('scales to the peaks, to the link when they come near it, and never to noise', () => {
  expect(scaleTop(1_000_000, 125_000_000)).toBeCloseTo(1_150_000)
  expect(scaleTop(100_000_000, 125_000_000)).toBeCloseTo(132_500_000)
  expect(scaleTop(0, undefined)).toBeCloseTo(115_000)
  expect(scaleTop(null, 125_000_000)).toBeCloseTo(115_000)
})
