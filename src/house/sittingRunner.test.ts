import { describe, expect, it, vi } from 'vitest'
import { systemClock } from '../base/index.ts'
import { useHouse } from './testing/useHouse.ts'

const dayMs = 86_400_000

const own = useHouse({ settings: { retentionDays: 30 } })

/** The same data, so many days later. */
async function later(days: number): Promise<void> {
  const clock = { ...systemClock, now: () => Date.now() + days * dayMs }
  await own.reopen({ clock, settings: { retentionDays: 30 } })
}

const names = async () =>
  ((await own.house.snapshot()).sittings ?? []).flatMap(({ candidates }) => candidates.map(({ lastName }) => lastName))

describe('what is kept of a sitting', () => {
  it('is without names once the agreed days are over, and with them until then', async () => {
    const room = await own.house.commands['room.add']({
      ...{ name: 'B104', columns: 1, rows: 1, marks: [] },
      seats: [{ label: 'A1', column: 0, row: 0 }],
    })
    const { id } = await own.house.commands['sitting.add']({
      ...{ title: 'Algorithmique', module: '', roomId: room.id, durationMinutes: 60, quorum: 1 },
      ...{ warnings: [], collectMinutes: 0, wakes: false },
    })
    await own.house.commands['roster.take']({
      sittingId: id,
      candidates: [{ number: '1', lastName: 'Noël', firstName: 'Éva', group: '', extraMinutes: 0 }],
    })
    await own.house.commands['seating.assign']({
      ...{ sittingId: id, order: 'list', separateGroups: false, extraTimeTogether: false },
    })
    await own.house.commands['sitting.begin']({ id, who: '' })
    await own.house.commands['sitting.close']({ id, who: '' })

    await later(29)
    expect(await names()).toEqual(['Noël'])
    await later(31)
    await vi.waitFor(async () => expect(await names()).not.toContain('Noël'))
    const { entries, intact } = await own.house.commands['sitting.journal'](id)
    expect(intact).toBe(true)
    expect(entries.at(-1)?.action).toBe('anonymise')
  })
})
