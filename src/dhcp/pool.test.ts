import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { FreeAddresses } from './pool.ts'

const full = (start: number, end: number): FreeAddresses => {
  const free = new FreeAddresses(start, end)
  for (let address = start; address <= end; address++) free.giveBack(address)
  return free
}
const takeAll = (free: FreeAddresses): number[] => {
  const taken: number[] = []
  for (let address = free.first; address !== undefined; address = free.first) {
    taken.push(address)
    free.take(address)
  }
  return taken
}

describe('free addresses', () => {
  it('come out in the order in which they came in', () => {
    const free = full(10, 14)
    free.take(11)
    free.take(13)
    free.giveBack(11)
    free.giveBackFirst(13)
    expect(takeAll(free)).toEqual([13, 10, 12, 14, 11])
    expect(free.first).toBeUndefined()
  })

  it('are not free twice, nor outside the pool', () => {
    const free = full(10, 12)
    free.giveBack(10)
    free.giveBack(9)
    free.giveBackFirst(13)
    expect(free.count).toBe(3)
    expect([9, 10, 12, 13].map((address) => free.has(address))).toEqual([false, true, true, false])
    expect(free.take(13)).toBe(false)
    expect(free.take(10)).toBe(true)
    expect(free.take(10)).toBe(false)
  })

  it('works at the top of the address space', () => {
    expect(takeAll(full(0xfffffffd, 0xffffffff))).toEqual([0xfffffffd, 0xfffffffe, 0xffffffff])
  })

  it('agrees with a plain array, whatever is done to it', () => {
    const step = fc.tuple(fc.constantFrom('take', 'giveBack', 'giveBackFirst'), fc.integer({ min: 8, max: 22 }))
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const free = full(10, 20)
        let model = Array.from({ length: 11 }, (_, i) => 10 + i)
        for (const [action, address] of steps) {
          const isNew = !model.includes(address) && address >= 10 && address <= 20
          free[action](address)
          if (action === 'take') model = model.filter((other) => other !== address)
          else if (isNew) model = action === 'giveBack' ? [...model, address] : [address, ...model]
          expect(free.count).toBe(model.length)
          expect(free.first).toBe(model[0])
        }
        expect(takeAll(free)).toEqual(model)
      }),
    )
  })
})
