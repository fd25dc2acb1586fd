import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { Practice } from './practice.ts'

it('is a folder of its own, and what was there before stays', () => {
  const folder = mkdtempSync(join(tmpdir(), 'amorce-practice-'))
  const own = join(folder, 'amorce.sqlite')
  writeFileSync(own, 'own')
  const practice = new Practice(folder)
  expect(practice).toMatchObject({ isOn: false, dataFolder: folder })

  practice.begin()
  expect(practice.isOn).toBe(true)
  expect(practice.dataFolder).not.toBe(folder)
  writeFileSync(join(practice.dataFolder, 'amorce.sqlite'), 'made up')
  // Another start finds it as it was left.
  expect(new Practice(folder).isOn).toBe(true)

  practice.end()
  practice.end()
  expect(practice).toMatchObject({ isOn: false, dataFolder: folder })
  expect(existsSync(own)).toBe(true)
  rmSync(folder, { recursive: true })
})
