import { beforeEach, describe, expect, it } from 'vitest'
import { ManualClock } from '../base/index.ts'
import { CommitQueue } from './commitQueue.ts'
import type { LeaseRecord } from './leases.ts'

const record = (address: number): LeaseRecord => ({
  address,
  key: `mac:${address}`,
  mac: `${address}`,
  hostName: '',
  state: 'leased',
  startsAt: 0,
  expiresAt: 1,
})

describe('group commit', () => {
  let clock: ManualClock
  let turns: (() => void)[]
  let saved: number[][]
  let told: string[]
  let failure: Error | undefined
  let queue: CommitQueue

  beforeEach(() => {
    clock = new ManualClock()
    turns = []
    saved = []
    told = []
    failure = undefined
    queue = new CommitQueue({
      clock,
      nextTurn: (task) => turns.push(task),
      save(records) {
        if (failure) throw failure
        saved.push(records.map(({ address }) => address))
      },
    })
  })
  const add = (address: number): void =>
    queue.add({
      records: [record(address)],
      onSaved: () => told.push(`saved ${address}`),
      onFailed: () => told.push(`failed ${address}`),
    })
  const nextTurn = (): void => turns.splice(0).forEach((task) => task())

  it('saves a lone request after one turn, and tells only then', () => {
    add(1)
    expect([saved, told]).toEqual([[], []])
    nextTurn()
    expect([saved, told]).toEqual([[[1]], ['saved 1']])
  })

  it('saves what came in one turn together, in order', () => {
    for (const address of [1, 2, 3]) add(address)
    nextTurn()
    expect(saved).toEqual([])
    nextTurn()
    expect(saved).toEqual([[1, 2, 3]])
    expect(told).toEqual(['saved 1', 'saved 2', 'saved 3'])
  })

  it('waits no longer than it must while more keeps coming', () => {
    add(1)
    for (let turn = 2; saved.length === 0; turn++) {
      expect(turn).toBeLessThan(8)
      clock.advance(1)
      add(turn)
      nextTurn()
    }
    expect(saved).toEqual([[1, 2, 3, 4, 5]])
  })

  it('saves a full batch at once, and begins another', () => {
    for (let address = 1; address <= 513; address++) add(address)
    expect(saved.map((batch) => batch.length)).toEqual([512])
    turns.shift()?.()
    expect([saved.length, turns.length]).toEqual([1, 1])
    nextTurn()
    expect(saved.map((batch) => batch.length)).toEqual([512, 1])
  })

  it('tells everyone, the last first, when nothing could be saved', () => {
    failure = new Error('disk full')
    for (const address of [1, 2]) add(address)
    queue.flush()
    expect(told).toEqual(['failed 2', 'failed 1'])
    failure = undefined
    add(3)
    nextTurn()
    expect(saved).toEqual([[3]])
  })

  it('has nothing left to do after a flush', () => {
    add(1)
    queue.flush()
    nextTurn()
    queue.flush()
    expect(saved).toEqual([[1]])
  })
})
