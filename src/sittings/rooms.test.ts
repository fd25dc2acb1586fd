import { describe, expect, it } from 'vitest'
import type { RoomInput } from '../contract/index.ts'
import { openSittings, roomInput, sittingInput } from './testing.ts'

const inputOf = ({
  name,
  columns,
  rows,
  seats,
  marks,
}: ReturnType<ReturnType<typeof openSittings>['rooms']['get']>): RoomInput => ({
  name,
  columns,
  rows,
  marks,
  seats: seats.map(({ id, label, column, row, item, mac }) => ({ id, label, column, row, itemId: item?.id, mac })),
})

describe('a room', () => {
  it('has its seats in order, from the board backwards', () => {
    const { rooms } = openSittings()
    const room = rooms.add(roomInput('B104', 2, 3))
    expect(room.seats.map(({ label }) => label)).toEqual(['A1', 'A2', 'A3', 'B1', 'B2', 'B3'])
    expect(rooms.list()).toEqual([room])
  })

  it('can be turned round: seats keep their ids and machines while they change places', () => {
    const { rooms } = openSittings()
    const room = rooms.add(roomInput('B104', 2, 3))
    rooms.setMachine(room.seats[0]!.id, '52:54:00:00:00:01')
    const before = rooms.get(room.id)
    const turned = inputOf(before)
    turned.seats = turned.seats.map((seat) => ({ ...seat, column: 2 - seat.column, row: 3 - seat.row }))
    turned.marks = []
    const after = rooms.update(room.id, turned)
    expect(after.seats.map(({ label }) => label)).toEqual(['B3', 'B2', 'B1', 'A3', 'A2', 'A1'])
    expect(after.seats.at(-1)).toMatchObject({ id: before.seats[0]!.id, label: 'A1', mac: '52:54:00:00:00:01' })
  })

  it('can have two labels exchanged', () => {
    const { rooms } = openSittings()
    const room = rooms.add(roomInput('B104', 1, 2))
    const plan = inputOf(room)
    plan.seats = plan.seats.map((seat, i) => ({ ...seat, label: i === 0 ? 'A2' : 'A1' }))
    expect(rooms.update(room.id, plan).seats.map(({ id, label }) => [id, label])).toEqual([
      [room.seats[0]!.id, 'A2'],
      [room.seats[1]!.id, 'A1'],
    ])
  })

  it.each([
    ['a seat outside', { columns: 2 }, 'outside'],
    ['two seats in one cell', { seats: [seat('A1', 0, 1), seat('A2', 0, 1)] }, 'sameCell'],
    ['a seat where the board is', { seats: [seat('A1', 0, 0)] }, 'sameCell'],
    ['two seats of one label', { seats: [seat('A1', 0, 1), seat('a1', 1, 1)] }, 'sameLabel'],
    [
      'a machine at two seats',
      {
        seats: [
          { ...seat('A1', 0, 1), mac: '52:54:00:00:00:01' },
          { ...seat('A2', 1, 1), mac: '52:54:00:00:00:01' },
        ],
      },
      'sameMachine',
    ],
  ])('with %s is refused, and nothing is kept', (_, change, reason) => {
    const { rooms } = openSittings()
    expect(() => rooms.add({ ...roomInput('B104', 2, 3), ...change })).toThrow(
      expect.objectContaining({ code: 'room.planInvalid', details: expect.objectContaining({ reason }) as unknown }),
    )
    expect(rooms.list()).toEqual([])
  })

  it('has a name of its own', () => {
    const { rooms } = openSittings()
    rooms.add(roomInput('B104', 1, 1))
    expect(() => rooms.add(roomInput('b104', 1, 1))).toThrow(expect.objectContaining({ code: 'room.duplicateName' }))
  })

  it('takes no seats of another room', () => {
    const { rooms } = openSittings()
    const other = rooms.add(roomInput('B105', 1, 1))
    const room = rooms.add(roomInput('B104', 1, 1))
    const plan = { ...inputOf(room), seats: inputOf(other).seats }
    expect(() => rooms.update(room.id, plan)).toThrow(expect.objectContaining({ code: 'seat.notFound' }))
    expect(rooms.get(room.id)).toEqual(room)
  })

  it('is not removed while a sitting is held there', () => {
    const { rooms, sittings, database } = openSittings()
    const room = rooms.add(roomInput('B104', 1, 1))
    const { id } = sittings.add(sittingInput({ roomId: room.id }))
    database.prepare("UPDATE sittings SET state = 'running', started_at = 1 WHERE id = ?").run(id)
    expect(() => rooms.remove(room.id)).toThrow(expect.objectContaining({ code: 'room.inUse' }))
    database.prepare("UPDATE sittings SET state = 'closed', closed_at = 2 WHERE id = ?").run(id)
    rooms.remove(room.id)
    expect(rooms.list()).toEqual([])
    expect(sittings.get(id).roomId).toBeUndefined()
  })
})

describe('a machine', () => {
  it('stands at one seat: set down elsewhere, it has moved', () => {
    const { rooms } = openSittings()
    const { seats } = rooms.add(roomInput('B104', 1, 2))
    rooms.setMachine(seats[0]!.id, '52:54:00:00:00:01')
    const room = rooms.setMachine(seats[1]!.id, '52:54:00:00:00:01')
    expect(room.seats.map(({ mac }) => mac)).toEqual([undefined, '52:54:00:00:00:01'])
    expect(rooms.seatOf({ mac: '52:54:00:00:00:01' })?.seat.label).toBe('A2')
  })

  it('is found by its item when nobody learned its MAC', () => {
    const { rooms, database } = openSittings()
    database.exec(
      "INSERT INTO items (id, asset_tag, type, state, created_at, updated_at) VALUES (7, 'PC-7', 'pc', 'inService', 1, 1)",
    )
    const plan = roomInput('B104', 1, 2)
    plan.seats[1] = { ...plan.seats[1]!, itemId: 7 }
    const room = rooms.add(plan)
    expect(room.seats[1]?.item).toEqual({ id: 7, assetTag: 'PC-7' })
    expect(rooms.seatOf({ mac: '52:54:00:00:00:09', itemId: 7 })?.seat.label).toBe('A2')
    expect(rooms.seatOf({ mac: '52:54:00:00:00:09' })).toBeUndefined()
  })
})

function seat(label: string, column: number, row: number) {
  return { label, column, row }
}
