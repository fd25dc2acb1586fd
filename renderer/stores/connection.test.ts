import { expect, it } from 'vitest'
import type { ViewUpdate } from '../../src/contract/index.ts'
import { Client } from './client.ts'
import { Connection } from './connection.svelte.ts'
import { HandBridge, settled } from './fixtures.ts'

const setUp = (snapshots: ViewUpdate[]) => {
  const applied: ViewUpdate[] = []
  const frames: (() => void)[] = []
  const bridge = new HandBridge().answer('view.snapshot', () => {
    const next = snapshots.shift()
    if (!next) throw { code: 'internal', message: 'no more snapshots', details: {} }
    return next
  })
  const connection = new Connection(
    bridge,
    new Client(bridge, () => {}),
    (update) => applied.push(update),
    (task) => frames.push(task),
  )
  connection.start()
  const frame = () => frames.splice(0).forEach((task) => task())
  return { bridge, connection, applied, frame, frames, seqs: () => applied.map(({ seq }) => seq) }
}

it('begins with a snapshot, then applies pushes in order', async () => {
  const { bridge, frame, seqs, applied, connection } = setUp([{ seq: 7 }])
  await settled()
  bridge.push({ seq: 8 })
  bridge.push({ seq: 9 })
  frame()
  expect(seqs()).toEqual([7, 8, 9])
  expect(applied[0]?.full).toBe(true)
  expect(connection.state).toBe('live')
})

it('asks for one frame however many pushes came', async () => {
  const { bridge, frames, seqs } = setUp([{ seq: 1 }])
  await settled()
  for (let seq = 2; seq < 50; seq += 1) bridge.push({ seq })
  expect(frames).toHaveLength(1)
  expect(seqs()).toEqual([1])
})

it('drops pushes that the snapshot already holds', async () => {
  const { bridge, frame, seqs } = setUp([{ seq: 5 }])
  bridge.push({ seq: 4 })
  bridge.push({ seq: 5 })
  bridge.push({ seq: 6 })
  frame()
  expect(seqs()).toEqual([])
  await settled()
  frame()
  expect(seqs()).toEqual([5, 6])
})

it('asks for a new snapshot when one is missing in between, and carries on from it', async () => {
  const { bridge, frame, seqs } = setUp([{ seq: 1 }, { seq: 4 }])
  await settled()
  bridge.push({ seq: 2 })
  bridge.push({ seq: 4 })
  bridge.push({ seq: 5 })
  frame()
  expect(seqs()).toEqual([1, 2])
  await settled()
  frame()
  expect(seqs()).toEqual([1, 2, 4, 5])
  expect(bridge.inputsOf('view.snapshot')).toHaveLength(2)
})

it('says that it is lost when no snapshot comes', async () => {
  const { connection } = setUp([])
  await settled()
  expect(connection.state).toBe('lost')
})
