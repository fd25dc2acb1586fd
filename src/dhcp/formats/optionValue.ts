import type { OptionValue } from '../../contract/index.ts'
import { parseIpv4 } from '../../network/index.ts'
import { uint16, uint32, uint8 } from '../options/integer.ts'
import { text } from '../options/text.ts'

export type { OptionValue } from '../../contract/index.ts'

export type OptionType = OptionValue['type']

/** A value without its content. */
export type OptionShapeName =
  { type: Exclude<OptionType, 'numbers'> } | { type: 'numbers'; size: 1 | 2 | 4; signed: boolean }

export const shapeOf = (value: OptionValue): OptionShapeName =>
  value.type === 'numbers' ? { type: value.type, size: value.size, signed: value.signed } : { type: value.type }

export const sameShape = (a: OptionShapeName, b: OptionShapeName): boolean =>
  a.type === b.type && (a.type !== 'numbers' || b.type !== 'numbers' || (a.size === b.size && a.signed === b.signed))

const sized = { 1: uint8, 2: uint16, 4: uint32 }

/** The bytes on the wire. */
export function encodeOption(value: OptionValue): Uint8Array {
  switch (value.type) {
    case 'addresses':
      return joined(value.addresses.map((address) => uint32.encode(parseIpv4(address) ?? 0)))
    case 'text':
      return text.encode(value.text)
    case 'domains':
      return joined(value.domains.map(encodeDomain))
    case 'numbers':
      return joined(value.numbers.map((number) => sized[value.size].encode(asUnsigned(number, value.size))))
    case 'flag':
      return uint8.encode(value.flag ? 1 : 0)
    case 'bytes':
      return Uint8Array.from(Buffer.from(value.hex, 'hex'))
  }
}

export const hexOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('hex')

/** Two's complement, as RFC 2132 §3.4 has option 2. */
const asUnsigned = (number: number, size: 1 | 2 | 4): number => (number < 0 ? number + 256 ** size : number)

/** The range of whole numbers that fit. */
export const numberRange = (size: 1 | 2 | 4, signed: boolean): { min: number; max: number } =>
  signed ? { min: -(256 ** size) / 2, max: 256 ** size / 2 - 1 } : { min: 0, max: 256 ** size - 1 }

/** Uncompressed: RFC 3397 lets a sender leave compression out. */
const encodeDomain = (domain: string): Uint8Array =>
  joined([
    ...domain
      .split('.')
      .filter((label) => label !== '')
      .map((label) => Uint8Array.from([label.length, ...text.encode(label)])),
    Uint8Array.of(0),
  ])

const joined = (parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(Buffer.concat(parts))
