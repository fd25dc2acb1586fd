import { beforeEach, expect, it } from 'vitest'
import { ManualClock, silentLogger } from '../base/index.ts'
import type { ViewUpdate } from '../contract/index.ts'
import { Publisher } from './publisher.ts'

let clock: ManualClock
let sent: ViewUpdate[]
let drawn: string[]
let failing: string
let publisher: Publisher

beforeEach(() => {
  clock = new ManualClock()
  sent = []
  drawn = []
  failing = ''
  const draw = <T>(part: string, value: T): T => {
    if (part === failing) throw new Error(`${part} is broken`)
    drawn.push(part)
    return value
  }
  publisher = new Publisher({
    clock,
    logger: silentLogger,
    sources: {
      nics: () => draw('nics', []),
      machines: () => draw('machines', undefined),
      stockRevision: () => draw('stockRevision', 7),
      detail: () => draw('detail', { mac: 'm', timeline: [], transfers: [], journal: [], earlierBoots: [] }),
    },
    send: (update) => {
      if (failing === 'send') throw new Error('the window is gone')
      sent.push(update)
    },
  })
})

it('draws what was marked once, in one push a frame', () => {
  for (let n = 0; n < 100; n++) publisher.mark('nics', 'stockRevision')
  expect(sent).toEqual([])
  clock.advance(1000)
  expect(sent).toEqual([{ seq: 1, nics: [], stockRevision: 7 }])
  expect(drawn).toEqual(['nics', 'stockRevision'])
})

it('draws a part again in the next push, not twice in this one, when drawing another marks it', () => {
  // As the journal does: what it hands over once is gone, and drawing a panel may write new entries.
  const waiting = ['first']
  const pushed: unknown[] = []
  const writing: Publisher = new Publisher({
    clock,
    logger: silentLogger,
    sources: {
      journal: () => waiting.splice(0) as never,
      detail: () => {
        waiting.push('second')
        writing.mark('journal')
        return undefined
      },
    },
    send: ({ journal }) => pushed.push(journal),
  })
  writing.mark('journal', 'detail')
  clock.advance(1000)
  expect(pushed).toEqual([['first'], ['second']])
})

it('sends nothing and counts nothing when there is nothing to say', () => {
  publisher.mark('machines')
  clock.advance(1000)
  expect(sent).toEqual([])
  expect(publisher.seq).toBe(0)
})

it('draws a machine’s panel four times a second at most, and the last change always', () => {
  for (let n = 0; n < 100; n++) {
    publisher.mark('detail', 'nics')
    clock.advance(10)
  }
  const during = drawn.filter((part) => part === 'detail').length
  expect(during).toBeGreaterThanOrEqual(2)
  expect(during).toBeLessThanOrEqual(5)
  publisher.mark('detail')
  clock.advance(1000)
  expect(drawn.filter((part) => part === 'detail').length).toBe(during + 1)
})

it('goes on with the others when one part cannot be drawn', () => {
  failing = 'nics'
  publisher.mark('nics', 'stockRevision')
  clock.advance(1000)
  expect(sent).toEqual([{ seq: 1, stockRevision: 7 }])
})

it('leaves a gap in the numbers where a push was lost', () => {
  failing = 'send'
  publisher.mark('nics')
  clock.advance(1000)
  failing = ''
  publisher.mark('nics')
  clock.advance(1000)
  expect(sent.map(({ seq }) => seq)).toEqual([2])
})

it('is silent once closed', () => {
  publisher.mark('nics')
  publisher.close()
  publisher.mark('nics')
  clock.advance(1000)
  expect(sent).toEqual([])
})
