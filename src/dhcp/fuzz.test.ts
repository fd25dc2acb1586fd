import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decode, encode } from './packet.ts'
import { clientMessages } from './testdata/clientMessages.ts'
import { Room } from './testdata/room.ts'

// Datagrams made of real ones by changing, cutting, doubling and joining bytes, with the server's rules behind them.

const seeds = Object.values(clientMessages)
const byte = fc.integer({ min: 0, max: 255 })
const mutation = fc.oneof(
  fc.record({ kind: fc.constant('set' as const), at: fc.nat(600), value: byte }),
  fc.record({ kind: fc.constant('cut' as const), at: fc.nat(600) }),
  fc.record({ kind: fc.constant('insert' as const), at: fc.nat(600), bytes: fc.uint8Array({ maxLength: 40 }) }),
  fc.record({ kind: fc.constant('double' as const), at: fc.nat(600), length: fc.nat(80) }),
)
type Mutation = typeof mutation extends fc.Arbitrary<infer Value> ? Value : never

function mutate(datagram: Buffer, change: Mutation): Buffer {
  const at = Math.min(change.at, datagram.length)
  const [before, after] = [datagram.subarray(0, at), datagram.subarray(at)]
  switch (change.kind) {
    case 'set':
      return Buffer.concat([before, Buffer.of(change.value), after.subarray(1)])
    case 'cut':
      return before
    case 'insert':
      return Buffer.concat([before, change.bytes, after])
    case 'double':
      return Buffer.concat([before, after.subarray(0, change.length), after])
  }
}

const mutated = fc
  .tuple(fc.nat(seeds.length - 1), fc.array(mutation, { minLength: 1, maxLength: 6 }))
  .map(([seed, changes]) => changes.reduce(mutate, seeds[seed]!))
const datagrams = fc.oneof(
  { weight: 8, arbitrary: mutated },
  { weight: 1, arbitrary: fc.uint8Array({ maxLength: 600 }).map((bytes) => Buffer.from(bytes)) },
)

describe('whatever comes in', () => {
  it('nothing throws, nothing grows beyond the pool, and every reply is a sound one', () => {
    const pool = { poolEnd: '192.168.60.99', prefix: 24 }
    const room = new Room({
      config: pool,
      bootDecider: ({ firmware }) =>
        firmware === 'none'
          ? undefined
          : { firmwareRow: firmware, nextServer: '192.168.60.1', bootFile: 'x'.repeat(90) },
    })
    const poolSize = 50
    let answered = 0
    fc.assert(
      fc.property(datagrams, fc.nat(20_000), (datagram, ms) => {
        room.clock.advance(ms)
        const decoded = decode(datagram)
        if (!decoded.ok) return
        const { reply } = room.hear(decoded.packet).decision
        expect(room.table.offerCount).toBeLessThanOrEqual(poolSize)
        expect(room.table.all().length).toBeLessThanOrEqual(poolSize)
        if (!reply) return
        answered++
        const { packet, maxSize } = reply
        const answer = encode(packet, maxSize).datagram
        expect(answer.length).toBeLessThanOrEqual(maxSize)
        const read = decode(answer)
        expect(read.ok && [read.packet.op, read.packet.xid]).toEqual([2, decoded.packet.xid])
      }),
      { numRuns: 30_000 },
    )
    // Else this would say little: most datagrams must get past the decoder.
    expect(answered).toBeGreaterThan(5000)
  }, 60_000)
})
