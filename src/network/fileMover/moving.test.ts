import { describe, expect, it } from 'vitest'
import type { Kernel, Sent } from './kernel.ts'
import type { MoverOrder, MoverReport } from './messages.ts'
import { moveFiles } from './moving.ts'

// The thread's whole work against a kernel that does as each test says, without a thread.

const socket = 7
const file = 8
const waker = 9
const patterned = (size: number) => Buffer.from(Uint8Array.from({ length: size }, (_, index) => (index * 7) & 0xff))

class FakeKernel implements Kernel {
  bytes = patterned(1_000_000)
  modifiedNs = 1n
  /** What the other side has, in order. */
  readonly arrived: Buffer[] = []
  /** How many bytes are not acknowledged; asked for before the held-back end is let go. */
  unacked: () => number = () => 0
  /** Room in the socket before each call. */
  room: () => number = () => Infinity
  failure: string | undefined
  readonly watched = new Set<number>()
  /** Corked and uncorked, in order. */
  readonly corks: boolean[] = []

  get size(): number {
    return this.arrived.reduce((sum, part) => sum + part.length, 0)
  }

  #take(bytes: Buffer): Sent {
    if (this.failure) throw Object.assign(new Error(this.failure), { code: this.failure })
    const taken = bytes.subarray(0, this.room())
    if (bytes.length > 0 && taken.length === 0) return 'full'
    this.arrived.push(Buffer.from(taken))
    return taken.length
  }

  sendFile = (_: number, __: number, offset: number, length: number): Sent =>
    this.#take(this.bytes.subarray(offset, offset + length))
  sendBytes = (_: number, bytes: Buffer): Sent => this.#take(bytes)
  cork = (_: number, isCorked: boolean) => void this.corks.push(isCorked)
  unacknowledged = () => this.unacked()
  duplicate = () => socket
  close = () => {}
  shutdown = () => {}
  makeWaker = () => waker
  makePoller = () => ({
    watch: (fd: number) => void this.watched.add(fd),
    forget: (fd: number) => void this.watched.delete(fd),
    wait: () => [...this.watched],
    close: () => this.watched.clear(),
  })
}

/** `between` is called after each round of the thread. */
function move(kernel: FakeKernel, range: { offset?: number; length?: number } = {}, between: () => void = () => {}) {
  const reports: MoverReport[] = []
  const orders: MoverOrder[] = [
    {
      type: 'send',
      id: 1,
      socket,
      file,
      version: { size: kernel.bytes.length, modifiedNs: kernel.modifiedNs },
      offset: range.offset ?? 0,
      length: range.length ?? kernel.bytes.length,
    },
  ]
  let at = 0
  let rounds = 0
  let isStopped = false
  moveFiles({
    kernel,
    waker,
    report: (report) => reports.push(report),
    nextOrder: () => {
      const order = orders.shift()
      if (order) return order
      rounds++
      between()
      if (isStopped) return undefined
      const isOver = reports.some(({ type }) => type === 'end')
      if (!isOver && rounds < 1000) return undefined
      isStopped = true
      return { type: 'stop' }
    },
    calmWaker: () => {},
    versionOf: () => ({ size: kernel.bytes.length, modifiedNs: kernel.modifiedNs }),
    read: (_, bytes, offset) => kernel.bytes.copy(bytes, 0, offset, offset + bytes.length),
    now: () => (at += 10),
  })
  return { reports, end: reports.find((report) => report.type === 'end'), arrived: Buffer.concat(kernel.arrived) }
}

describe('moveFiles', () => {
  it.each([0, 1, 8191, 8192, 65_535, 65_536, 65_537, 1_000_000, 3_000_000])('sends %i bytes', (size) => {
    const kernel = new FakeKernel()
    kernel.bytes = patterned(size)
    const { end, arrived } = move(kernel)
    expect(end).toEqual({ type: 'end', id: 1, bytes: size, end: 'complete' })
    expect(arrived.equals(kernel.bytes)).toBe(true)
  })

  it.each([
    [1_000_000, [true, false]],
    [65_536, []],
  ])('is corked for as long as there is bulk: %i bytes', (size, corks) => {
    const kernel = new FakeKernel()
    kernel.bytes = patterned(size)
    let room = 0
    kernel.room = () => (room = room === 0 ? 100_000 : 0)
    expect(move(kernel).end).toMatchObject({ end: 'complete' })
    expect(kernel.corks).toEqual(corks)
  })

  it('sends a range', () => {
    const kernel = new FakeKernel()
    const { end, arrived } = move(kernel, { offset: 12_345, length: 678_901 })
    expect(end).toMatchObject({ end: 'complete', bytes: 678_901 })
    expect(arrived.equals(kernel.bytes.subarray(12_345, 12_345 + 678_901))).toBe(true)
  })

  it('sends through a socket that is mostly full, and tells progress', () => {
    const kernel = new FakeKernel()
    let turn = 0
    kernel.room = () => [0, 1, 1000, 0, 40_000][turn++ % 5]!
    const { end, arrived, reports } = move(kernel)
    expect(end).toMatchObject({ end: 'complete' })
    expect(arrived.equals(kernel.bytes)).toBe(true)
    const told = reports.flatMap((report) => (report.type === 'progress' ? report.sent.map(([, bytes]) => bytes) : []))
    expect(told.length).toBeGreaterThan(2)
    expect([...told].sort((a, b) => a - b)).toEqual(told)
  })

  it('written to at any moment: the answer is never complete', () => {
    for (let moment = 0; moment < 40; moment++) {
      const kernel = new FakeKernel()
      kernel.room = () => 30_000
      let calls = 0
      const original = kernel.sendFile
      kernel.sendFile = (...call) => {
        if (calls++ === moment) {
          kernel.bytes = Buffer.alloc(kernel.bytes.length, 'n')
          kernel.modifiedNs = 2n
        }
        return original(...call)
      }
      const { end, arrived } = move(kernel)
      const wasWritten = kernel.modifiedNs === 2n
      expect(end, `moment ${moment}`).toMatchObject({ end: wasWritten ? 'changed' : 'complete' })
      if (wasWritten) expect(arrived.length).toBeLessThan(1_000_000)
    }
  })

  it('written to while only the held-back bytes are missing: the answer is never complete', () => {
    const kernel = new FakeKernel()
    kernel.unacked = () => 70_000
    let rounds = 0
    const { end, arrived } = move(kernel, {}, () => {
      if (++rounds === 5) kernel.modifiedNs = 2n
      if (rounds === 10) kernel.unacked = () => 0
    })
    expect(end).toMatchObject({ end: 'changed', bytes: 1_000_000 - 8192 })
    expect(arrived).toHaveLength(1_000_000 - 8192)
  })

  it('truncated: the answer is never complete', () => {
    const kernel = new FakeKernel()
    kernel.room = () => 100_000
    let calls = 0
    const original = kernel.sendFile
    kernel.sendFile = (...call) => {
      if (++calls === 3) kernel.bytes = kernel.bytes.subarray(0, 150_000)
      return original(...call)
    }
    expect(move(kernel).end).toMatchObject({ end: 'changed' })
  })

  it('the last bytes wait until all that was sent from the file has arrived', () => {
    const kernel = new FakeKernel()
    kernel.unacked = () => 100_000
    let rounds = 0
    let before = 0
    const { end, arrived } = move(kernel, {}, () => {
      if (++rounds !== 20) return
      before = kernel.size
      kernel.unacked = () => 1000
    })
    expect(before).toBe(1_000_000 - 8192)
    expect(end).toMatchObject({ end: 'complete' })
    expect(arrived.equals(kernel.bytes)).toBe(true)
  })

  it.each([
    ['EPIPE', 'closed'],
    ['ECONNRESET', 'closed'],
    ['EIO', 'failed'],
  ])('%s: %s', (failure, how) => {
    const kernel = new FakeKernel()
    kernel.failure = failure
    expect(move(kernel).end).toEqual({ type: 'end', id: 1, bytes: 0, end: how, reason: failure })
    expect(kernel.watched.size).toBe(0)
  })
})
