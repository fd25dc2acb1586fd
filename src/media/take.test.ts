import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { takeFiles } from './take.ts'
import { smallIso } from './testdata/smallIso.ts'

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'amorce-take-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

it.each([
  ['media.unreadable', 'is damaged', 8000],
  ['storage.diskFull', 'has more in it than the disk has room for', 2 ** 52],
])('what 7-Zip cannot take out is told as %s when the image %s', async (code, _, size) => {
  const source = join(folder, 'a.iso')
  const whole = smallIso({ 'LIVE/SYSTEM.SQU': 'x'.repeat(8000) })
  writeFileSync(source, whole.subarray(0, whole.length - 6000))
  const into = join(folder, 'into')
  mkdirSync(into)
  const order = { source, isFolder: false, into, files: [{ from: 'LIVE/SYSTEM.SQU', to: 'system', size }] }
  await expect(takeFiles(order, () => {})).rejects.toMatchObject({ code })
})
