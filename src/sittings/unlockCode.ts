import { createHmac, pbkdf2Sync } from 'node:crypto'

/** Six digits: read out across a room, typed by hand, useless at any other seat or in any other sitting. */
const digits = 6
/** All codes are tried in hours, not seconds, by whoever reads the check off a machine: longer than an exam. */
const iterations = 50_000

/**
 * What unlocks one candidate's machine without a network.
 *
 * @param secret the sitting's, 32 bytes
 */
export function unlockCode(secret: Uint8Array, candidateId: number): string {
  const mac = createHmac('sha256', secret).update(`unlock ${candidateId}`).digest()
  return String(mac.readUInt32BE(0) % 10 ** digits).padStart(digits, '0')
}

/** What a machine is told, to know the code by: PBKDF2 with SHA-256, 32 bytes in hex. Never the code itself. */
export interface UnlockCheck {
  salt: string
  iterations: number
  hash: string
}

export function unlockCheck(secret: Uint8Array, candidateId: number): UnlockCheck {
  const salt = createHmac('sha256', secret).update(`salt ${candidateId}`).digest('hex').slice(0, 32)
  const hash = pbkdf2Sync(unlockCode(secret, candidateId), salt, iterations, 32, 'sha256').toString('hex')
  return { salt, iterations, hash }
}
