/** A PE32+ header that says where a signature is. */
export function programHeader({ at = 512, size = 0, peAt = 0x80 } = {}): Buffer {
  const bytes = Buffer.alloc(512)
  bytes.write('MZ', 0, 'latin1')
  bytes.writeUInt32LE(peAt, 0x3c)
  bytes.write('PE\0\0', 0x80, 'latin1')
  bytes.writeUInt16LE(0x20b, 0x98)
  bytes.writeUInt32LE(at, 0x98 + 144)
  bytes.writeUInt32LE(size, 0x98 + 148)
  return bytes
}
const der = (tag: number, ...content: (Buffer | string)[]): Buffer => {
  const bytes = Buffer.concat(content.map((part) => Buffer.from(part)))
  const length = bytes.length < 0x80 ? [bytes.length] : [0x82, bytes.length >> 8, bytes.length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...length]), bytes])
}
const sequence = (...parts: Buffer[]): Buffer => der(0x30, ...parts)
/** A name of one part, as X.509 writes it. */
export const commonName = (text: Buffer | string, tag = 0x0c): Buffer =>
  sequence(der(0x31, sequence(der(0x06, Buffer.from([0x55, 4, 3])), der(tag, text))))
/** A table of one signature, with no more in it than is read. */
export function signatureTable(issuer: Buffer, subject?: Buffer, serial = Buffer.from([1])): Buffer {
  const none = sequence()
  const version = der(0x02, Buffer.from([1]))
  const certificate = subject && sequence(sequence(der(0x02, serial), none, issuer, none, subject))
  const signedData = sequence(
    ...[version, der(0x31), none, ...(certificate ? [der(0xa0, certificate)] : [])],
    der(0x31, sequence(version, sequence(issuer, der(0x02, serial)))),
  )
  const content = sequence(der(0x06, Buffer.from([42])), der(0xa0, signedData))
  const entry = Buffer.alloc(Math.ceil((8 + content.length) / 8) * 8)
  entry.writeUInt32LE(8 + content.length)
  entry.writeUInt16LE(0x200, 4)
  entry.writeUInt16LE(2, 6)
  content.copy(entry, 8)
  return entry
}

/** A UEFI program that somebody signed, or nobody, and that does nothing. */
export function signedProgram(issuer?: string): Buffer {
  const table = issuer === undefined ? Buffer.alloc(0) : signatureTable(commonName(issuer), commonName(`of ${issuer}`))
  return Buffer.concat([programHeader({ size: table.length }), table])
}
