import type { OptionShape } from './shape.ts'

const unsigned = (size: 1 | 2 | 4): OptionShape<number> => ({
  decode(bytes) {
    if (bytes.length !== size) return undefined
    let value = 0
    for (const byte of bytes) value = value * 256 + byte
    return value
  },
  encode(value) {
    const bytes = new Uint8Array(size)
    for (let i = size - 1, rest = value; i >= 0; i--, rest = Math.floor(rest / 256)) bytes[i] = rest % 256
    return bytes
  },
})

export const uint8 = unsigned(1)
export const uint16 = unsigned(2)
export const uint32 = unsigned(4)
/** An IPv4 address as an unsigned 32-bit number. */
export const address = uint32
