import type { OptionShape } from './shape.ts'

/** Where the text's bytes are on the wire: the first three fields are little-endian there, as SMBIOS and UEFI have them. */
const wireOrder = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15]

/** Option 97, RFC 4578 §2.3: type 0, then a 16-byte UUID. The value is the usual lower-case text. */
export const machineUuid: OptionShape<string> = {
  decode(bytes) {
    if (bytes.length !== 17 || bytes[0] !== 0) return undefined
    const hex = wireOrder.map((at) => (bytes[1 + at] ?? 0).toString(16).padStart(2, '0')).join('')
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5')
  },
  encode(value) {
    const bytes = new Uint8Array(17)
    const hex = value.replaceAll('-', '')
    wireOrder.forEach((at, i) => (bytes[1 + at] = Number.parseInt(hex.slice(i * 2, i * 2 + 2), 16)))
    return bytes
  },
}
