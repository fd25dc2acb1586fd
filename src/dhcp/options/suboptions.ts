import type { OptionShape } from './shape.ts'

/**
 * Options inside an option, each `code, length, value`: 43 (vendor specific), 82 (relay agent information) and iPXE's
 * 175. Codes 0 and 255 are pad and end in 43 (RFC 2132 §8.4) and in 175, and unused in 82. The last of two equal
 * codes counts.
 */
export const suboptions: OptionShape<Map<number, Uint8Array>> = {
  decode(bytes) {
    const values = new Map<number, Uint8Array>()
    let at = 0
    while (at < bytes.length) {
      const code = bytes[at++] ?? 0
      if (code === 0) continue
      if (code === 255) break
      const length = bytes[at++]
      if (length === undefined || at + length > bytes.length) return undefined
      values.set(code, bytes.subarray(at, at + length))
      at += length
    }
    return values
  },
  encode: (values) => Uint8Array.from([...values].flatMap(([code, value]) => [code, value.length, ...value])),
}
