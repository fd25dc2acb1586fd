import type { ProgramSigner, SigningAuthority } from '../contract/index.ts'

// A signature of a UEFI program is a PKCS #7 SignedData in DER (Microsoft's Authenticode; RFC 2315, RFC 5280). Of it the names alone
// are read. Everything in it is somebody else's: lengths are held against what is there, and no more is looked at than firmware takes.

interface Der {
  tag: number
  content: Buffer
  /** With tag and length. */
  whole: Buffer
}

const integerTag = 0x02
const sequenceTag = 0x30
const setTag = 0x31
/** [0], constructed. */
const firstTag = 0xa0
const mostParts = 256

/** @returns undefined for what is no SignedData */
export function authenticodeSigners(signature: Buffer): ProgramSigner[] | undefined {
  const [contentInfo] = partsOf(signature)
  const [, content] = inside(contentInfo, sequenceTag)
  const [signedData] = inside(content, firstTag)
  const parts = inside(signedData, sequenceTag)
  const certificates = inside(parts.find(({ tag }) => tag === firstTag)).flatMap((each) => certificateOf(each) ?? [])
  // Behind its digests, which are a set too.
  const signerInfos = inside(parts.slice(3).find(({ tag }) => tag === setTag))
  const signers = signerInfos.flatMap((info) => {
    const [issuer, serial] = inside(inside(info, sequenceTag)[1], sequenceTag)
    if (issuer?.tag !== sequenceTag || serial?.tag !== integerTag) return []
    const signer = certificates.find(
      (each) => each.issuer.whole.equals(issuer.whole) && each.serial.content.equals(serial.content),
    )
    const by = nameOf(issuer)
    return [{ name: signer ? nameOf(signer.subject) : '', issuer: by, authority: authorityOf(by) }]
  })
  return signers.length > 0 ? signers : undefined
}

function certificateOf(der: Der): { serial: Der; issuer: Der; subject: Der } | undefined {
  const fields = inside(inside(der, sequenceTag)[0], sequenceTag)
  // The version is left out of the first ones.
  const [serial, , issuer, , subject] = fields[0]?.tag === firstTag ? fields.slice(1) : fields
  return serial && issuer && subject && { serial, issuer, subject }
}

/** X.520: commonName, and organizationName where there is none. */
const nameKinds = ['550403', '55040a']

function nameOf(name: Der): string {
  const pairs = inside(name, sequenceTag).flatMap((set) => inside(set, setTag).map((pair) => inside(pair, sequenceTag)))
  for (const kind of nameKinds) {
    const value = pairs.find(([oid]) => oid?.content.toString('hex') === kind)?.[1]
    if (value) return textOf(value)
  }
  return ''
}

const bmpStringTag = 0x1e
const longestName = 120

/** On a screen it is a name: without what would change the line that it stands in. */
function textOf({ tag, content }: Der): string {
  const bytes = Buffer.from(content.subarray(0, longestName * 4))
  const text =
    tag === bmpStringTag && bytes.length % 2 === 0 ? bytes.swap16().toString('utf16le') : bytes.toString('utf8')
  return text
    .replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '')
    .trim()
    .slice(0, longestName)
}

/** By the name of who vouches for a signer: that of the key in the firmware, or in a shim. */
function authorityOf(issuer: string): SigningAuthority {
  if (/^Microsoft (Corporation )?UEFI CA 20\d\d$/.test(issuer)) return 'microsoftUefi'
  if (/^(Microsoft Windows Production PCA|Windows UEFI CA) 20\d\d$/.test(issuer)) return 'microsoftWindows'
  if (/^Debian Secure Boot CA$/.test(issuer)) return 'debian'
  return /^Canonical Ltd\. (Master Certificate Authority|Secure Boot Signing)/.test(issuer) ? 'canonical' : 'other'
}

/** What is in one of that tag; nothing in any other. */
const inside = (der: Der | undefined, tag = der?.tag): Der[] => (der?.tag === tag && der ? partsOf(der.content) : [])

/** One after the other, up to the first that is not whole. Lengths are definite, as DER has them. */
function partsOf(bytes: Buffer): Der[] {
  const parts: Der[] = []
  for (let at = 0; at + 2 <= bytes.length && parts.length < mostParts;) {
    const tag = bytes[at]!
    let length = bytes[at + 1]!
    let start = at + 2
    if (length > 0x80) {
      const digits = length & 0x7f
      if (digits > 4 || start + digits > bytes.length) break
      length = bytes.readUIntBE(start, digits)
      start += digits
    } else if (length === 0x80) break
    if (start + length > bytes.length) break
    parts.push({ tag, content: bytes.subarray(start, start + length), whole: bytes.subarray(at, start + length) })
    at = start + length
  }
  return parts
}
