import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { cleanFacts, cleanText, isPlaceholder, isPlaceholderUuid, memoryOfSlots } from './facts.ts'

describe('makers fillers', () => {
  it.each([
    'To Be Filled By O.E.M.',
    'To be filled by O.E.M',
    'Default string',
    'System Serial Number',
    'System Product Name',
    '0000000',
    'None',
    'Not Specified',
    ' not  specified ',
    'N/A',
    'Unknown',
    'XXXXXXXX',
    '........',
    '-',
    '',
    '   ',
    '0',
    '1234567890',
    '<None>',
    'No Asset Tag',
    'ATN12345678901234567',
    'Chassis Asset Tag',
  ])('%j says nothing', (text) => {
    expect(isPlaceholder(text)).toBe(true)
    expect(cleanText(text)).toBeUndefined()
  })

  it.each(['PF2KX1AB', 'Dell Inc.', 'OptiPlex 7010', '5CG1234XYZ', 'None Such Ltd', '1', 'B&R', '10000000'])(
    '%j says something',
    (text) => {
      expect(isPlaceholder(text)).toBe(false)
      expect(cleanText(text)).toBe(text)
    },
  )

  it.each([
    '00000000-0000-0000-0000-000000000000',
    'FFFFFFFF-FFFF-FFFF-FFFF-FFFFFFFFFFFF',
    '03000200-0400-0500-0006-000700080009',
  ])('UUID %s tells no machine from another', (uuid) => {
    expect(isPlaceholderUuid(uuid)).toBe(true)
    expect(cleanFacts({ uuid })).toEqual({})
  })
})

it.each([
  ['09/07/2022', '2022-09-07'],
  ['04/01/98', '1998-04-01'],
  ['04/01/14', '2014-04-01'],
  ['2021-03-22', '2021-03-22'],
  ['02/30/2020', undefined],
  ['22/03/2021', undefined],
  ['', undefined],
  ['soon', undefined],
])('a BIOS of %s is of %s', (raw, day) => {
  expect(cleanFacts({ biosDate: raw }).biosDate).toBe(day)
})

describe('a report', () => {
  it('keeps what says something', () => {
    expect(
      cleanFacts({
        manufacturer: ' Dell\tInc. ',
        product: 'OptiPlex\u0000 7010',
        serial: 'System Serial Number',
        assetTag: '',
        uuid: '4C4C4544-0042-3510-8052-B4C04F4E4831',
        memoryMiB: '8192',
        cpu: 'Intel(R) Core(TM) i5',
      }),
    ).toEqual({
      manufacturer: 'Dell Inc.',
      product: 'OptiPlex 7010',
      uuid: '4c4c4544-0042-3510-8052-b4c04f4e4831',
      memoryMiB: 8192,
      cpu: 'Intel(R) Core(TM) i5',
    })
  })

  it.each(['', 'lots', -1, 0, Number.NaN, 1e30])('drops a memory size of %j', (memoryMiB) => {
    expect(cleanFacts({ memoryMiB })).toEqual({})
  })

  it('whatever was sent, keeps it short, on one line and idempotent', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), (text) => {
        const clean = cleanText(text)
        if (clean === undefined) return
        expect(clean.length).toBeLessThanOrEqual(128)
        expect(clean).not.toMatch(/[\p{Cc}\u2028\u2029]/u)
        expect(cleanText(clean)).toBe(clean)
      }),
    )
  })
})

describe('memory by slots', () => {
  it.each([
    ['two modules and empty slots', '0020.0000.0020.0000....', 16_384],
    ['one of kibibytes', '0082.......', 1],
    ['none that is told', '.......', undefined],
    ['slots that are all empty', '0000.0000......', undefined],
    ['one of unknown size', '0020.ffff......', undefined],
    ['one that is told elsewhere', 'ff7f.......', undefined],
    ['as many slots as were asked for', '0020.0020.0020.0020.0020.0020.0020.0020', undefined],
    ['no hex', 'zz20.......', undefined],
    ['nothing', '', undefined],
  ])('%s', (_, text, memory) => expect(memoryOfSlots(text)).toBe(memory))
})
