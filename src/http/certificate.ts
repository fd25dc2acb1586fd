import { createPrivateKey, X509Certificate } from 'node:crypto'
import { chmod, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { generate } from 'selfsigned'
import type { Ipv4 } from '../contract/index.ts'

/** In PEM. */
export interface Certificate {
  key: string
  cert: string
}

/** What keeps a secret from whoever reads the disk: the system's keyring. */
export interface Sealer {
  seal(text: string): Buffer
  /** Throws when another computer, or another account, has sealed it. */
  open(sealed: Buffer): string
}

const dayMs = 86_400_000
const validDays = 365
/** Renewed before anybody has to do with one that has run out in the middle of an exam. */
const renewedDaysBefore = 7

/**
 * The certificate of this laptop on this address: the one that was made before, or one made on the spot, which signs
 * itself. It is kept in one file with its key, for the owner's eyes only and sealed where there is a keyring, so that a browser that
 * trusts it goes on to. One that was kept unsealed before is taken over.
 *
 * @param file where it is kept; sealed, it is in `.sealed` beside
 * @param now milliseconds since the Unix epoch
 */
export async function certificateFor(address: Ipv4, file: string, now: number, sealer?: Sealer): Promise<Certificate> {
  const sealed = sealer && (await readSealed(sealedFileOf(file), sealer))
  const plain = sealed ? undefined : await readKept(file)
  const kept = sealed ?? plain
  if (kept && isFit(kept, address, now)) {
    if (plain && sealer) await keep(plain, file, sealer)
    return kept
  }
  const made = await generate([{ name: 'commonName', value: address }], {
    keyType: 'ec',
    curve: 'P-256',
    algorithm: 'sha256',
    // A machine whose clock is behind by some hours must still take it.
    notBeforeDate: new Date(now - dayMs),
    notAfterDate: new Date(now + validDays * dayMs),
    extensions: [
      { name: 'basicConstraints', cA: false, critical: true },
      { name: 'keyUsage', digitalSignature: true, critical: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames: [{ type: 7, ip: address }] },
    ],
  })
  const certificate = { key: made.private.trim(), cert: made.cert.trim() }
  await keep(certificate, file, sealer)
  return certificate
}

async function keep(certificate: Certificate, file: string, sealer: Sealer | undefined): Promise<void> {
  await mkdir(dirname(file), { recursive: true })
  const target = sealer ? sealedFileOf(file) : file
  const temporary = `${target}.new`
  const text = `${certificate.key}\n${certificate.cert}\n`
  // What others are to trust, without the key.
  await writeFile(publicFileOf(file), `${certificate.cert}\n`)
  await writeFile(temporary, sealer ? sealer.seal(text) : text, { mode: 0o600 })
  await chmod(temporary, 0o600)
  await rename(temporary, target)
  if (sealer) await rm(file, { force: true })
}

const sealedFileOf = (file: string): string => `${file.replace(/\.pem$/, '')}.sealed`

/** The certificate alone, beside it: what a browser or a machine is given to trust. */
export const publicFileOf = (file: string): string => `${file.replace(/\.pem$/, '')}.crt`

/** As browsers and `openssl x509 -fingerprint -sha256` show it: pairs of hex digits apart by colons. */
export const fingerprintOf = ({ cert }: Certificate): string => new X509Certificate(cert).fingerprint256

async function readSealed(file: string, sealer: Sealer): Promise<Certificate | undefined> {
  const sealed = await readIfThere(file)
  try {
    return sealed && certificateIn(sealer.open(sealed))
  } catch {
    // Of another account or another keyring: another certificate is made in its place.
    return undefined
  }
}

const readKept = async (file: string): Promise<Certificate | undefined> =>
  certificateIn((await readIfThere(file))?.toString('utf8') ?? '')

async function readIfThere(file: string): Promise<Buffer | undefined> {
  try {
    return await readFile(file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function certificateIn(text: string): Certificate | undefined {
  const blocks = text.match(/-----BEGIN ([A-Z ]+)-----[^-]+-----END \1-----/g) ?? []
  const key = blocks.find((block) => block.includes('PRIVATE KEY'))
  const cert = blocks.find((block) => block.includes('BEGIN CERTIFICATE'))
  return key !== undefined && cert !== undefined ? { key, cert } : undefined
}

/** For this address, and not about to run out; one that cannot be read is neither. */
function isFit({ key, cert }: Certificate, address: Ipv4, now: number): boolean {
  try {
    const kept = new X509Certificate(cert)
    const isStillGood = Date.parse(kept.validTo) > now + renewedDaysBefore * dayMs
    if (!kept.checkPrivateKey(createPrivateKey(key))) return false
    return kept.checkIP(address) !== undefined && Date.parse(kept.validFrom) <= now && isStillGood
  } catch {
    // What is kept there was damaged: another one is made in its place.
    return false
  }
}
