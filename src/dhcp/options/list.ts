import { address, uint8, uint16 } from './integer.ts'
import type { OptionShape } from './shape.ts'

/** One or more values of a fixed size, one after the other. */
const listOf = (item: OptionShape<number>, size: number): OptionShape<number[]> => ({
  decode(bytes) {
    if (bytes.length === 0 || bytes.length % size !== 0) return undefined
    const values: number[] = []
    for (let at = 0; at < bytes.length; at += size) {
      const value = item.decode(bytes.subarray(at, at + size))
      if (value === undefined) return undefined
      values.push(value)
    }
    return values
  },
  encode: (values) => Uint8Array.from(values.flatMap((value) => [...item.encode(value)])),
})

export const uint8List = listOf(uint8, 1)
export const uint16List = listOf(uint16, 2)
export const addressList = listOf(address, 4)
