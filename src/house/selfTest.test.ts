import { afterEach, beforeEach, expect, it } from 'vitest'
import { selfTestMac, type LeaseQuery } from '../contract/index.ts'
import type { House } from './index.ts'
import { openTestHouse, temporaryFolder } from './testing/testHouse.ts'

const everyLease: LeaseQuery = {
  ...{ search: '', states: [], sort: 'address', descending: false },
  ...{ offset: 0, limit: 500 },
}

let folder: ReturnType<typeof temporaryFolder>
let house: House

beforeEach(async () => {
  folder = temporaryFolder()
  house = await openTestHouse(folder.path)
})
afterEach(async () => {
  await house.close()
  folder.remove()
})

it('goes from this computer to itself through every service of the simulated room', async () => {
  await house.commands['exam.startDemo'](undefined)
  const view = await house.commands['selfTest.run'](undefined)
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
  expect(house.machines().some(({ mac }) => mac === selfTestMac)).toBe(false)
  const { leases } = await house.commands['lease.list'](everyLease)
  expect(leases.map(({ mac }) => mac)).not.toContain(selfTestMac)
  expect(await house.commands['selfTest.last'](undefined)).toEqual(view)
}, 60_000)

it('has nothing to test while no exam runs', async () => {
  await expect(house.commands['selfTest.run'](undefined)).rejects.toMatchObject({ code: 'exam.notRunning' })
})
