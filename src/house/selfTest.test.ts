import { expect, it } from 'vitest'
import { selfTestMac, type LeaseQuery } from '../contract/index.ts'
import { useHouse } from './testing/useHouse.ts'

const everyLease: LeaseQuery = {
  ...{ search: '', states: [], sort: 'address', descending: false },
  ...{ offset: 0, limit: 500 },
}

const own = useHouse()

it('goes from this computer to itself through every service of the simulated room', async () => {
  await own.house.commands['exam.startDemo'](undefined)
  const view = await own.house.commands['selfTest.run'](undefined)
  expect(view.lines.filter(({ verdict }) => verdict !== 'ok')).toEqual([])
  expect(view.lines.map(({ step }) => step)).toEqual([
    'dhcp',
    'tftpSmall',
    'tftpExact',
    'tftpLarge',
    'httpRange',
    'script',
  ])
  expect(view.lines[0]?.address).toMatch(/^127\.60\./)
  expect(view.lines[3]?.bytes).toBe(40_000_000)
  // The machine that it plays gets no tile, and gives its address back without a trace.
  expect(own.house.machines().some(({ mac }) => mac === selfTestMac)).toBe(false)
  const { leases } = await own.house.commands['lease.list'](everyLease)
  expect(leases.map(({ mac }) => mac)).not.toContain(selfTestMac)
  expect(await own.house.commands['selfTest.last'](undefined)).toEqual(view)
}, 180_000)

it('has nothing to test while no exam runs', async () => {
  await expect(own.house.commands['selfTest.run'](undefined)).rejects.toMatchObject({ code: 'exam.notRunning' })
})
