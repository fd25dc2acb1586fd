import { createHmac } from 'node:crypto'

/** Crockford's letters: none is taken for another when it is read out, written by hand or printed badly. */
const letters = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'

/**
 * What is printed on a candidate's ticket, `7K3D-M2QX`: 40 bits that only the console can make, different in each
 * sitting. It says who is there; it opens nothing else.
 *
 * @param secret the sitting's, 32 bytes
 */
export function ticketOf(secret: Uint8Array, candidateId: number): string {
  const bytes = createHmac('sha256', secret).update(`ticket ${candidateId}`).digest()
  const code = Array.from({ length: 8 }, (_, i) => letters[bytes[i]! % letters.length]).join('')
  return `${code.slice(0, 4)}-${code.slice(4)}`
}

/** A ticket as somebody typed or scanned it, as `ticketOf` writes it; undefined for what cannot be one. */
export function readTicket(text: string): string | undefined {
  const plain = text.toUpperCase().replace(/[\s-]/g, '').replaceAll('O', '0').replace(/[IL]/g, '1')
  return plain.length === 8 && [...plain].every((letter) => letters.includes(letter))
    ? `${plain.slice(0, 4)}-${plain.slice(4)}`
    : undefined
}
