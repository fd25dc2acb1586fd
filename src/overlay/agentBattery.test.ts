import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { overlayFolder } from './testing.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'amorce-battery-'))
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** As the kernel shows it: a folder for each supply, a file for each value. */
function supply(name: string, values: Record<string, string>): void {
  mkdirSync(join(folder, name))
  for (const [file, value] of Object.entries(values)) writeFileSync(join(folder, name, file), `${value}\n`)
}
function told(): string {
  const script = join(overlayFolder, 'root/usr/lib/amorce/battery')
  const { stdout, stderr, status } = spawnSync('sh', [script, folder], { encoding: 'utf8' })
  expect({ stderr }).toEqual({ stderr: '' })
  expect(status).toBe(0)
  return stdout.trim()
}

it('is nothing on a machine without one, whatever its mouse has', () => {
  expect(told()).toBe('')
  supply('AC', { type: 'Mains', online: '1' })
  supply('hidpp_battery_0', { type: 'Battery', scope: 'Device', capacity: '55' })
  expect(told()).toBe('')
})

it('is how full it is, and whether the machine has mains', () => {
  supply('AC', { type: 'Mains', online: '0' })
  supply('BAT0', { type: 'Battery', capacity: '73' })
  expect(told()).toBe('73 battery')
  supply('ucsi-source-psy-USBC000:001', { type: 'USB', scope: 'System', online: '1' })
  expect(told()).toBe('73 mains')
})

it('is the fuller of two, and one that cannot be read is none', () => {
  supply('BAT0', { type: 'Battery', capacity: '5' })
  supply('BAT1', { type: 'Battery', capacity: '88' })
  supply('BAT2', { type: 'Battery' })
  expect(told()).toBe('88 battery')
})
