import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { Transfer, type TransferAction, type TransferTerms } from './transfer.ts'

const begin = (terms: Partial<TransferTerms>) =>
  new Transfer({ size: 2000, blockSize: 512, windowSize: 1, oack: false, sizeAsked: false, ...terms })

/** `1-4` for blocks, `oack`, or the outcome. */
const told = (actions: TransferAction[]) =>
  actions
    .filter((action) => action.do !== 'wait')
    .map((action) => {
      if (action.do === 'sendBlocks') return `${action.first}-${action.last}`
      return action.do === 'finish' ? action.outcome : 'oack'
    })
    .join(' ')

const waitIn = (actions: TransferAction[]) => {
  const wait = actions.find((action) => action.do === 'wait')
  return wait?.do === 'wait' ? wait.ms : undefined
}

/** Lets time pass, with nothing heard, until it ends; returns what was sent and the end. */
function waitForEnd(transfer: Transfer, actions: TransferAction[], now = 0) {
  const sent: string[] = []
  for (let ms = waitIn(actions); ms !== undefined; ms = waitIn(actions)) {
    now += ms
    actions = transfer.timeUp(now)
    sent.push(told(actions))
  }
  return { sent, end: actions.at(-1), now }
}

describe('a whole file, one block at a time', () => {
  it('sends each block when the one before is acknowledged', () => {
    const transfer = begin({ size: 1100 })
    expect(told(transfer.start(0))).toBe('1-1')
    expect(told(transfer.ack(1, 1))).toBe('2-2')
    expect(told(transfer.ack(2, 2))).toBe('3-3')
    expect(transfer.bytes).toBe(1024)
    expect(told(transfer.ack(3, 3))).toBe('complete')
    expect(transfer.bytes).toBe(1100)
    expect(transfer.retransmissions).toBe(0)
  })

  it('zero length: one empty block', () => {
    const transfer = begin({ size: 0 })
    expect(told(transfer.start(0))).toBe('1-1')
    expect(told(transfer.ack(1, 1))).toBe('complete')
    expect(transfer.bytes).toBe(0)
  })

  it.each([
    [512, 2],
    [1024, 3],
    [1023, 2],
    [1025, 3],
  ])('exact multiple: %i bytes end with block %i', (size, last) => {
    const transfer = begin({ size })
    transfer.start(0)
    for (let block = 1; block < last; block++) expect(told(transfer.ack(block, block))).not.toBe('complete')
    expect(told(transfer.ack(last, last))).toBe('complete')
  })

  it('block wraps around: 65535, then 0', () => {
    const transfer = begin({ size: 512 * 140_000 })
    transfer.start(0)
    for (let block = 1; block <= 140_000; block++)
      expect(told(transfer.ack(block & 0xffff, block))).toBe(`${block + 1}-${block + 1}`)
    expect(told(transfer.ack(140_001 & 0xffff, 140_001))).toBe('complete')
    expect(transfer.bytes).toBe(512 * 140_000)
  })

  it('block wraps around inside a window', () => {
    const transfer = begin({ size: 512 * 65_600, windowSize: 10 })
    transfer.start(0)
    let acknowledged = 0
    while (acknowledged < 65_530) transfer.ack((acknowledged += 10) & 0xffff, acknowledged)
    expect(told(transfer.ack(65_538 & 0xffff, 1e6))).toBe('65539-65548')
    // The one before the wrap is old now.
    expect(told(transfer.ack(65_535, 1e6))).toBe('')
  })
})

describe('options', () => {
  it('waits for ACK 0 before the first block', () => {
    const transfer = begin({ oack: true })
    expect(told(transfer.start(0))).toBe('oack')
    expect(told(transfer.ack(1, 1))).toBe('')
    expect(told(transfer.ack(0, 2))).toBe('1-1')
    expect(told(transfer.ack(0, 3))).toBe('')
  })

  it('options refused: ERROR 8 without a question for the size is an abort', () => {
    const transfer = begin({ oack: true })
    transfer.start(0)
    expect(transfer.error(8, 'no options, please')).toEqual([
      { do: 'finish', outcome: 'aborted', reason: 'no options, please' },
    ])
  })

  it.each([
    [8, 'User aborted the transfer'],
    [0, 'TFTP Aborted'],
  ])('size probe: ERROR %i in answer to the size', (code, message) => {
    const transfer = begin({ oack: true, sizeAsked: true })
    transfer.start(0)
    expect(told(transfer.error(code, message))).toBe('probe')
  })

  it('an abort after the size was accepted is no probe, nor is a full disk', () => {
    const begun = begin({ oack: true, sizeAsked: true })
    begun.start(0)
    begun.ack(0, 1)
    expect(begun.error(8, '')).toEqual([{ do: 'finish', outcome: 'aborted', reason: 'ERROR 8' }])
    const full = begin({ oack: true, sizeAsked: true })
    full.start(0)
    expect(told(full.error(3, 'disk full'))).toBe('aborted')
  })
})

describe('loss', () => {
  it("duplicate ACK: not answered, or the Sorcerer's Apprentice would double every block", () => {
    const transfer = begin({ size: 5000 })
    transfer.start(0)
    transfer.ack(1, 1)
    expect(transfer.ack(1, 2)).toEqual([])
    expect(transfer.ack(0, 2)).toEqual([])
    expect(told(transfer.ack(2, 3))).toBe('3-3')
  })

  it('an ACK of what was never sent: passed over', () => {
    const transfer = begin({ size: 5000, windowSize: 4 })
    transfer.start(0)
    for (const block of [5, 100, 65_535, 40_000]) expect(transfer.ack(block, 1)).toEqual([])
    expect(transfer.bytes).toBe(0)
  })

  it('sends the block again when time is up, later each time', () => {
    const transfer = begin({})
    const first = transfer.start(0)
    expect(waitIn(first)).toBe(1000)
    const second = transfer.timeUp(1000)
    expect(told(second)).toBe('1-1')
    expect(waitIn(second)).toBe(3000)
    expect(waitIn(transfer.timeUp(4000))).toBe(6000)
    expect(waitIn(transfer.timeUp(10_000))).toBe(6000)
    expect(transfer.retransmissions).toBe(3)
  })

  it('waits no longer than the measured round trip calls for', () => {
    const transfer = begin({ size: 1e6 })
    transfer.start(0)
    let wait: number | undefined
    for (let block = 1; block <= 50; block++) wait = waitIn(transfer.ack(block, block * 100))
    expect(wait).toBeGreaterThan(100)
    expect(wait).toBeLessThan(150)
  })

  it('what was sent twice measures nothing, and the longer wait stays until something does', () => {
    const transfer = begin({ size: 1e6 })
    transfer.start(0)
    transfer.ack(1, 1)
    const wait = waitIn(transfer.ack(2, 2))!
    transfer.timeUp(2 + wait)
    // A client that answers late: whether the first or the second block 3 is meant cannot be known.
    expect(waitIn(transfer.ack(3, 200))).toBe(3 * wait)
    expect(waitIn(transfer.ack(4, 400))).toBeGreaterThan(200)
  })

  it('a client that asked for an interval never waits longer than that', () => {
    const transfer = begin({ timeoutMs: 2000 })
    expect(waitIn(transfer.start(0))).toBe(2000)
    expect(waitIn(transfer.timeUp(2000))).toBe(2000)
  })

  it.each([
    ['before any acknowledgement', 0],
    ['in the middle', 2],
  ])('client vanishes %s: asked a bounded number of times, then given up', (_, acknowledged) => {
    const transfer = begin({ size: 5000 })
    let actions = transfer.start(0)
    for (let block = 1; block <= acknowledged; block++) actions = transfer.ack(block, block)
    const { sent, end, now } = waitForEnd(transfer, actions)
    expect(end).toMatchObject({ do: 'finish', outcome: 'timeout' })
    expect(sent.length).toBeLessThan(20)
    expect(now).toBeGreaterThan(30_000)
    expect(now).toBeLessThan(60_000)
    expect(transfer.timeUp(now + 1)).toEqual([])
    expect(transfer.ack(acknowledged + 1, now + 1)).toEqual([])
  })

  it('client vanishes at the OACK', () => {
    const transfer = begin({ oack: true })
    expect(waitForEnd(transfer, transfer.start(0)).end).toMatchObject({ outcome: 'timeout' })
  })

  it('lost last ACK: the loader has the file and is gone', () => {
    const transfer = begin({ size: 1100 })
    transfer.start(0)
    transfer.ack(1, 1)
    const { sent, end, now } = waitForEnd(transfer, transfer.ack(2, 2))
    expect(sent.slice(0, 2)).toEqual(['3-3', '3-3'])
    expect(end).toEqual({ do: 'finish', outcome: 'complete' })
    expect(now).toBeLessThan(20_000)
    expect(transfer.bytes).toBe(1100)
  })

  it('a client that still asks for the last block has not got it', () => {
    const transfer = begin({ size: 1100 })
    transfer.start(0)
    transfer.ack(1, 1)
    const actions = transfer.ack(2, 2)
    transfer.ack(2, 1000)
    expect(waitForEnd(transfer, actions).end).toMatchObject({ outcome: 'timeout' })
  })

  it('lost last ACK, sent again by a client that lingers', () => {
    const transfer = begin({ size: 600 })
    transfer.start(0)
    transfer.ack(1, 1)
    transfer.timeUp(100)
    expect(told(transfer.ack(2, 101))).toBe('complete')
  })

  it('a file of one window that is never acknowledged has not arrived: blocks of this size may not pass', () => {
    const transfer = begin({ size: 1000, windowSize: 4 })
    expect(waitForEnd(transfer, transfer.start(0)).end).toMatchObject({ outcome: 'timeout' })
  })
})

describe('windows (RFC 7440)', () => {
  it('sends a window for each acknowledgement, the last one shorter', () => {
    const transfer = begin({ size: 512 * 9, windowSize: 4 })
    expect(told(transfer.start(0))).toBe('1-4')
    expect(told(transfer.ack(4, 1))).toBe('5-8')
    expect(told(transfer.ack(8, 2))).toBe('9-10')
    expect(told(transfer.ack(10, 3))).toBe('complete')
  })

  it('goes back to the first block that was lost', () => {
    const transfer = begin({ size: 512 * 20, windowSize: 4 })
    transfer.start(0)
    expect(told(transfer.ack(2, 1))).toBe('3-6')
    expect(transfer.retransmissions).toBe(2)
    expect(told(transfer.ack(6, 2))).toBe('7-10')
  })

  it('heeds a repeated ACK once: the first block of the window was lost', () => {
    const transfer = begin({ size: 512 * 40, windowSize: 4 })
    transfer.start(0)
    transfer.ack(4, 1)
    transfer.ack(8, 2)
    expect(told(transfer.ack(8, 3))).toBe('9-12')
    expect(transfer.ack(8, 4)).toEqual([])
    expect(transfer.ack(8, 5)).toEqual([])
  })

  it("has no Sorcerer's Apprentice after a window was sent twice for nothing", () => {
    const transfer = begin({ size: 512 * 100, windowSize: 4 })
    transfer.start(0)
    transfer.ack(4, 1)
    transfer.timeUp(2000)
    expect(told(transfer.ack(8, 2001))).toBe('9-12')
    // The client acknowledges the second copy too.
    expect(transfer.ack(8, 2002)).toEqual([])
    expect(told(transfer.ack(12, 2003))).toBe('13-16')
    expect(told(transfer.ack(12, 2004))).toBe('13-16')
  })

  it('goes on, rather than back, where an early ACK may be the answer to a copy', () => {
    const transfer = begin({ size: 512 * 100, windowSize: 4 })
    transfer.start(0)
    transfer.ack(4, 1)
    transfer.timeUp(2000)
    // Were block 7 lost, its copy is on the way; were it not, 7 and 8 would be sent a third time.
    expect(told(transfer.ack(6, 2001))).toBe('9-10')
    expect(told(transfer.ack(10, 2002))).toBe('11-14')
    expect(told(transfer.ack(12, 2003))).toBe('13-16')
  })

  it('a loss in what was sent again waits for the time to be up', () => {
    const transfer = begin({ size: 512 * 100, windowSize: 4 })
    transfer.start(0)
    expect(told(transfer.ack(2, 1))).toBe('3-6')
    const actions = transfer.ack(3, 2)
    expect(told(actions)).toBe('7-7')
    expect(told(transfer.timeUp(2 + waitIn(actions)!))).toBe('4-7')
  })
})

describe('over a network that loses, doubles and delays', () => {
  /** A client by the book: takes blocks in order, acknowledges each full window and every gap. */
  class Client {
    received = 0
    #sinceAck = 0
    readonly #lastBlock: number
    readonly #windowSize: number

    constructor(lastBlock: number, windowSize: number) {
      this.#lastBlock = lastBlock
      this.#windowSize = windowSize
    }

    /** Returns the block it acknowledges, or nothing. */
    data(wireBlock: number): number | undefined {
      if (wireBlock !== ((this.received + 1) & 0xffff)) {
        this.#sinceAck = 0
        return this.received & 0xffff
      }
      this.received++
      if (++this.#sinceAck < this.#windowSize && this.received < this.#lastBlock) return undefined
      this.#sinceAck = 0
      return this.received & 0xffff
    }
  }

  it('every file arrives whole, with no more packets than the losses explain', () => {
    fc.assert(
      fc.property(
        fc.record({
          blocks: fc.integer({ min: 0, max: 400 }),
          windowSize: fc.constantFrom(1, 4, 16, 64),
          lossPercent: fc.constantFrom(0, 1, 5, 10),
          doublePercent: fc.constantFrom(0, 5),
          delayPercent: fc.constantFrom(0, 5),
          seed: fc.integer({ min: 1 }),
        }),
        ({ blocks, windowSize, lossPercent, doublePercent, delayPercent, seed }) => {
          const random = randomFrom(seed)
          const transfer = begin({ size: blocks * 512, windowSize, oack: true })
          const client = new Client(blocks + 1, windowSize)
          const inFlight: { at: number; deliver: () => void }[] = []
          let now = 0
          let deadline = 0
          let dataSent = 0
          let disturbances = 0
          let outcome: string | undefined

          const happens = (percent: number) => {
            const yes = random() * 100 < percent
            if (yes) disturbances++
            return yes
          }
          const send = (deliver: () => void) => {
            if (happens(lossPercent)) return
            inFlight.push({ at: now + (happens(delayPercent) ? 5 * random() : 1), deliver })
            if (happens(doublePercent)) inFlight.push({ at: now + 1, deliver })
          }
          const apply = (actions: TransferAction[]): void => {
            for (const action of actions) {
              if (action.do === 'wait') deadline = now + action.ms
              else if (action.do === 'finish') outcome = action.outcome
              else if (action.do === 'sendOack') send(() => send(() => apply(transfer.ack(0, now))))
              else
                for (let block = action.first; block <= action.last; block++) {
                  dataSent++
                  send(() => {
                    const ack = client.data(block & 0xffff)
                    if (ack !== undefined) send(() => apply(transfer.ack(ack, now)))
                  })
                }
            }
          }

          apply(transfer.start(now))
          for (let step = 0; outcome === undefined && step < 200_000; step++) {
            inFlight.sort((a, b) => a.at - b.at)
            const next = inFlight[0]
            if (next && next.at <= deadline) {
              inFlight.shift()
              now = Math.max(now, next.at)
              next.deliver()
            } else {
              now = deadline
              apply(transfer.timeUp(now))
            }
          }
          expect(outcome).toBe('complete')
          expect(transfer.bytes).toBe(blocks * 512)
          expect(client.received).toBe(blocks + 1)
          // A disturbance costs a few windows, never one more packet for each that follows.
          expect(dataSent).toBeLessThanOrEqual(blocks + 1 + disturbances * 2 * windowSize)
        },
      ),
      { numRuns: 200 },
    )
  })

  function randomFrom(seed: number): () => number {
    let state = seed >>> 0
    return () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
      return state / 2 ** 32
    }
  }
})
