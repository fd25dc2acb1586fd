import { createPublicKey, verify } from 'node:crypto'
import { z } from 'zod'
import { CodedError, updateFileKinds, type UpdateFileKind } from '../contract/index.ts'

// What stands in `amorce-update.json` beside a release's files. Its signature, Ed25519 over its very bytes, is in
// `amorce-update.json.sig` as base64; nothing of it is read before that has been checked.

export const manifestName = 'amorce-update.json'
export const signatureName = `${manifestName}.sig`
/** A release has a handful of files. */
export const maxManifestBytes = 64 * 1024
export const maxSignatureBytes = 1024
const maxFileBytes = 2 ** 31

const fileSchema = z.strictObject({
  /** A name in the manifest's own folder, never a path. */
  name: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._~+-]{0,199}$/),
  kind: z.enum(updateFileKinds),
  /** As Node names it. */
  arch: z.enum(['x64', 'arm64']),
  size: z.number().int().min(1).max(maxFileBytes),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
})
const manifestSchema = z.strictObject({
  format: z.literal(1),
  product: z.literal('amorce'),
  version: z.string().regex(/^\d{1,5}\.\d{1,5}\.\d{1,5}$/),
  date: z.iso.date(),
  notes: z.strictObject({ fr: z.string().max(4000), en: z.string().max(4000) }),
  files: z.array(fileSchema).min(1).max(32),
})
export type UpdateManifest = z.infer<typeof manifestSchema>
export type UpdateFile = UpdateManifest['files'][number]

/**
 * @param signature base64
 * @param publicKey base64 of an Ed25519 key's SubjectPublicKeyInfo
 * @throws CodedError `update.notSigned`, `update.unreadable`
 */
export function readManifest(bytes: Buffer, signature: string, publicKey: string): UpdateManifest {
  if (!isSigned(bytes, signature, publicKey)) throw new CodedError('update.notSigned', 'the signature does not fit')
  const parsed = manifestSchema.safeParse(parsedJson(bytes))
  if (!parsed.success) throw new CodedError('update.unreadable', parsed.error.issues[0]?.message ?? 'not a manifest')
  return parsed.data
}

function isSigned(bytes: Buffer, signature: string, publicKey: string): boolean {
  const key = createPublicKey({ key: Buffer.from(publicKey, 'base64'), format: 'der', type: 'spki' })
  if (key.asymmetricKeyType !== 'ed25519') throw new CodedError('update.notHere', 'the key is not an Ed25519 one')
  return verify(null, bytes, key, Buffer.from(signature.trim(), 'base64'))
}

function parsedJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString('utf8'))
  } catch {
    return undefined
  }
}

/** @throws CodedError `update.otherSystem` */
export function fileFor({ files }: UpdateManifest, kind: UpdateFileKind, arch: string): UpdateFile {
  const file = files.find((each) => each.kind === kind && each.arch === arch)
  if (!file) throw new CodedError('update.otherSystem', `nothing for ${kind} ${arch}`, { kind, arch })
  return file
}

/** @throws CodedError `update.notNewer`: an older one may have holes that were mended since, however well it is signed */
export function mustBeNewer(version: string, current: string): void {
  if (compareVersions(version, current) <= 0)
    throw new CodedError('update.notNewer', `${version} is not newer than ${current}`, { version, current })
}

/** Three numbers each; below zero when `a` is the older one. */
export function compareVersions(a: string, b: string): number {
  const [left, right] = [a, b].map((version) => version.split('.').map(Number))
  for (const index of [0, 1, 2]) {
    const difference = (left?.[index] ?? 0) - (right?.[index] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
