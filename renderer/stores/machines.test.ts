import { beforeEach, expect, it } from 'vitest'
import type { Trouble } from '../../src/contract/index.ts'
import { Client } from './client.ts'
import { aMachine, HandBridge, settled } from './fixtures.ts'
import { groupOf, Machines } from './machines.svelte.ts'

let bridge: HandBridge
let machines: Machines
const names = () => machines.shown.map((machine) => machine.item?.assetTag ?? machine.mac)
const item = (assetTag: string) => ({ id: 1, assetTag, location: 'B104' })

beforeEach(() => {
  bridge = new HandBridge()
  machines = new Machines(new Client(bridge, () => {}))
})

it('replaces only the machines that changed', () => {
  machines.apply({ seq: 1, full: true, machines: [aMachine('aa'), aMachine('bb')] })
  const untouched = machines.get('aa')
  machines.apply({ seq: 2, machines: [aMachine('bb', { stage: 'ready' })] })
  expect(machines.get('aa')).toBe(untouched)
  expect(machines.get('bb')?.stage).toBe('ready')
})

it('forgets what was removed, and what a snapshot does not hold', () => {
  machines.apply({ seq: 1, full: true, machines: [aMachine('aa'), aMachine('bb')] })
  machines.apply({ seq: 2, machinesRemoved: ['aa'] })
  expect(names()).toEqual(['bb'])
  machines.apply({ seq: 3, full: true })
  expect(names()).toEqual([])
})

it('orders by name as a person does, the nameless after them as they came', () => {
  machines.apply({
    seq: 1,
    full: true,
    machines: [
      aMachine('ff', { firstHeardAt: 2 }),
      aMachine('ee', { firstHeardAt: 1 }),
      aMachine('bb', { item: item('A10') }),
      aMachine('aa', { item: item('A2') }),
    ],
  })
  expect(names()).toEqual(['A2', 'A10', 'ee', 'ff'])
})

it('counts and filters by group, trouble before stage', () => {
  const blocked: Trouble = {
    code: 'otherServer',
    severity: 'blocked',
    since: 0,
    facts: {},
    confidence: 0.9,
    evidence: [],
    others: [],
  }
  machines.apply({
    seq: 1,
    full: true,
    machines: [
      aMachine('aa', { stage: 'ready' }),
      aMachine('bb', { stage: 'ready', trouble: blocked }),
      aMachine('cc', { stage: 'kernel' }),
      aMachine('dd', { stage: 'left' }),
    ],
  })
  expect(machines.counts).toEqual({ ready: 1, moving: 1, attention: 0, blocked: 1, gone: 1 })
  machines.group = 'blocked'
  expect(names()).toEqual(['bb'])
  expect(groupOf({ stage: 'ready', trouble: { ...blocked, severity: 'attention' } })).toBe('attention')
})

it('searches names, addresses and MACs', () => {
  machines.apply({
    seq: 1,
    full: true,
    machines: [
      aMachine('52:54:00:00:00:01', { address: '10.0.0.7' }),
      aMachine('52:54:00:00:00:02', { item: item('A2') }),
    ],
  })
  machines.search = '0.7'
  expect(names()).toEqual(['52:54:00:00:00:01'])
  machines.search = 'a2'
  expect(names()).toEqual(['A2'])
})

it('finds a candidate by name or number at the seat they have', () => {
  const sitting = new Map([[7, 'Éluard Zoé 22101']])
  machines = new Machines(new Client(bridge, () => {}), (seatId) => sitting.get(seatId))
  const seat = (id: number, label: string) => ({ id, label, roomId: 1 })
  machines.apply({
    seq: 1,
    full: true,
    machines: [aMachine('aa', { seat: seat(7, 'A1') }), aMachine('bb', { seat: seat(8, 'A2') })],
  })
  for (const search of ['éluard', '22101']) {
    machines.search = search
    expect(names()).toEqual(['aa'])
  }
  machines.search = 'personne'
  expect(names()).toEqual([])
})

it('shows the detail of the open machine only', () => {
  machines.apply({ seq: 1, full: true, machines: [aMachine('aa'), aMachine('bb')] })
  machines.watch('aa')
  machines.apply({ seq: 2, detail: { mac: 'bb', timeline: [], transfers: [], journal: [], earlierBoots: [] } })
  expect(machines.openDetail).toBeUndefined()
  machines.apply({ seq: 3, detail: { mac: 'aa', timeline: [], transfers: [], journal: [], earlierBoots: [] } })
  expect(machines.openDetail?.mac).toBe('aa')
})

it('watches the open machine again after a snapshot', async () => {
  machines.watch('aa')
  machines.apply({ seq: 9, full: true, machines: [aMachine('aa')] })
  await settled()
  expect(bridge.inputsOf('machine.watch')).toEqual(['aa', 'aa'])
})
