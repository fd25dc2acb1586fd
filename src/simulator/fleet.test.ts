import { describe, expect, it } from 'vitest'
import { macSchema, uuidSchema } from '../contract/index.ts'
import { assignBehaviours } from './behaviours.ts'
import { makeFleet } from './fleet.ts'
import { seededRandom } from './random.ts'

describe('a fleet', () => {
  const fleet = makeFleet(300, seededRandom(1))

  it('has one MAC, one UUID, one serial and one name per machine, all well formed', () => {
    for (const of of [
      fleet.map(({ mac }) => macSchema.parse(mac)),
      fleet.map(({ uuid }) => uuidSchema.parse(uuid)),
      fleet.map(({ facts }) => facts.serial),
      fleet.map(({ hostName }) => hostName),
    ])
      expect(new Set(of).size).toBe(300)
  })

  it('is mixed, and mostly UEFI', () => {
    const uefi = fleet.filter(({ firmware }) => firmware === 'uefi-x64').length
    expect(uefi).toBeGreaterThan(150)
    expect(uefi).toBeLessThan(300)
    expect(new Set(fleet.map(({ facts }) => facts.manufacturer)).size).toBeGreaterThanOrEqual(3)
  })

  it('writes the service tag of a Dell into its UUID', () => {
    const dell = fleet.find(({ facts }) => facts.manufacturer === 'Dell Inc.')
    const octets =
      dell?.uuid
        .replaceAll('-', '')
        .match(/../g)
        ?.map((octet) => parseInt(octet, 16) & 0x7f) ?? []
    const tag = [5, 6, 9, 10, 13, 14, 15].map((index) => String.fromCharCode(octets[index] ?? 0)).join('')
    expect(tag).toBe(dell?.facts.serial)
  })

  it('is the same for the same seed', () => {
    expect(makeFleet(24, seededRandom(5))).toEqual(makeFleet(24, seededRandom(5)))
    expect(makeFleet(24, seededRandom(5))).not.toEqual(makeFleet(24, seededRandom(6)))
  })
})

describe('behaviours', () => {
  const firmwares = makeFleet(24, seededRandom(1)).map(({ firmware }) => firmware)
  const unusual = (...options: Parameters<typeof assignBehaviours>): string[] =>
    assignBehaviours(...options).flatMap(({ name }) => (name === 'normal' ? [] : [name]))

  it('of a demonstration: two machines fail and one restarts', () => {
    expect(unusual(firmwares, 'demo', seededRandom(2)).sort()).toEqual([
      'otherBootServer',
      'restartsMidway',
      'secureBootRefusal',
    ])
    expect(unusual(firmwares, 'none', seededRandom(2))).toEqual([])
  })

  it('stay with the firmware that can show them, and leave at least one machine alone', () => {
    for (let seed = 0; seed < 50; seed++) {
      const assigned = assignBehaviours(firmwares, 'demo', seededRandom(seed))
      assigned.forEach(({ firmware }, index) => expect(firmware ?? firmwares[index]).toBe(firmwares[index]))
    }
    expect(unusual(['bios', 'bios'], ['secureBootRefusal'], seededRandom(1))).toEqual([])
    expect(unusual(['uefi-x64'], 'demo', seededRandom(1))).toEqual([])
    expect(unusual([], 'demo', seededRandom(1))).toEqual([])
  })
})
