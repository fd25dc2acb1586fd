import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { decode, encode } from './packet.ts'
import { proxyDecide } from './proxyDecide.ts'
import { clientMessages } from './testdata/clientMessages.ts'
import { Room } from './testdata/room.ts'

// Datagrams made of real ones by changing, cutting, doubling and joining bytes, with the server's rules behind them.
// AMORCE_FUZZ=3000000 npx vitest run src/dhcp/fuzz is the long run: that many datagrams in all.

const datagramsInAll = Number(process.env['AMORCE_FUZZ'] ?? 50_000)
const share = (part: number) => ({ numRuns: Math.ceil(datagramsInAll * part) })
/** Milliseconds for one test: they do a few thousand datagrams a second on a slow machine. */
const patience = 60_000 + datagramsInAll

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
  it(
    'nothing throws, nothing grows beyond the pool, and every reply is a sound one',
    () => {
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
        share(0.6),
      )
      // Else this would say little: most datagrams must get past the decoder.
      expect(answered).toBeGreaterThan(5000)
    },
    patience,
  )

  it(
    'every policy and every network holds, and no more addresses are given than there are',
    () => {
      const room = new Room({
        config: {
          poolEnd: '192.168.60.69',
          bootp: 'pool',
          rapidCommit: true,
          minLeaseSeconds: 60,
          maxLeaseSeconds: 86_400,
          knownShare: 0.3,
          unknownMachines: 'quarantine',
          quarantine: { start: '192.168.60.100', end: '192.168.60.109' },
          subnets: [{ network: '10.0.0.0', prefix: 8, poolStart: '10.0.0.1', poolEnd: '10.0.0.20' }],
          options: [{ code: 224, value: { type: 'text', text: 'x'.repeat(200) }, always: true }],
        },
        isKnown: (mac) => mac < '52:54:00:bb',
      })
      let answered = 0
      fc.assert(
        fc.property(datagrams, fc.nat(20_000), (datagram, ms) => {
          room.clock.advance(ms)
          const decoded = decode(datagram)
          if (!decoded.ok) return
          const { reply } = room.hear(decoded.packet).decision
          expect(room.leaseLines().length).toBeLessThanOrEqual(20 + 10 + 20)
          if (!reply) return
          answered++
          const answer = encode(reply.packet, reply.maxSize).datagram
          expect(answer.length).toBeLessThanOrEqual(reply.maxSize)
          expect(decode(answer).ok).toBe(true)
        }),
        share(0.2),
      )
      expect(answered).toBeGreaterThan(1000)
    },
    patience,
  )

  it(
    'a proxy gives no address, says no to nobody, and answers only machines that boot',
    () => {
      const context = {
        serverAddress: 0xc0a83c01,
        bootDecider: () => ({ firmwareRow: 'bios', nextServer: '192.168.60.1', bootFile: 'x'.repeat(90) }),
        mayBoot: () => true,
      }
      let answered = 0
      fc.assert(
        fc.property(datagrams, fc.constantFrom('server' as const, 'bootServer' as const), (datagram, port) => {
          const decoded = decode(datagram)
          if (!decoded.ok) return
          const { reply } = proxyDecide(decoded.packet, port, context, 0)
          if (!reply) return
          answered++
          const { datagram: answer } = encode(reply.packet, reply.maxSize)
          expect(answer.length).toBeLessThanOrEqual(reply.maxSize)
          const read = decode(answer)
          expect(read.ok && [read.packet.op, read.packet.yiaddr]).toEqual([2, 0])
          expect(read.ok && [2, 5]).toContain(read.ok && read.packet.options.get(53)?.[0])
          expect(Buffer.from(decoded.packet.options.get(60)!).toString()).toMatch(/(PXE|HTTP)Client/)
        }),
        share(0.2),
      )
      expect(answered).toBeGreaterThan(200)
    },
    patience,
  )
})
