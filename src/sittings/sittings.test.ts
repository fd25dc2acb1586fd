import { describe, expect, it } from 'vitest'
import { candidateInput, openSittings, roomInput, sittingInput } from './testing.ts'

const minute = 60_000

function openPrepared(candidates = 4) {
  const all = openSittings()
  const room = all.rooms.add(roomInput('B104', 2, 4))
  const { id } = all.sittings.add(sittingInput({ roomId: room.id }))
  all.sittings.takeRoster(
    id,
    Array.from({ length: candidates }, (_, i) => candidateInput(`${i + 1}`, { extraMinutes: i === 0 ? 40 : 0 })),
  )
  const sitting = all.sittings.assign({ sittingId: id, order: 'list', separateGroups: false, extraTimeTogether: false })
  const candidateIds = sitting.candidates.map((candidate) => candidate.id)
  return { ...all, room, id, candidateIds, first: candidateIds[0]!, second: candidateIds[1]! }
}

describe('a sitting', () => {
  it('is ready once it has a room, candidates, and a seat for each of them', () => {
    const { sittings, rooms } = openSittings()
    const room = rooms.add(roomInput('B104', 1, 2))
    const { id, state } = sittings.add(sittingInput())
    expect(state).toBe('draft')
    sittings.update(id, sittingInput({ roomId: room.id }))
    sittings.takeRoster(id, [candidateInput('1')])
    expect(sittings.get(id).state).toBe('draft')
    expect(() => sittings.begin(id, 'Ana')).toThrow(
      expect.objectContaining({ code: 'sitting.notPrepared', details: { missing: 'seats' } }),
    )
    sittings.seat(sittings.get(id).candidates[0]!.id, room.seats[0]!.id, 'Ana')
    expect(sittings.get(id).state).toBe('ready')
  })

  it('counts each candidate’s own time, and stands still while it is paused', () => {
    const { sittings, clock, id, first, second, room } = openPrepared()
    sittings.begin(id, 'Ana')
    const startedAt = clock.now()
    clock.advance(30 * minute)
    sittings.pause(id, 'Ana')
    clock.advance(10 * minute)
    const remaining = (seat: number) => sittings.ordersFor(room.seats[seat]!.id, clock.now())?.remainingMs
    expect(remaining(1)).toBe(90 * minute)
    sittings.goOn(id, 'Ana')
    sittings.extend(id, [second], 5, 'Ana')
    const view = sittings.get(id)
    expect(view.endsAt).toBe(startedAt + 130 * minute)
    expect(view.candidates.find((candidate) => candidate.id === first)?.endsAt).toBe(startedAt + 170 * minute)
    expect(view.candidates.find((candidate) => candidate.id === second)?.endsAt).toBe(startedAt + 135 * minute)
    clock.advance(500 * minute)
    expect(remaining(1)).toBe(0)
  })

  it('that is made longer while it runs has that in its journal, with who did it', () => {
    const { sittings, id, room } = openPrepared()
    sittings.begin(id, 'Ana')
    const { endsAt = 0, durationMinutes } = sittings.get(id)
    const longer = sittingInput({ roomId: room.id, durationMinutes: durationMinutes + 15 })
    expect(sittings.update(id, longer, 'Ana').endsAt).toBe(endsAt + 15 * minute)
    expect(sittings.journal(id).entries.at(-1)).toMatchObject({
      ...{ action: 'duration', who: 'Ana', details: { minutes: durationMinutes + 15 } },
    })
  })

  it('goes through its states in order and through no other', () => {
    const { sittings, id } = openPrepared()
    const wrong = expect.objectContaining({ code: 'sitting.wrongState' }) as Error
    for (const step of ['pause', 'goOn', 'close', 'archive', 'anonymise'] as const)
      expect(() => sittings[step](id, '')).toThrow(wrong)
    sittings.begin(id, '')
    expect(() => sittings.begin(id, '')).toThrow(wrong)
    expect(() => sittings.remove(id)).toThrow(wrong)
    sittings.pause(id, '')
    sittings.close(id, '')
    expect(() => sittings.lock(id, [1], 'x', '')).toThrow(wrong)
    sittings.archive(id, '')
    expect(sittings.list()).toEqual([])
    expect(sittings.archived().map((sitting) => sitting.id)).toEqual([id])
  })

  it('can be duplicated, with its candidates and their seats and without what was done', () => {
    const { sittings, id, first } = openPrepared()
    sittings.setPresence(id, [first], 'absent', '')
    const copy = sittings.duplicate(id)
    expect(copy.state).toBe('ready')
    expect(copy.candidates.map(({ number, seatId, presence }) => [number, seatId, presence])).toEqual(
      sittings.get(id).candidates.map(({ number, seatId }) => [number, seatId, 'expected']),
    )
    expect(copy.candidates[0]?.unlockCode).not.toBe(sittings.get(id).candidates[0]?.unlockCode)
  })

  it('takes a list over whole or not at all', () => {
    const { sittings, id } = openPrepared(1)
    const before = sittings.get(id)
    const bad = { ...candidateInput('9'), lastName: null as unknown as string }
    expect(() => sittings.takeRoster(id, [candidateInput('8'), bad])).toThrow(/NOT NULL/)
    expect(sittings.get(id)).toEqual(before)
  })

  it('brings known numbers up to date and adds the new ones', () => {
    const { sittings, id } = openPrepared(1)
    sittings.takeRoster(id, [candidateInput('1', { lastName: 'Autre' }), candidateInput('2')])
    expect(sittings.get(id).candidates.map(({ number, lastName }) => [number, lastName])).toEqual([
      ['1', 'Autre'],
      ['2', 'Nom2'],
    ])
    expect(sittings.get(id).state).toBe('draft')
  })

  it('loses its seats with its room, and is a draft again', () => {
    const { sittings, rooms, room, id } = openPrepared()
    rooms.update(room.id, { ...roomInput('B104', 1, 2), seats: [] })
    sittings.roomsChanged()
    expect(sittings.get(id).state).toBe('draft')
    expect(sittings.get(id).candidates.every(({ seatId }) => seatId === undefined)).toBe(true)
  })
})

describe('a candidate', () => {
  it('moved to a taken seat changes places with who sat there, and the move is written down', () => {
    const { sittings, id, first, second, room } = openPrepared()
    sittings.begin(id, '')
    sittings.seat(first, room.seats[1]!.id, 'Ana')
    const seats = new Map(sittings.get(id).candidates.map((candidate) => [candidate.id, candidate.seatId]))
    expect([seats.get(first), seats.get(second)]).toEqual([room.seats[1]!.id, room.seats[0]!.id])
    expect(sittings.journal(id).entries.at(-1)).toMatchObject({
      who: 'Ana',
      action: 'move',
      details: { candidateId: first, from: room.seats[0]!.id, to: room.seats[1]!.id },
    })
  })

  it('is told to its machine: name, time, lock, and each order until it was received', () => {
    const { sittings, id, first, room, clock } = openPrepared()
    const seatId = room.seats[0]!.id
    expect(sittings.ordersFor(seatId, clock.now())).toMatchObject({
      sitting: { id, state: 'ready' },
      candidate: { id: first, name: 'Prénom Nom1' },
      seat: 'A1',
      remainingMs: null,
      locked: null,
      orders: [],
    })
    sittings.begin(id, '')
    sittings.lock(id, [first], 'Téléphone', 'Ana')
    sittings.order(id, [first], { kind: 'message', text: 'Rangez vos affaires' }, 'Ana')
    const told = sittings.ordersFor(seatId, clock.now())
    expect(told?.locked).toEqual({ reason: 'Téléphone' })
    expect(told?.orders).toMatchObject([{ kind: 'message', text: 'Rangez vos affaires' }])
    sittings.received(room.seats[1]!.id, [told!.orders[0]!.id])
    expect(sittings.ordersFor(seatId, clock.now())?.orders).toHaveLength(1)
    sittings.received(seatId, [told!.orders[0]!.id])
    expect(sittings.ordersFor(seatId, clock.now())?.orders).toEqual([])
    sittings.unlock(id, [first], 'Ana')
    expect(sittings.ordersFor(seatId, clock.now())?.locked).toBeNull()
  })

  it('unlocked with the code while the network was away is unlocked here too, and that is written down', () => {
    const { sittings, id, first, room } = openPrepared()
    sittings.lock(id, [first], 'x', '')
    sittings.unlockedByCode(room.seats[0]!.id, '52:54:00:00:00:01')
    expect(sittings.get(id).candidates[0]?.locked).toBeUndefined()
    expect(sittings.journal(id).entries.at(-1)?.action).toBe('unlockedByCode')
  })

  it('of another sitting is touched by nothing done to this one', () => {
    const { sittings, id } = openPrepared()
    const other = sittings.duplicate(id)
    expect(() => sittings.lock(id, [other.candidates[0]!.id], 'x', '')).toThrow(
      expect.objectContaining({ code: 'candidate.notFound' }),
    )
    expect(sittings.get(other.id).candidates[0]?.locked).toBeUndefined()
  })
})

describe('the journal of a sitting', () => {
  it('shows every later change', () => {
    const changes = [
      "UPDATE sitting_journal SET who = 'Eve' WHERE action = 'begin'",
      "UPDATE sitting_journal SET text = 'autre chose' WHERE action = 'lock'",
      "DELETE FROM sitting_journal WHERE action = 'begin'",
    ]
    for (const change of changes) {
      const { sittings, database, id, first } = openPrepared()
      sittings.begin(id, 'Ana')
      sittings.lock(id, [first], 'Téléphone', 'Ana')
      expect(sittings.journal(id).intact).toBe(true)
      if (change.startsWith('UPDATE')) expect(() => database.exec(change)).toThrow(/only added to/)
      database.exec(`DROP TRIGGER sitting_journal_stays; ${change}`)
      expect(sittings.journal(id).intact).toBe(false)
    }
  })

  it('stays whole when the personal data are taken out', () => {
    const { sittings, incidents, id, first } = openPrepared()
    sittings.begin(id, 'Ana')
    sittings.note(first, 'Malade', 'Ana')
    sittings.lock(id, [first], 'Élise triche', 'Ana')
    incidents.add({
      kind: 'byHand',
      severity: 'serious',
      sittingId: id,
      candidateId: first,
      text: 'Élise parle',
      who: 'Ana',
    })
    sittings.close(id, 'Ana')
    const view = sittings.anonymise(id, 'Ana')
    expect(JSON.stringify(view)).not.toMatch(/Nom\d|Prénom|Malade|Élise/)
    const { entries, intact } = sittings.journal(id)
    expect(intact).toBe(true)
    expect(JSON.stringify(entries)).not.toMatch(/Élise|Malade/)
    expect(incidents.ofSitting(id)[0]?.text).toBe('')
  })
})

describe('an incident', () => {
  it('that a machine repeats within a minute is one', () => {
    const { incidents, clock } = openSittings()
    const usb = { kind: 'usbPlugged', severity: 'serious', mac: '52:54:00:00:00:01' } as const
    expect(incidents.add(usb)).toBeDefined()
    clock.advance(30_000)
    expect(incidents.add(usb)).toBeUndefined()
    clock.advance(60_000)
    expect(incidents.add(usb)).toBeDefined()
    expect(incidents.list()).toHaveLength(2)
  })

  it('of another thing plugged in within that minute is another', () => {
    const { incidents } = openSittings()
    const network = { kind: 'secondNetwork', severity: 'serious', mac: '52:54:00:00:00:01' } as const
    expect(incidents.add({ ...network, text: 'a telephone' })).toBeDefined()
    expect(incidents.add({ ...network, text: 'ens6' })).toBeDefined()
    expect(incidents.add({ ...network, text: 'ens6' })).toBeUndefined()
    expect(incidents.list()).toHaveLength(2)
  })

  it('of somebody who should not be there is one in each sitting, however often they speak', () => {
    const { sittings, incidents, clock, id } = openPrepared()
    const other = sittings.duplicate(id).id
    const stranger = { kind: 'foreignMachine', severity: 'attention', mac: '52:54:00:00:00:09' } as const
    const router = { kind: 'otherDhcpServer', severity: 'serious', text: '192.168.1.1' } as const
    for (const sittingId of [id, other])
      for (let times = 0; times < 3; times++) {
        incidents.add({ ...stranger, sittingId })
        incidents.add({ ...router, sittingId })
        clock.advance(120_000)
      }
    expect(incidents.ofSitting(id).map(({ kind }) => kind)).toEqual(['foreignMachine', 'otherDhcpServer'])
    expect(incidents.ofSitting(other).map(({ kind }) => kind)).toEqual(['foreignMachine', 'otherDhcpServer'])
    expect(incidents.add({ ...router, sittingId: id, text: '192.168.1.254' })).toBeDefined()
  })

  it('is acknowledged with a comment, in the journal of its sitting', () => {
    const { sittings, incidents, id } = openPrepared()
    const { id: incidentId } = incidents.add({
      kind: 'byHand',
      severity: 'info',
      sittingId: id,
      text: 'Bruit',
      who: 'Ana',
    })!
    expect(incidents.acknowledge(incidentId, 'Réglé', 'Luc')).toMatchObject({ comment: 'Réglé' })
    expect(sittings.journal(id).entries.slice(-2)).toMatchObject([
      { action: 'incident', who: 'Ana', text: 'Bruit' },
      { action: 'acknowledge', who: 'Luc', text: 'Réglé' },
    ])
  })
})
