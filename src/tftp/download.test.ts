import { describe, expect, it } from 'vitest'
import { Download, type DownloadAction } from './download.ts'
import { NetasciiDecoder, toNetascii } from './netascii.ts'
import type { Packet } from './packet.ts'

const download = (asked: Record<string, string> = {}, tries = 2): Download =>
  new Download({ asked: new Map(Object.entries(asked)), intervalMs: 1000, tries })
const data = (block: number, length = 512): Packet => ({ op: 'data', block, data: Buffer.alloc(length, block) })
const oack = (options: Record<string, string>): Packet => ({ op: 'oack', options: new Map(Object.entries(options)) })
/** In short: `ack 3`, `write 512`, `wait`. */
const told = (actions: DownloadAction[]): string[] =>
  actions.map((action) => {
    if (action.do === 'sendAck') return `ack ${action.block}`
    if (action.do === 'write') return `write ${action.data.length}`
    if (action.do === 'fail') return `fail ${action.failure.kind}`
    return action.do === 'sendError' ? `error ${action.code}` : action.do
  })

describe('without options', () => {
  it('the server answers with the first block, and each is acknowledged', () => {
    const transfer = download()
    expect(told(transfer.start(0))).toEqual(['sendRequest', 'wait'])
    expect(told(transfer.receive(data(1), 5))).toEqual(['write 512', 'ack 1', 'wait'])
    expect(told(transfer.receive(data(2, 100), 9))).toEqual(['write 100', 'ack 2', 'complete', 'wait'])
    expect(transfer).toMatchObject({ bytes: 612, blocks: 2, retransmissions: 0, roundTripMs: 4.5 })
  })

  it.each([
    ['zero length', [data(1, 0)], 0],
    ['an exact multiple ends with an empty block', [data(1), data(2, 0)], 512],
  ])('%s', (_, blocks, bytes) => {
    const transfer = download()
    transfer.start(0)
    const last = blocks.map((block) => told(transfer.receive(block, 1))).at(-1)
    expect(last).toContain('complete')
    expect(transfer.bytes).toBe(bytes)
  })

  it('lost last ACK: it is said again, and the file is not written twice', () => {
    const transfer = download()
    transfer.start(0)
    transfer.receive(data(1, 3), 1)
    expect(told(transfer.receive(data(1, 3), 2))).toEqual(['ack 1'])
    expect(told(transfer.timeUp(3000))).toEqual(['leave'])
    expect(transfer.receive(data(1, 3), 3001)).toEqual([])
  })

  it('blocks beyond 65535 wrap around to 0', () => {
    const transfer = download()
    transfer.start(0)
    for (let block = 1; block <= 65_537; block++) transfer.receive(data(block & 0xffff), block)
    expect(transfer.blocks).toBe(65_537)
    expect(told(transfer.receive(data(2, 1), 70_000))).toContain('complete')
  })

  it('a block from the past or from far ahead is never written', () => {
    const transfer = download()
    transfer.start(0)
    transfer.receive(data(1), 1)
    expect(told(transfer.receive(data(1), 2))).toEqual(['ack 1', 'wait'])
    expect(told(transfer.receive(data(40_000), 3))).not.toContain('write 512')
    expect(transfer.bytes).toBe(512)
  })
})

describe('silence', () => {
  it('before any answer: asked again, then nobody answered', () => {
    const transfer = download()
    transfer.start(0)
    expect(told(transfer.timeUp(1000))).toEqual(['sendRequest', 'wait'])
    expect(told(transfer.timeUp(2000))).toEqual(['sendRequest', 'wait'])
    expect(told(transfer.timeUp(3000))).toEqual(['fail noAnswer', 'leave'])
  })

  it('after a block: the acknowledgement is said again, then it stalls there', () => {
    const transfer = download()
    transfer.start(0)
    transfer.receive(data(1), 1)
    transfer.receive(data(2), 2)
    expect(told(transfer.timeUp(1000))).toEqual(['ack 2', 'wait'])
    transfer.timeUp(2000)
    expect(transfer.timeUp(3000)[0]).toEqual({ do: 'fail', failure: { kind: 'stalled', block: 2 } })
    expect(transfer.retransmissions).toBe(2)
  })
})

describe('options', () => {
  it('are agreed to, acknowledged as block 0, and rule the blocks', () => {
    const transfer = download({ blksize: '1468', windowsize: '4', tsize: '0' })
    transfer.start(0)
    expect(told(transfer.receive(oack({ blksize: '1024', windowsize: '2', tsize: '2500' }), 1))).toEqual([
      'ack 0',
      'wait',
    ])
    expect(told(transfer.receive(data(1, 1024), 2))).toEqual(['write 1024', 'wait'])
    expect(told(transfer.receive(data(2, 1024), 3))).toEqual(['write 1024', 'ack 2', 'wait'])
    expect(told(transfer.receive(data(3, 452), 4))).toContain('complete')
    expect(transfer).toMatchObject({ size: 2500, blockSize: 1024, windowSize: 2 })
  })

  it.each([
    ['larger than asked', { blksize: '9000' }],
    ['not asked for', { tsize: '5' }],
    ['not a number', { blksize: 'large' }],
    ['of no size', { blksize: '0' }],
  ])('%s: refused with ERROR 8', (_, answered) => {
    const transfer = download({ blksize: '1468' })
    transfer.start(0)
    expect(told(transfer.receive(oack(answered), 1))).toEqual(['error 8', 'fail badOptions', 'leave'])
  })

  it('a lost block within a window: what came is acknowledged once, and the server goes back', () => {
    const transfer = download({ windowsize: '4' })
    transfer.start(0)
    transfer.receive(oack({ windowsize: '4' }), 1)
    transfer.receive(data(1), 2)
    expect(told(transfer.receive(data(3), 3))).toEqual(['ack 1', 'wait'])
    expect(transfer.receive(data(4), 4)).toEqual([])
    for (const block of [2, 3, 4]) expect(told(transfer.receive(data(block), 5))[0]).toBe('write 512')
    expect(told(transfer.receive(data(5), 6))).toContain('ack 5')
  })

  it('the OACK comes again when its acknowledgement was lost', () => {
    const transfer = download({ blksize: '1024' })
    transfer.start(0)
    transfer.receive(oack({ blksize: '1024' }), 1)
    expect(told(transfer.receive(oack({ blksize: '1024' }), 2))).toEqual(['ack 0', 'wait'])
  })
})

it('tells what the server said against it', () => {
  const transfer = download()
  transfer.start(0)
  expect(transfer.receive({ op: 'error', code: 1, message: 'no such file' }, 1)[0]).toEqual({
    do: 'fail',
    failure: { kind: 'serverError', code: 1, message: 'no such file' },
  })
})

it('netascii comes back as it was, wherever it is cut', () => {
  const text = Buffer.from('a\nb\r\nc\rd\r')
  const wire = toNetascii(text)
  for (let cut = 0; cut <= wire.length; cut++) {
    const decoder = new NetasciiDecoder()
    const parts = [decoder.decode(wire.subarray(0, cut)), decoder.decode(wire.subarray(cut)), decoder.end()]
    expect(Buffer.concat(parts)).toEqual(text)
  }
})
