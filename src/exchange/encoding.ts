import type { TextEncodingName } from '../contract/index.ts'

/** What the bytes 0x80 to 0x9f are in Windows-1252; ISO-8859-1 has control characters there that no file of text uses. */
const windows1252 = '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ'

/** The encoding of a text file by its byte order mark, else by what its bytes can only be. */
export function detectEncoding(bytes: Uint8Array): TextEncodingName {
  if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) return 'utf-8'
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  const beginning = bytes.subarray(0, 4096)
  const zeros = [0, 0]
  for (const [index, byte] of beginning.entries()) if (byte === 0) zeros[index % 2]!++
  const [even = 0, odd = 0] = zeros
  // Western letters in UTF-16: every other byte is zero.
  if (odd > beginning.length / 4 && even < odd / 8) return 'utf-16le'
  if (even > beginning.length / 4 && odd < even / 8) return 'utf-16be'
  return isUtf8(bytes) ? 'utf-8' : 'windows-1252'
}

/** The text without its byte order mark. Bytes that are wrong in that encoding become U+FFFD. */
export function decodeText(bytes: Uint8Array, encoding: TextEncodingName): string {
  const text = decoded(bytes, encoding)
  return text.startsWith('\ufeff') ? text.slice(1) : text
}

function decoded(bytes: Uint8Array, encoding: TextEncodingName): string {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  switch (encoding) {
    case 'utf-8':
      return buffer.toString('utf8')
    case 'utf-16le':
      return buffer.toString('utf16le')
    case 'utf-16be':
      return Buffer.from(buffer.subarray(0, buffer.length - (buffer.length % 2)))
        .swap16()
        .toString('utf16le')
    case 'windows-1252':
      return buffer.toString('latin1').replace(/[\x80-\x9f]/g, (c) => windows1252[c.charCodeAt(0) - 0x80] ?? c)
  }
}

function isUtf8(bytes: Uint8Array): boolean {
  try {
    new TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}
