import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { address, uint8, uint16, uint32 } from './integer.ts'
import { addressList, uint8List, uint16List } from './list.ts'
import { machineUuid } from './machineUuid.ts'
import { ndi } from './ndi.ts'
import type { OptionShape } from './shape.ts'
import { suboptions } from './suboptions.ts'
import { text } from './text.ts'
import { userClass } from './userClass.ts'

const byte = fc.integer({ min: 0, max: 255 })
const plainText = fc.stringMatching(/^[\x20-\x7e\u00e9\u4e2d]*$/)
const bytesUpTo = (maxLength: number) => fc.uint8Array({ maxLength })
const listOf = (max: number) => fc.array(fc.integer({ min: 0, max }), { minLength: 1, maxLength: 20 })
const classText = fc.stringMatching(/^[\x20-\x7e]{1,60}$/)

const laws: [name: string, shape: OptionShape<unknown>, values: fc.Arbitrary<unknown>][] = []
const law = <Value>(name: string, shape: OptionShape<Value>, values: fc.Arbitrary<Value>): void => {
  laws.push([name, shape, values])
}
law('uint8', uint8, byte)
law('uint16', uint16, fc.integer({ min: 0, max: 0xffff }))
law('uint32', uint32, fc.integer({ min: 0, max: 0xffffffff }))
law('address', address, fc.integer({ min: 0, max: 0xffffffff }))
law('uint8List', uint8List, listOf(255))
law('uint16List', uint16List, listOf(0xffff))
law('addressList', addressList, listOf(0xffffffff))
law('text', text, plainText)
law('machineUuid', machineUuid, fc.uuid())
law(
  'ndi',
  ndi,
  fc.tuple(byte, byte).map(([major, minor]) => `UNDI ${major}.${minor}`),
)
law('userClass', userClass, fc.array(classText, { minLength: 1, maxLength: 4 }))
law(
  'suboptions',
  suboptions,
  fc
    .uniqueArray(fc.tuple(fc.integer({ min: 1, max: 254 }), bytesUpTo(40)), { selector: ([code]) => code })
    .map((entries) => new Map(entries)),
)

describe.each(laws)('the shape %s', (_name, shape, values) => {
  it('decodes what it encodes', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(shape.decode(shape.encode(value))).toEqual(value)
      }),
    )
  })

  it('takes any bytes, and what it takes is stable', () => {
    fc.assert(
      fc.property(bytesUpTo(60), (bytes) => {
        const value = shape.decode(bytes)
        if (value !== undefined) expect(shape.decode(shape.encode(value))).toEqual(value)
      }),
    )
  })
})

describe('option values off the wire', () => {
  const bytes = (hex: string) => Uint8Array.from(Buffer.from(hex.replaceAll(' ', ''), 'hex'))

  it('refuses wrong lengths', () => {
    expect(uint8.decode(bytes(''))).toBeUndefined()
    expect(uint16.decode(bytes('01'))).toBeUndefined()
    expect(uint32.decode(bytes('01 02 03'))).toBeUndefined()
    expect(addressList.decode(bytes('01 02 03 04 05'))).toBeUndefined()
    expect(uint8List.decode(bytes(''))).toBeUndefined()
  })

  it('reads a UUID in SMBIOS order', () => {
    expect(machineUuid.decode(bytes('00 33221100 5544 7766 8899aabbccddeeff'))).toBe(
      '00112233-4455-6677-8899-aabbccddeeff',
    )
    expect(machineUuid.decode(bytes('01 33221100 5544 7766 8899aabbccddeeff'))).toBeUndefined()
    expect(machineUuid.decode(bytes('00 33221100'))).toBeUndefined()
  })

  it('reads a user class with lengths and without', () => {
    expect(userClass.decode(bytes('69 50 58 45'))).toEqual(['iPXE'])
    expect(userClass.decode(bytes('04 69 50 58 45'))).toEqual(['iPXE'])
    expect(userClass.decode(bytes('04 69 50 58 45 01 41'))).toEqual(['iPXE', 'A'])
  })

  it('drops control characters from text, the closing NUL among them', () => {
    expect(text.decode(bytes('4d 53 46 54 20 35 2e 30 00'))).toBe('MSFT 5.0')
    expect(text.decode(bytes('1b 5b 33 31 6d'))).toBe('[31m')
  })

  it('refuses a suboption that runs past the end', () => {
    expect(suboptions.decode(bytes('01 04 61 62'))).toBeUndefined()
    expect(suboptions.decode(bytes('01'))).toBeUndefined()
    expect(suboptions.decode(bytes('13 01 01 00 00 ff 99'))).toEqual(new Map([[0x13, bytes('01')]]))
  })
})
