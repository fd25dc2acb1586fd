import { describe, expect, it } from 'vitest'
import { createAttendance, createSittingClock, readTicket } from './index.ts'
import { candidateInput, openSittings, roomInput, sittingInput } from './testing.ts'

/** Four seats, three candidates, the last of them without a seat. */
function prepare() {
  const open = openSittings()
  const { sittings, rooms, database, clock } = open
  const room = rooms.add(roomInput('B104', 2, 2))
  const { id } = sittings.add(sittingInput({ roomId: room.id }))
  const { candidates } = sittings.takeRoster(
    id,
    ['1', '2', '3'].map((number) => candidateInput(number)),
  )
  const [first, second, third] = candidates
  sittings.seat(first!.id, room.seats[0]!.id, '')
  sittings.seat(second!.id, room.seats[1]!.id, '')
  const attendance = createAttendance({ database, clock, onChange: () => sittings.touched() })
  return { ...open, room, id, first: first!, second: second!, third: third!, attendance }
}
const mac = '52:54:00:00:00:01'

describe('a ticket', () => {
  it('is read as people type it, and nothing else is one', () => {
    expect(readTicket(' 7k3d m2qx')).toBe('7K3D-M2QX')
    expect(readTicket('OI1L-0000')).toBe('0111-0000')
    for (const wrong of ['', '7K3D', '7K3D-M2QX-1', '7K3D-M2Q!', 'U'.repeat(8)])
      expect(readTicket(wrong)).toBeUndefined()
  })

  it('is another one for each candidate, in each sitting', () => {
    const { first, second } = prepare()
    expect(first.ticket).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/)
    expect(first.ticket).not.toBe(second.ticket)
  })
})

describe('signing in', () => {
  it('at one’s own seat makes one present, and is written down', () => {
    const { attendance, sittings, first, room, id } = prepare()
    const seen = attendance.signIn(first.ticket.toLowerCase(), { seatId: room.seats[0]!.id, mac })
    expect(seen).toMatchObject({ id: first.id, presence: 'present', signedInAt: expect.any(Number) as number })
    expect(sittings.journal(id).entries.at(-1)).toMatchObject({
      action: 'signIn',
      details: { candidateId: first.id, mac },
    })
    expect(attendance.sitterOn({ seatId: room.seats[0]!.id, mac }, 0)).toMatchObject({
      ...{ candidateId: first.id, isSignedIn: true, hasBegun: false, isOver: false },
    })
  })

  it('at another seat is refused, naming the right one', () => {
    const { attendance, sittings, first, room, id } = prepare()
    expect(() => attendance.signIn(first.ticket, { seatId: room.seats[2]!.id, mac })).toThrow(
      expect.objectContaining({
        code: 'ticket.otherSeat',
        details: expect.objectContaining({ seat: 'A1' }) as unknown,
      }),
    )
    expect(sittings.get(id).candidates[0]?.presence).toBe('expected')
  })

  it('without a seat takes a free one, never another’s', () => {
    const { attendance, sittings, third, room, id } = prepare()
    expect(() => attendance.signIn(third.ticket, { seatId: room.seats[0]!.id, mac })).toThrow(
      expect.objectContaining({ code: 'ticket.otherSeat' }),
    )
    attendance.signIn(third.ticket, { seatId: room.seats[3]!.id, mac })
    expect(sittings.get(id).candidates[2]).toMatchObject({ seatId: room.seats[3]!.id, presence: 'present' })
  })

  it('on a machine that stands nowhere makes it that candidate’s', () => {
    const { attendance, third } = prepare()
    attendance.signIn(third.ticket, { mac })
    expect(attendance.sitterOn({ mac }, 0)).toMatchObject({ candidateId: third.id })
    expect(attendance.sitterOn({ mac: '52:54:00:00:00:02' }, 0)).toBeUndefined()
  })

  it('takes no code that is nobody’s, at the desk neither', () => {
    const { attendance, id } = prepare()
    for (const wrong of ['AAAA-AAAA', 'nonsense', ''])
      expect(() => attendance.signIn(wrong, { mac })).toThrow(expect.objectContaining({ code: 'ticket.unknown' }))
    expect(() => attendance.checkIn(id, 'AAAA-AAAA', 'Ana')).toThrow(
      expect.objectContaining({ code: 'ticket.unknown' }),
    )
  })

  it('at the desk says who checked', () => {
    const { attendance, sittings, second, id } = prepare()
    attendance.checkIn(id, second.ticket, 'Ana')
    expect(sittings.get(id).candidates[1]).toMatchObject({ presence: 'present' })
    expect(sittings.journal(id).entries.at(-1)).toMatchObject({ action: 'checkIn', who: 'Ana' })
  })
})

describe('two sittings in one room', () => {
  it('at different seats are held at once; at the same seats the second one cannot begin', () => {
    const { sittings, rooms } = openSittings()
    const room = rooms.add(roomInput('B104', 2, 2))
    const make = (numbers: string[]) => {
      const { id } = sittings.add(sittingInput({ roomId: room.id }))
      sittings.takeRoster(
        id,
        numbers.map((number) => candidateInput(number)),
      )
      return id
    }
    const rules = { order: 'list', separateGroups: false, extraTimeTogether: false } as const
    const [a, b, c] = [make(['1', '2']), make(['3', '4']), make(['5'])]
    sittings.assign({ sittingId: a, ...rules })
    sittings.assign({ sittingId: c, ...rules })
    sittings.begin(a, '')
    expect(() => sittings.begin(c, '')).toThrow(expect.objectContaining({ code: 'sitting.seatsTaken' }))
    sittings.assign({ sittingId: b, ...rules })
    sittings.begin(b, '')
    const seats = [a, b].flatMap((id) => sittings.get(id).candidates.map(({ seatId }) => seatId))
    expect(new Set(seats).size).toBe(4)
    expect(sittings.list().filter(({ state }) => state === 'running')).toHaveLength(2)

    // Nobody is moved to where somebody of the other one works, unless they have left.
    const [mover] = sittings.get(a).candidates
    const [sitter] = sittings.get(b).candidates
    const move = () => sittings.seat(mover!.id, sitter!.seatId!, '')
    expect(move).toThrow(
      expect.objectContaining({ code: 'sitting.seatsTaken', details: { title: 'Algorithmique', count: 1 } }),
    )
    sittings.setPresence(b, [sitter!.id], 'left', '')
    expect(move().candidates[0]?.seatId).toBe(sitter!.seatId)
  })
})

describe('the clock of a sitting', () => {
  function held(changes: Parameters<typeof sittingInput>[0] = {}) {
    const open = openSittings()
    const { sittings, rooms, database, clock } = open
    const room = rooms.add(roomInput('B104', 2, 2))
    const { id } = sittings.add(sittingInput({ roomId: room.id, durationMinutes: 60, graceMinutes: 5, ...changes }))
    sittings.takeRoster(id, [candidateInput('1'), candidateInput('2', { extraMinutes: 20 })])
    sittings.assign({ sittingId: id, order: 'list', separateGroups: false, extraTimeTogether: false })
    sittings.begin(id, '')
    const asked: string[] = []
    const tick = createSittingClock({
      ...{ database, clock, sittings, language: () => 'fr' as const },
      held: () => sittings.list().filter(({ state }) => state === 'running' || state === 'paused'),
      onTimeUp: () => asked.push('collect'),
      onClosed: () => asked.push('closed'),
    })
    const minutes = (count: number): void => {
      clock.advance(count * 60_000)
      tick()
    }
    const seats = sittings.get(id).candidates.map(({ seatId }) => seatId!)
    const messages = (i: number): string[] =>
      sittings.ordersFor(seats[i]!, clock.now())?.orders.map(({ text }) => text) ?? []
    return { ...open, id, minutes, messages, asked, tick }
  }

  it('warns each before their own end, once', () => {
    const { minutes, messages } = held()
    minutes(44)
    expect(messages(0)).toEqual([])
    minutes(1)
    minutes(1)
    expect(messages(0)).toEqual(['Il reste 15 minutes.'])
    minutes(9)
    expect(messages(0)).toEqual(['Il reste 15 minutes.', 'Il reste 5 minutes.'])
    expect(messages(1)).toEqual([])
    minutes(10)
    expect(messages(1)).toEqual(['Il reste 15 minutes.'])
  })

  it('asks for the work at each end, and closes after the last', () => {
    const { minutes, asked, sittings, id } = held()
    minutes(60)
    minutes(1)
    expect(asked).toEqual(['collect'])
    minutes(19)
    expect(asked).toEqual(['collect', 'collect'])
    minutes(4)
    expect(sittings.get(id).state).toBe('running')
    minutes(1)
    expect(asked.at(-1)).toBe('closed')
    expect(sittings.get(id).state).toBe('closed')
    expect(sittings.journal(id)).toMatchObject({ intact: true })
  })

  it('does nothing while the time stands, and warns again after time was given', () => {
    const { minutes, messages, sittings, id, asked } = held()
    minutes(50)
    sittings.pause(id, '')
    minutes(600)
    expect(asked).toEqual([])
    sittings.goOn(id, '')
    const [first] = sittings.get(id).candidates
    sittings.extend(id, [first!.id], 30, '')
    minutes(26)
    expect(messages(0)).toEqual(['Il reste 10 minutes.', 'Il reste 14 minutes.'])
  })

  it('leaves the closing to people where that was chosen', () => {
    const { minutes, asked, sittings, id } = held({ graceMinutes: undefined })
    minutes(600)
    expect(asked).toEqual(['collect'])
    expect(sittings.get(id).state).toBe('running')
  })
})

describe('a rehearsal', () => {
  it('is taken back as it was, and a real sitting is not', () => {
    const { sittings, rooms } = openSittings()
    const room = rooms.add(roomInput('B104', 2, 2))
    const { id } = sittings.add(sittingInput({ roomId: room.id }))
    sittings.takeRoster(id, [candidateInput('1')])
    sittings.assign({ sittingId: id, order: 'list', separateGroups: false, extraTimeTogether: false })
    sittings.begin(id, '', { examId: 3, isRehearsal: true })
    const [first] = sittings.get(id).candidates
    sittings.setPresence(id, [first!.id], 'present', '')
    sittings.close(id, '')
    const after = sittings.takeBack(id, 'Ana')
    expect(after).toMatchObject({ state: 'ready', isRehearsal: false })
    expect(after.startedAt).toBeUndefined()
    expect(after.candidates[0]).toMatchObject({ presence: 'expected', seatId: first!.seatId })
    sittings.begin(id, '')
    expect(() => sittings.takeBack(id, '')).toThrow(expect.objectContaining({ code: 'sitting.wrongState' }))
  })
})

describe('one candidate’s data', () => {
  it('are taken out, and the chain stays whole', () => {
    const { sittings, rooms } = openSittings()
    const room = rooms.add(roomInput('B104', 1, 2))
    const { id } = sittings.add(sittingInput({ roomId: room.id }))
    sittings.takeRoster(id, [candidateInput('1'), candidateInput('2')])
    sittings.assign({ sittingId: id, order: 'list', separateGroups: false, extraTimeTogether: false })
    sittings.begin(id, '')
    const [first, second] = sittings.get(id).candidates
    sittings.note(first!.id, 'malade', 'Ana')
    sittings.note(second!.id, 'en retard', 'Ana')
    expect(() => sittings.forgetCandidate(first!.id, '')).toThrow(
      expect.objectContaining({ code: 'sitting.wrongState' }),
    )
    sittings.close(id, '')
    const [forgotten, kept] = sittings.forgetCandidate(first!.id, 'Ana').candidates
    expect(forgotten).toMatchObject({ lastName: `X${first!.id}`, firstName: '', note: '' })
    expect(kept).toMatchObject({ lastName: 'Nom2', note: 'en retard' })
    const journal = sittings.journal(id)
    expect(journal.intact).toBe(true)
    expect(journal.entries.map(({ text }) => text)).not.toContain('malade')
    expect(journal.entries.map(({ text }) => text)).toContain('en retard')
  })
})
