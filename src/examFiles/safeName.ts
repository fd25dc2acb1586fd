import { createHash } from 'node:crypto'

const deviceName = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|$)/i
const maxBytes = 120

/**
 * A name that every system keeps as one file in one folder, whatever it was made of: `../../etc/passwd`, `CON`, an emoji
 * or a thousand letters. Names that differ stay different: one that had to be changed carries a mark of what it was.
 */
export function safeName(name: string): string {
  const composed = name.normalize('NFC')
  let safe = composed
    // eslint-disable-next-line no-control-regex -- control characters are what it takes out
    .replace(/[\u0000-\u001f\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069<>:"/\\|?*]/g, '_')
    .replace(/^[. ]+|[. ]+$/g, '_')
    .replace(deviceName, '_$1')
  const [stem, extension] = splitName(safe)
  if (Buffer.byteLength(safe) > maxBytes) {
    const shortExtension = Buffer.byteLength(extension) > 16 ? '' : extension
    let short = shortExtension === '' ? safe : stem
    while (Buffer.byteLength(short + shortExtension) > maxBytes) short = [...short].slice(0, -1).join('')
    safe = short + shortExtension
  }
  if (safe === '') safe = '_'
  if (safe === composed) return safe
  const mark = createHash('sha256').update(name).digest('hex').slice(0, 6)
  const [safeStem, safeExtension] = splitName(safe)
  return `${safeStem}-${mark}${safeExtension}`
}

/** `rapport.odt` as `rapport` and `.odt`; a name without an extension has an empty one. */
export function splitName(name: string): [stem: string, extension: string] {
  const dot = name.lastIndexOf('.')
  return dot <= 0 ? [name, ''] : [name.slice(0, dot), name.slice(dot)]
}
