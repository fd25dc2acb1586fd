import type { OptionShape } from './shape.ts'

/** Option 94, RFC 4578 §2.2: type 1 (UNDI), then the major and the minor version. The value is `UNDI 3.16`. */
export const ndi: OptionShape<string> = {
  decode: (bytes) => (bytes.length === 3 && bytes[0] === 1 ? `UNDI ${bytes[1]}.${bytes[2]}` : undefined),
  encode(value) {
    const [major, minor] = value.slice('UNDI '.length).split('.').map(Number)
    return Uint8Array.of(1, major ?? 0, minor ?? 0)
  },
}
