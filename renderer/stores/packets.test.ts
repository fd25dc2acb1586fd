import { expect, it } from 'vitest'
import type { PacketPage } from '../../src/contract/index.ts'
import { Client } from './client.ts'
import { HandBridge, settled } from './fixtures.ts'
import { Packets } from './packets.svelte.ts'

const page: PacketPage = { source: 'sockets', noCapture: 'simulated', kept: 1, dropped: 0, packets: [] }

it('asks one question at a time and the last filter is the one that is answered', async () => {
  const bridge = new HandBridge().answer('packets.list', () => page)
  const packets = new Packets(new Client(bridge, () => {}))
  packets.filter({ search: 'a' })
  packets.filter({ search: 'ab' })
  packets.filter({ search: 'abc', protocols: ['tftp'] })
  await settled()
  expect(bridge.inputsOf('packets.list')).toMatchObject([
    { search: 'a', protocols: [] },
    { search: 'abc', protocols: ['tftp'] },
  ])
  expect(packets.page).toEqual(page)
  expect(packets.isFiltered).toBe(true)
  packets.clearFilters()
  await settled()
  expect(packets.isFiltered).toBe(false)
})

it('keeps the detail of the packet that is selected now', async () => {
  const bridge = new HandBridge().answer('packets.get', (id) => ({ id }))
  const packets = new Packets(new Client(bridge, () => {}))
  void packets.select(1)
  void packets.select(2)
  await settled()
  expect(packets.detail?.id).toBe(2)
  void packets.select(undefined)
  expect(packets.detail).toBeUndefined()
})
