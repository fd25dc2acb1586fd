import { createWriteStream } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import yazl from 'yazl'
import { CodedError } from '../contract/index.ts'
import { syncFile } from './durable.ts'
import type { Work } from './store.ts'
import { sha256Of } from './uploads.ts'

/** In front of a cell that a spreadsheet would take for a formula. */
const cell = (value: string | number): string => {
  const text = String(value)
  const plain = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[";\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain
}

const columns = ['seat', 'candidate', 'name', 'version', 'size', 'sha256', 'receivedAt', 'mac', 'path'] as const

/** What is in the archive, one line a file, as spreadsheets of French schools read it. */
export function manifestOf(works: readonly Work[]): string {
  const rows = works.map((work) =>
    columns
      .map((column) => cell(column === 'receivedAt' ? new Date(work.receivedAt).toISOString() : work[column]))
      .join(';'),
  )
  return `\ufeff${[columns.join(';'), ...rows].join('\r\n')}\r\n`
}

/**
 * Every piece of work that was acknowledged, with a manifest and the checksums as `sha256sum -c` reads them. Each file is
 * checked against its hash on the way: an archive that is made holds what was received.
 * @throws CodedError `file.notWritten`
 */
export async function exportZip(folder: string, works: readonly Work[], target: string): Promise<void> {
  const temporary = `${target}.part`
  try {
    const zip = new yazl.ZipFile()
    for (const work of works) {
      const path = join(folder, ...work.path.split('/'))
      if ((await sha256Of(path)) !== work.sha256) throw new Error(`${work.path} is not what was received`)
      zip.addFile(path, work.path, { mtime: new Date(work.receivedAt) })
    }
    zip.addBuffer(Buffer.from(manifestOf(works)), 'manifest.csv')
    const sums = works.map(({ sha256, path }) => `${sha256}  ${path}\n`).join('')
    zip.addBuffer(Buffer.from(sums), 'SHA256SUMS')
    zip.end()
    await pipeline(zip.outputStream, createWriteStream(temporary))
    await syncFile(temporary)
    await rename(temporary, target)
  } catch (error) {
    await rm(temporary, { force: true })
    const reason = error instanceof Error ? error.message : String(error)
    throw new CodedError('file.notWritten', reason, { file: basename(target), reason })
  }
}
