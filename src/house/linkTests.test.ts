import { expect, it, vi } from 'vitest'
import { measuredLink } from '../contract/index.ts'
import { useHouse } from './testing/useHouse.ts'

const own = useHouse()

it('measures the link of a machine that asks, at its agent’s or its loader’s next word, once', async () => {
  await own.house.commands['exam.startDemo'](undefined)
  const mac = await vi.waitFor(
    () => {
      const ready = own.house.machines().find(({ stage }) => stage === 'ready')
      if (!ready) throw new Error('no machine is ready')
      return ready.mac
    },
    { timeout: 60_000, interval: 100 },
  )
  await own.house.commands['machine.watch'](mac)
  await own.house.commands['link.measure'](mac)
  await vi.waitFor(
    async () => {
      const { detail } = await own.house.snapshot()
      const measured = detail?.mac === mac ? measuredLink(detail.transfers) : undefined
      expect(measured?.mbps).toBeGreaterThan(1)
    },
    { timeout: 60_000, interval: 200 },
  )
  expect(await own.house.commands['link.isAwaited'](mac)).toBe(false)
}, 130_000)

it('has nobody to measure while no exam runs', () => {
  expect(() => own.house.commands['link.measure']('52:54:00:00:00:01')).toThrow(/no exam/)
})

it('tells who made a card, and which addresses nobody made', async () => {
  expect(await own.house.commands['vendor.of']('52:54:00:00:00:01')).toMatchObject({ vendor: 'QEMU', isLocal: true })
  expect(await own.house.commands['vendor.of']('00:00:5e:00:00:01')).toMatchObject({ isLocal: false })
})
