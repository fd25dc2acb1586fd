/**
 * Reads an annotated packet: hex bytes, `00*64` for a byte repeated, `"text"` for ASCII, `#` to the end of the line
 * for what the bytes mean.
 */
export function wire(annotated: string): Buffer {
  const parts: Buffer[] = []
  for (const line of annotated.split('\n')) {
    const code = line.replace(/#.*$/, '')
    for (const [token, quoted, repeated, times] of code.matchAll(/"([^"]*)"|([0-9a-f]{2})\*(\d+)|[0-9a-f]+|\S/gi)) {
      if (quoted !== undefined) parts.push(Buffer.from(quoted, 'ascii'))
      else if (repeated !== undefined) parts.push(Buffer.alloc(Number(times), Number.parseInt(repeated, 16)))
      else if (/^([0-9a-f]{2})+$/i.test(token)) parts.push(Buffer.from(token, 'hex'))
      else throw new Error(`not bytes: ${token}`)
    }
  }
  return Buffer.concat(parts)
}
