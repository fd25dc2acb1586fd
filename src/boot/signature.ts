import { closeSync, openSync, readSync } from 'node:fs'
import { join } from 'node:path'

/** More than any header in front of the program itself. */
const headerBytes = 4096

/**
 * Whether a kernel carries a signature for Secure Boot; whose it is, only the machine that starts it can say.
 * @param folders the first that has the file wins.
 * @returns false too for a file that is not there or is no UEFI program.
 */
export function isSignedProgram(path: string, folders: readonly string[]): boolean {
  for (const folder of folders) {
    const header = headOf(join(folder, path))
    if (header) return hasCertificate(header)
  }
  return false
}

function headOf(file: string): Buffer | undefined {
  let fd: number
  try {
    fd = openSync(file, 'r')
  } catch {
    return undefined
  }
  try {
    const header = Buffer.alloc(headerBytes)
    return header.subarray(0, readSync(fd, header, 0, headerBytes, 0))
  } catch {
    // A folder, or a disk that fails: nothing that could be started.
    return undefined
  } finally {
    closeSync(fd)
  }
}

/** The fifth data directory of a PE file says where its certificates are (Microsoft's PE format, "Attribute certificate table"). */
export function hasCertificate(header: Buffer): boolean {
  if (header.length < 0x40 || header.toString('latin1', 0, 2) !== 'MZ') return false
  const pe = header.readUInt32LE(0x3c)
  if (pe + 26 > header.length || header.toString('latin1', pe, pe + 4) !== 'PE\0\0') return false
  const optional = pe + 24
  const isPlus = header.readUInt16LE(optional) === 0x20b
  const certificates = optional + (isPlus ? 112 : 96) + 4 * 8
  if (certificates + 8 > header.length) return false
  return header.readUInt32LE(certificates) > 0 && header.readUInt32LE(certificates + 4) > 0
}
