import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const made: string[] = []

/** A new folder that goes when this test process does. */
export function temporaryFolder(label: string): string {
  const folder = mkdtempSync(join(tmpdir(), `amorce-${label}-`))
  if (made.length === 0)
    process.once('exit', () => made.forEach((each) => rmSync(each, { recursive: true, force: true })))
  made.push(folder)
  return folder
}
