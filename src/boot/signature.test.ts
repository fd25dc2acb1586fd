import { mkdtempSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { certificateTable, isStartedByChain, programSigners, signersOf } from './signature.ts'
import { commonName, programHeader, signatureTable, signedProgram } from './testdata/signedProgram.ts'

// The certificate table that osslsigncode 2.5 made with a key and an authority of this test's own, both on P-256.
const bySchool = Buffer.from(
  'MAMAAAACAgAwggMjBgkqhkiG9w0BBwKgggMUMIIDEAIBATEPMA0GCWCGSAFlAwQCAQUAMHkGCisGAQQBgjcCAQSgazBpMDQGCisGAQQBgjcCAQ8wJgMCB4CgIKIegBwAPAA8ADwATwBiAHMAbwBsAGUAdABlAD4APgA+MDEwDQYJYIZIAWUDBAIBBQAEIGJRJhc//qFEfOHs9hOSNk4vk1gwk00f1+iCDYszTpC+oIIBUzCCAU8wgfYCAhI0MAoGCCqGSM49BAMCMCkxJzAlBgNVBAMMHkx5Y8OpZSBWb2x0YWlyZSBTZWN1cmUgQm9vdCBDQTAgFw0yNjExMjkwMjI0MTlaGA8yMTI2MTEwNTAyMjQxOVowPDEYMBYGA1UECgwPTHljw6llIFZvbHRhaXJlMSAwHgYDVQQDDBdDbMOpIGTigJlhbW9yw6dhZ2UgMjAyNjBZMBMGByqGSM49AgEGCCqGSM49AwEHA0IABKXYyeU+0O0g1H10v4RRc1NUGFiaqMJN/yZJNjGpDNKN2mWj7uV/M1zHYgwqEd3k86o4XnBO6QHYutiwlCNBEngwCgYIKoZIzj0EAwIDSAAwRQIgG9Yojk0yBwpNlbaoLR7U7vdLVr6q7vluelufc2uZkCkCIQCpiYLfMZrUxnP4QowGRwSfZGYoZ9rcKwfL2o8I0b5AGDGCASYwggEiAgEBMC8wKTEnMCUGA1UEAwweTHljw6llIFZvbHRhaXJlIFNlY3VyZSBCb290IENBAgISNDANBglghkgBZQMEAgEFAKCBiDAZBgkqhkiG9w0BCQMxDAYKKwYBBAGCNwIBBDAcBgkqhkiG9w0BCQUxDxcNMjYxMTI5MDIyNDE5WjAcBgorBgEEAYI3AgELMQ4wDAYKKwYBBAGCNwIBFTAvBgkqhkiG9w0BCQQxIgQgZWO/tzxVGkkf2iypRQO+iOK9u0I3IVms1Kcry3dSPUwwCgYIKoZIzj0EAwIERjBEAiBDKZ0Hc0H9WNzTAxnGguWqYhQqU7+yfteCB8McDZ/SjgIgdH8J2XA9tKaMFBEfKqTCcg950uu/TMn274FHRbFdol4A',
  'base64',
)
const school = { name: 'Clé d’amorçage 2026', issuer: 'Lycée Voltaire Secure Boot CA', authority: 'other' }
const unreadable = { name: '', issuer: '', authority: 'unreadable' }

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'amorce-signature-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const signersIn = (...parts: Buffer[]): ReturnType<typeof programSigners> => {
  writeFileSync(join(folder, 'a.efi'), Buffer.concat(parts))
  return programSigners('a.efi', [folder])
}
const signed = (table: Buffer, changed: Parameters<typeof programHeader>[0] = {}): ReturnType<typeof programSigners> =>
  signersIn(programHeader({ size: table.length, ...changed }), table)

describe('who signed a UEFI program', () => {
  it('is said by its signature', () => {
    expect(signed(bySchool)).toEqual([school])
  })

  it('is each of several', () => {
    expect(
      signed(Buffer.concat([bySchool, signatureTable(commonName('Debian Secure Boot CA'), commonName('linux'))])),
    ).toEqual([school, { name: 'linux', issuer: 'Debian Secure Boot CA', authority: 'debian' }])
  })

  it.each([
    ['microsoftUefi', 'Microsoft Corporation UEFI CA 2011'],
    ['microsoftUefi', 'Microsoft UEFI CA 2023'],
    ['microsoftWindows', 'Microsoft Windows Production PCA 2011'],
    ['microsoftWindows', 'Windows UEFI CA 2023'],
    ['debian', 'Debian Secure Boot CA'],
    ['canonical', 'Canonical Ltd. Master Certificate Authority'],
    ['other', 'Not Microsoft UEFI CA 2023'],
    ['other', ''],
  ])('is vouched for by %s: %s', (authority, issuer) => {
    expect(signed(signatureTable(commonName(issuer), commonName('x')))).toEqual([{ name: 'x', issuer, authority }])
  })

  it('has no name where the certificate is not there', () => {
    expect(signed(signatureTable(commonName('CA')))).toEqual([{ name: '', issuer: 'CA', authority: 'other' }])
  })

  it('has a name that fits a line, in whatever letters it is written', () => {
    const nameOf = (text: Buffer | string, tag?: number): string | undefined =>
      signed(signatureTable(commonName('CA'), commonName(text, tag)))?.[0]?.name
    expect(nameOf(Buffer.from('École', 'utf16le').swap16(), 0x1e)).toBe('École')
    expect(nameOf(' a\u202eb\nc\0 ')).toBe('abc')
    expect(nameOf('x'.repeat(5000))).toHaveLength(120)
  })

  it('is nobody, or not a question at all', () => {
    expect(signersIn(programHeader())).toEqual([])
    expect(signersIn(Buffer.from('#!ipxe'))).toBeUndefined()
    expect(signersIn()).toBeUndefined()
    expect(programSigners('.', [folder])).toBeUndefined()
    expect(programSigners('b.efi', [folder])).toBeUndefined()
  })

  it('is read from the first folder that has the file', () => {
    signed(bySchool)
    expect(programSigners('a.efi', [join(folder, 'none'), folder])).toEqual([school])
  })
})

describe('the signed chain', () => {
  it.each([
    ['who signed its GRUB', 'Debian Secure Boot CA', 'Debian Secure Boot CA', true],
    ['Microsoft, whose key is in the firmware', 'Microsoft UEFI CA 2023', 'Debian Secure Boot CA', true],
    ['another distribution', 'Canonical Ltd. Master Certificate Authority', 'Debian Secure Boot CA', false],
    ['that distribution, with its own GRUB', 'Canonical Ltd. X', 'Canonical Ltd. X', true],
    ['somebody, under a GRUB of nobody', 'Debian Secure Boot CA', undefined, false],
  ])('knows whose kernels it starts: of %s', (_, ofKernel, ofGrub, isStarted) => {
    writeFileSync(join(folder, 'grubx64.efi'), signedProgram(ofGrub))
    const signers = signersIn(signedProgram(ofKernel)) ?? []
    expect(isStartedByChain(signers, programSigners('grubx64.efi', [folder]) ?? [])).toBe(isStarted)
  })
})

describe('a hostile program', () => {
  it.each([
    ['a signature beyond its end', bySchool.subarray(0, 8), { size: 4096 }],
    ['a signature of 4 GiB', bySchool, { size: 0xffffffff }],
    ['a place beyond any', bySchool, { at: 0xffffffff, size: 800 }],
    ['a signature that is its own header', bySchool, { at: 4, size: 64 }],
    ['an entry of no length', Buffer.alloc(64), {}],
    ['an entry longer than the table', Buffer.from([0xff, 0xff, 0, 0, 0, 2, 2, 0]), {}],
    ['lengths without an end', Buffer.concat([Buffer.from([24, 0, 0, 0, 0, 2, 2, 0]), Buffer.alloc(16, 0x30)]), {}],
    ['an open length', Buffer.from([16, 0, 0, 0, 0, 2, 2, 0, 0x30, 0x80, 0x06, 0, 0, 0, 0, 0]), {}],
    ['a length of eight bytes', Buffer.from([16, 0, 0, 0, 0, 2, 2, 0, 0x30, 0x88, 1, 1, 1, 1, 1, 1]), {}],
  ])('with %s is signed by nobody who can be named', (_, table, changed) => {
    expect(signed(table, changed)).toEqual([unreadable])
  })

  it('is none when its header leads out of it', () => {
    expect(signed(bySchool, { peAt: 0xfffffff0 })).toBeUndefined()
    for (let length = 0; length < 0x80 + 24 + 152; length++)
      expect(certificateTable(programHeader({ size: 800 }).subarray(0, length))).toBeUndefined()
  })

  it('of a size that no signature has is not read', () => {
    signed(bySchool, { size: 2 ** 31 })
    truncateSync(join(folder, 'a.efi'), 2 ** 32)
    expect(programSigners('a.efi', [folder])).toEqual([unreadable])
  })

  it('is read without harm, whatever was done to its signature', () => {
    const spot = fc.record({ at: fc.nat(bySchool.length - 1), byte: fc.nat(255) })
    fc.assert(
      fc.property(fc.array(spot, { minLength: 1, maxLength: 5 }), fc.nat(bySchool.length), (spots, length) => {
        const table = Buffer.from(bySchool)
        for (const { at, byte } of spots) table[at] = byte
        for (const { name, issuer } of [...signersOf(table), ...signersOf(table.subarray(0, length))])
          expect(Math.max(name.length, issuer.length)).toBeLessThanOrEqual(120)
      }),
      { numRuns: 1000 },
    )
  })
})
