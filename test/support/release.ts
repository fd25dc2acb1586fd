import { execFileSync } from 'node:child_process'
import { generateKeyPairSync } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { writeManifest } from '../../tools/updateManifest.mjs'
import { temporaryFolder } from './temporary.ts'

/** A publisher's key for this run alone. */
export function publisherKey(): { privatePem: string; publicKey: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  return {
    privatePem: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    publicKey: publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
  }
}

/** Signs what is in a folder as a release, as the publisher does. */
export function signRelease(folder: string, version: string, privatePem: string): void {
  const before = process.env['AMORCE_UPDATE_KEY']
  process.env['AMORCE_UPDATE_KEY'] = privatePem
  try {
    if (!writeManifest(folder, version)) throw new Error('there is no key')
  } finally {
    if (before === undefined) delete process.env['AMORCE_UPDATE_KEY']
    else process.env['AMORCE_UPDATE_KEY'] = before
  }
}

/** A stick with a release on it whose archive says no more than its version. */
export function stickWith(version: string, privatePem: string): string {
  const made = temporaryFolder('made')
  mkdirSync(join(made, 'amorce'))
  writeFileSync(join(made, 'amorce', 'version'), version)
  const stick = temporaryFolder('stick')
  const archive = join(stick, `amorce-${version}-linux-${process.arch}.tar.gz`)
  execFileSync('tar', ['-czf', archive, '-C', made, 'amorce'])
  signRelease(stick, version, privatePem)
  return stick
}
