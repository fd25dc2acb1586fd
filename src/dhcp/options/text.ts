import type { OptionShape } from './shape.ts'

const decoder = new TextDecoder('utf-8', { ignoreBOM: true })
const encoder = new TextEncoder()

/**
 * Text without control characters: it comes from the network and ends up in logs and on screens. Some clients end
 * their strings with NUL, which RFC 2132 §2 tells receivers to put up with.
 */
export const text: OptionShape<string> = {
  decode: (bytes) => decoder.decode(bytes).replace(/\p{Cc}/gu, ''),
  encode: (value) => encoder.encode(value),
}
