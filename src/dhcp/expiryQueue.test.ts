import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ExpiryQueue } from './expiryQueue.ts'

describe('the expiry queue', () => {
  it('agrees with a sorted array, whatever is added and dropped', () => {
    const step = fc.tuple(fc.boolean(), fc.nat(40), fc.nat(100))
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        const queue = new ExpiryQueue<{ expiresAt: number }>()
        const entries: { expiresAt: number }[] = []
        for (const [adds, index, expiresAt] of steps) {
          if (adds) {
            const entry = { expiresAt }
            entries.push(entry)
            queue.add(entry)
            queue.add(entry)
          } else if (entries.length) {
            const [dropped] = entries.splice(index % entries.length, 1)
            queue.remove(dropped!)
            queue.remove(dropped!)
          }
        }
        const order: number[] = []
        for (let entry = queue.takeDue(100); entry; entry = queue.takeDue(100)) order.push(entry.expiresAt)
        expect(order).toEqual(entries.map((entry) => entry.expiresAt).sort((a, b) => a - b))
        expect(queue.size).toBe(0)
      }),
    )
  })

  it('keeps what is not due', () => {
    const queue = new ExpiryQueue<{ expiresAt: number }>()
    queue.add({ expiresAt: 5 })
    expect(queue.takeDue(4)).toBeUndefined()
    expect(queue.takeDue(5)).toEqual({ expiresAt: 5 })
  })
})
