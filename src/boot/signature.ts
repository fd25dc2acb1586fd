import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'
import type { ProgramSigner } from '../contract/index.ts'
import { authenticodeSigners } from './authenticode.ts'

/** More than any header in front of the program itself. */
const headerBytes = 4096
/** A signature with its certificates has some kilobytes; firmware takes several of them. */
const mostSignatureBytes = 1024 * 1024
const mostSignatures = 16
/** WIN_CERT_TYPE_PKCS_SIGNED_DATA */
const pkcsSignedData = 2

/**
 * Who signed a UEFI program, a kernel too; whether they did, and are trusted, only the machine that starts it can say.
 * @param folders the first that has the file wins.
 * @returns undefined for a file that is not there or is no UEFI program; an empty list for one that nobody signed
 */
export function programSigners(path: string, folders: readonly string[]): ProgramSigner[] | undefined {
  for (const folder of folders) {
    let fd: number
    try {
      fd = openSync(join(folder, path), 'r')
    } catch {
      continue
    }
    try {
      return signersIn(fd)
    } catch {
      // A folder, or a disk that fails: nothing that could be started.
      return undefined
    } finally {
      closeSync(fd)
    }
  }
  return undefined
}

/** Whether the signed chain starts what these signed: its shim asks the firmware, then the key that its GRUB is signed with. */
export const isStartedByChain = (signers: readonly ProgramSigner[], ofGrub: readonly ProgramSigner[]): boolean =>
  signers.some((each) => each.authority === 'microsoftUefi' || ofGrub.some(({ issuer }) => issuer === each.issuer))

function signersIn(fd: number): ProgramSigner[] | undefined {
  const header = readAt(fd, 0, headerBytes)
  const table = certificateTable(header)
  if (!table || table.size === 0) return table && []
  if (table.size > mostSignatureBytes || table.at + table.size > fstatSync(fd).size) return [unreadable]
  return signersOf(readAt(fd, table.at, table.size))
}

/** The entries of a certificate table, each on a boundary of eight: length, revision, type, and what it holds. */
export function signersOf(table: Buffer): ProgramSigner[] {
  const signers: ProgramSigner[] = []
  for (let at = 0, entries = 0; at + 8 <= table.length && entries < mostSignatures; entries++) {
    const length = table.readUInt32LE(at)
    if (length < 8 || at + length > table.length) break
    if (table.readUInt16LE(at + 6) === pkcsSignedData)
      signers.push(...(authenticodeSigners(table.subarray(at + 8, at + length)) ?? [unreadable]))
    at += Math.ceil(length / 8) * 8
  }
  return signers.length > 0 ? signers : [unreadable]
}

const unreadable: ProgramSigner = { name: '', issuer: '', authority: 'unreadable' }

/**
 * The fifth data directory of a PE file says where its certificates are (Microsoft's PE format, "Attribute certificate table").
 * @returns undefined for what is no UEFI program; size 0 where there are none
 */
export function certificateTable(header: Buffer): { at: number; size: number } | undefined {
  if (header.length < 0x40 || header.toString('latin1', 0, 2) !== 'MZ') return undefined
  const pe = header.readUInt32LE(0x3c)
  if (pe + 26 > header.length || header.toString('latin1', pe, pe + 4) !== 'PE\0\0') return undefined
  const optional = pe + 24
  const isPlus = header.readUInt16LE(optional) === 0x20b
  const directory = optional + (isPlus ? 112 : 96) + 4 * 8
  if (directory + 8 > header.length) return undefined
  const [at, size] = [header.readUInt32LE(directory), header.readUInt32LE(directory + 4)]
  return at > 0 ? { at, size } : { at, size: 0 }
}

function readAt(fd: number, at: number, length: number): Buffer {
  const bytes = Buffer.alloc(length)
  return bytes.subarray(0, readSync(fd, bytes, 0, length, at))
}
