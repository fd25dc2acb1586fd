import { describe, expect, it } from 'vitest'
import { SitDown } from './sitDown.ts'
import { openSittings, roomInput } from './testing.ts'

const mac = (n: number): string => `52:54:00:00:00:0${n}`

function open() {
  const { rooms } = openSittings()
  const room = rooms.add(roomInput('B104', 1, 3))
  let changes = 0
  const sitDown = new SitDown(rooms, () => changes++)
  return { rooms, room, sitDown, macs: () => rooms.get(room.id).seats.map((seat) => seat.mac), changes: () => changes }
}

describe('sit-down mode', () => {
  it('fills the seats in the order in which machines are first heard', () => {
    const { sitDown, room, macs } = open()
    sitDown.start(room.id)
    sitDown.heard(mac(1))
    sitDown.heard(mac(1))
    sitDown.heard(mac(2))
    expect(macs()).toEqual([mac(1), mac(2), undefined])
    expect(sitDown.view).toMatchObject({ nextSeatId: room.seats[2]!.id, given: [{ mac: mac(1) }, { mac: mac(2) }] })
  })

  it('takes the last one back: the next machine gets its seat', () => {
    const { sitDown, room, macs } = open()
    sitDown.start(room.id)
    sitDown.heard(mac(1))
    sitDown.undo()
    expect(macs()).toEqual([undefined, undefined, undefined])
    sitDown.heard(mac(2))
    expect(macs()[0]).toBe(mac(2))
  })

  it('goes on from a seat, which is given anew', () => {
    const { sitDown, rooms, room, macs } = open()
    rooms.setMachine(room.seats[1]!.id, mac(9))
    sitDown.start(room.id, room.seats[1]!.id)
    sitDown.heard(mac(1))
    expect(macs()).toEqual([undefined, mac(1), undefined])
  })

  it('gives nothing when it is off, when all have one, or to a machine that has a seat', () => {
    const { sitDown, room, macs } = open()
    sitDown.heard(mac(1))
    expect(macs()).toEqual([undefined, undefined, undefined])
    sitDown.start(room.id)
    for (const n of [1, 2, 3, 4]) sitDown.heard(mac(n))
    expect(macs()).toEqual([mac(1), mac(2), mac(3)])
    expect(sitDown.view?.nextSeatId).toBeUndefined()
    sitDown.stop()
    expect(sitDown.view).toBeNull()
  })

  it('ends with its room', () => {
    const { sitDown, rooms, room } = open()
    sitDown.start(room.id)
    rooms.remove(room.id)
    expect(sitDown.view).toBeNull()
  })
})
