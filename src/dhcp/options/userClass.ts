import type { OptionShape } from './shape.ts'
import { text } from './text.ts'

/**
 * Option 77, RFC 3004: instances of class data, each after its length. iPXE and others send one bare string instead,
 * so what does not add up as lengths is taken whole.
 */
export const userClass: OptionShape<string[]> = {
  decode(bytes) {
    if (bytes.length === 0 || bytes.length > 255) return undefined
    const said = (instancesOf(bytes)?.map(decodeText) ?? [decodeText(bytes)]).filter((name) => name !== '')
    return said.length > 0 ? said : undefined
  },
  encode: (values) =>
    Uint8Array.from(
      values.flatMap((value) => {
        const bytes = text.encode(value)
        return [bytes.length, ...bytes]
      }),
    ),
}

const decodeText = (bytes: Uint8Array): string => text.decode(bytes) ?? ''

function instancesOf(bytes: Uint8Array): Uint8Array[] | undefined {
  const instances: Uint8Array[] = []
  let at = 0
  while (at < bytes.length) {
    const length = bytes[at] ?? 0
    const end = at + 1 + length
    if (length === 0 || end > bytes.length) return undefined
    instances.push(bytes.subarray(at + 1, end))
    at = end
  }
  return instances
}
