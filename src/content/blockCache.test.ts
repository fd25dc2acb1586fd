import { describe, expect, it } from 'vitest'
import { BlockCache } from './blockCache.ts'

const block = (size: number) => Buffer.alloc(size)

describe('BlockCache', () => {
  it('reads once for all who ask while the block is being read, and keeps it', async () => {
    const cache = new BlockCache(1000)
    let reads = 0
    const load = () => {
      reads++
      return Promise.resolve(block(100))
    }
    const waiting = Array.from({ length: 50 }, async () => cache.get('a', 100, load))
    const [first, ...others] = await Promise.all(waiting)
    expect(others.every((other) => other === first)).toBe(true)
    expect(cache.get('a', 100, load)).toBe(first)
    expect(reads).toBe(1)
  })

  it('stays within its capacity, least recently used out first', async () => {
    const cache = new BlockCache(300)
    const load = () => Promise.resolve(block(100))
    for (const key of ['a', 'b', 'c']) await cache.get(key, 100, load)
    void cache.get('a', 100, load)
    await cache.get('d', 100, load)
    expect(cache.bytes).toBe(300)
    expect(cache.get('a', 100, load)).toBeInstanceOf(Buffer)
    expect(cache.get('c', 100, load)).toBeInstanceOf(Buffer)
    expect(cache.get('b', 100, load)).toBeInstanceOf(Promise)
  })

  it('holds one block even when it is larger than all it may keep', async () => {
    const cache = new BlockCache(10)
    await cache.get('a', 100, () => Promise.resolve(block(100)))
    expect(cache.get('a', 100, () => Promise.reject(new Error('read again')))).toBeInstanceOf(Buffer)
  })

  it('tells a failure to all who wait and forgets it', async () => {
    const cache = new BlockCache(1000)
    const failing = () => Promise.reject(new Error('disk'))
    const waiting = [cache.get('a', 100, failing), cache.get('a', 100, failing)]
    await expect(waiting[0]).rejects.toThrow('disk')
    await expect(waiting[1]).rejects.toThrow('disk')
    expect(cache.bytes).toBe(0)
    const good = block(100)
    expect(await cache.get('a', 100, () => Promise.resolve(good))).toBe(good)
  })

  it('does not take back a block that was let go while it was being read', async () => {
    const cache = new BlockCache(100)
    let finish = (_: Buffer): void => {}
    const slow = cache.get('slow', 100, () => new Promise((resolve) => (finish = resolve)))
    await cache.get('other', 100, () => Promise.resolve(block(100)))
    finish(block(100))
    await slow
    expect(cache.bytes).toBe(100)
    expect(cache.get('other', 100, () => Promise.reject(new Error('read again')))).toBeInstanceOf(Buffer)
  })
})
