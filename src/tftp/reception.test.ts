import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Reception, type ReceptionAction, type ReceptionTerms } from './reception.ts'

const make = (terms: Partial<ReceptionTerms> = {}): Reception =>
  new Reception({ blockSize: 512, windowSize: 1, oack: false, ...terms })
/** Without the waits. */
const deeds = (actions: ReceptionAction[]): ReceptionAction[] => actions.filter((action) => action.do !== 'wait')
const waitOf = (actions: ReceptionAction[]): number => actions.find((action) => action.do === 'wait')?.ms ?? NaN
const ack = (block: number): ReceptionAction => ({ do: 'sendAck', block })
const store: ReceptionAction = { do: 'store' }
const keep: ReceptionAction = { do: 'keep' }
const complete: ReceptionAction = { do: 'complete' }

describe('a write transfer', () => {
  it('begins with ACK 0, or with the OACK', () => {
    expect(deeds(make().start(0))).toEqual([ack(0)])
    expect(deeds(make({ oack: true }).start(0))).toEqual([{ do: 'sendOack' }])
  })

  it('acknowledges each block, and the last only when it is kept', () => {
    const reception = make()
    reception.start(0)
    expect(deeds(reception.data(1, 512, 1))).toEqual([store, ack(1)])
    expect(deeds(reception.data(2, 100, 2))).toEqual([store, keep])
    expect(deeds(reception.kept(3))).toEqual([ack(2), complete])
    expect(reception.bytes).toBe(612)
  })

  it('zero length: one empty block', () => {
    const reception = make()
    reception.start(0)
    expect(deeds(reception.data(1, 0, 1))).toEqual([store, keep])
  })

  it('exact multiple: goes on until the empty block', () => {
    const reception = make()
    reception.start(0)
    expect(deeds(reception.data(1, 512, 1))).toEqual([store, ack(1)])
    expect(deeds(reception.data(2, 0, 2))).toEqual([store, keep])
  })

  it('block wraps around 65535', () => {
    const reception = make({ blockSize: 8 })
    reception.start(0)
    for (let block = 1; block < 70_000; block++)
      expect(deeds(reception.data(block & 0xffff, 8, block))).toEqual([store, ack(block)])
  })

  it('acknowledges once for a window', () => {
    const reception = make({ windowSize: 4, oack: true })
    reception.start(0)
    for (const block of [1, 2, 3]) expect(deeds(reception.data(block, 512, block))).toEqual([store])
    expect(deeds(reception.data(4, 512, 4))).toEqual([store, ack(4)])
    expect(deeds(reception.data(5, 10, 5))).toEqual([store, keep])
  })
})

describe('hazards', () => {
  it('lost ACK: the block that comes again is acknowledged again and not stored twice', () => {
    const reception = make()
    reception.start(0)
    reception.data(1, 512, 1)
    expect(deeds(reception.data(1, 512, 2))).toEqual([ack(1)])
    expect(reception).toMatchObject({ bytes: 512, retransmissions: 1 })
  })

  it('lost block in a window: told once where to go on', () => {
    const reception = make({ windowSize: 4, oack: true })
    reception.start(0)
    reception.data(1, 512, 1)
    expect(deeds(reception.data(3, 512, 2))).toEqual([ack(1)])
    expect(deeds(reception.data(4, 512, 3))).toEqual([])
    for (const block of [2, 3, 4]) expect(deeds(reception.data(block, 512, 4))).toEqual([store])
    expect(deeds(reception.data(5, 512, 5))).toEqual([store, ack(5)])
  })

  it('lost first block of the first window: ACK 0, not the OACK', () => {
    const reception = make({ windowSize: 4, oack: true })
    reception.start(0)
    expect(deeds(reception.data(2, 512, 1))).toEqual([ack(0)])
  })

  it('late copies of older blocks: passed over', () => {
    const reception = make()
    reception.start(0)
    for (const block of [1, 2, 3]) reception.data(block, 512, block)
    expect(deeds(reception.data(1, 512, 9))).toEqual([])
  })

  it('lost last ACK: repeated while the client asks, and the file is not kept twice', () => {
    const reception = make()
    reception.start(0)
    reception.data(1, 5, 1)
    expect(deeds(reception.data(1, 5, 2))).toEqual([])
    reception.kept(3)
    expect(deeds(reception.data(1, 5, 4))).toEqual([ack(1)])
    expect(deeds(reception.timeUp(20_000))).toEqual([{ do: 'finish', outcome: 'complete' }])
  })

  it('an ERROR after everything was kept takes nothing away', () => {
    const reception = make()
    reception.start(0)
    reception.data(1, 5, 1)
    expect(reception.error(0, 'too late')).toEqual([])
    reception.kept(2)
    expect(reception.error(0, 'too late')).toEqual([{ do: 'finish', outcome: 'complete' }])
  })

  it('client aborts: its own words are told', () => {
    const reception = make()
    reception.start(0)
    expect(reception.error(3, 'disk full')).toEqual([{ do: 'finish', outcome: 'aborted', reason: 'disk full' }])
    expect(reception.data(1, 512, 1)).toEqual([])
  })

  it('client vanishes at any block: the last word is repeated less and less often, then it is given up', () => {
    for (const blocks of [0, 1, 5]) {
      const reception = make()
      let actions = reception.start(0)
      for (let block = 1; block <= blocks; block++) actions = reception.data(block, 512, 0)
      let now = 0
      let tries = 0
      for (; !actions.some((action) => action.do === 'finish'); tries++) {
        now += waitOf(actions)
        actions = reception.timeUp(now)
        if (tries === 0) expect(deeds(actions)).toEqual([ack(blocks)])
      }
      expect(actions).toEqual([{ do: 'finish', outcome: 'timeout', reason: 'no data' }])
      expect(tries).toBeGreaterThan(4)
      expect(now).toBeLessThan(60_000)
    }
  })

  it('a block longer than agreed, or not as many bytes as announced: failed', () => {
    const long = make()
    long.start(0)
    expect(long.data(1, 513, 1)).toMatchObject([{ do: 'finish', outcome: 'failed' }])
    const short = make({ announcedSize: 600 })
    short.start(0)
    expect(short.data(1, 100, 1)).toMatchObject([{ do: 'finish', outcome: 'failed' }])
  })

  it('stores every block once and in order, whatever is lost, doubled or late', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 0, max: 30 }),
        fc.array(fc.constantFrom('deliver', 'lose', 'double', 'swap'), { maxLength: 300 }),
        (windowSize, full, fates) => {
          const reception = make({ windowSize, oack: true })
          reception.start(0)
          const last = full + 1
          const stored: number[] = []
          let confirmed = 0
          let kept = false
          const deliver = (block: number): void => {
            for (const action of reception.data(block & 0xffff, block === last ? 1 : 512, 0)) {
              if (action.do === 'store') stored.push(block)
              if (action.do === 'sendAck') confirmed = Math.max(confirmed, action.block)
              if (action.do === 'keep') kept = true
            }
          }
          for (let round = 0, fate = 0; !kept && round < 400; round++) {
            const window = Array.from({ length: windowSize }, (_, i) => confirmed + 1 + i).filter((b) => b <= last)
            for (let i = 0; i < window.length; i++) {
              const what = fates[fate++] ?? 'deliver'
              if (what === 'swap' && i + 1 < window.length) [window[i], window[i + 1]] = [window[i + 1]!, window[i]!]
              if (what !== 'lose') deliver(window[i]!)
              if (what === 'double') deliver(window[i]!)
            }
            if (!kept) for (const action of reception.timeUp(0)) if (action.do === 'sendAck') confirmed = action.block
          }
          expect(kept).toBe(true)
          expect(stored).toEqual(Array.from({ length: last }, (_, i) => i + 1))
        },
      ),
    )
  })
})
