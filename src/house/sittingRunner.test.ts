import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { systemClock } from '../base/index.ts'
import type { House } from './index.ts'
import { openTestHouse, temporaryFolder } from './testing/testHouse.ts'

const dayMs = 86_400_000

let folder: ReturnType<typeof temporaryFolder>
let house: House

beforeEach(async () => {
  folder = temporaryFolder()
  house = await openTestHouse(folder.path, { settings: { retentionDays: 30 } })
})

afterEach(async () => {
  await house.close()
  folder.remove()
})

/** The same data, so many days later. */
async function later(days: number): Promise<void> {
  await house.close()
  const clock = { ...systemClock, now: () => Date.now() + days * dayMs }
  house = await openTestHouse(folder.path, { clock, settings: { retentionDays: 30 } })
}

const names = async () =>
  ((await house.snapshot()).sittings ?? []).flatMap(({ candidates }) => candidates.map(({ lastName }) => lastName))

describe('what is kept of a sitting', () => {
  it('is without names once the agreed days are over, and with them until then', async () => {
    const room = await house.commands['room.add']({
      ...{ name: 'B104', columns: 1, rows: 1, marks: [] },
      seats: [{ label: 'A1', column: 0, row: 0 }],
    })
    const { id } = await house.commands['sitting.add']({
      ...{ title: 'Algorithmique', module: '', roomId: room.id, durationMinutes: 60, quorum: 1 },
      ...{ warnings: [], collectMinutes: 0, wakes: false },
    })
    await house.commands['roster.take']({
      sittingId: id,
      candidates: [{ number: '1', lastName: 'Noël', firstName: 'Éva', group: '', extraMinutes: 0 }],
    })
    await house.commands['seating.assign']({
      ...{ sittingId: id, order: 'list', separateGroups: false, extraTimeTogether: false },
    })
    await house.commands['sitting.begin']({ id, who: '' })
    await house.commands['sitting.close']({ id, who: '' })

    await later(29)
    expect(await names()).toEqual(['Noël'])
    await later(31)
    await vi.waitFor(async () => expect(await names()).not.toContain('Noël'))
    const { entries, intact } = await house.commands['sitting.journal'](id)
    expect(intact).toBe(true)
    expect(entries.at(-1)?.action).toBe('anonymise')
  })
})
