import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { presetRules, type PreflightLine } from '../contract/index.ts'
import { cpio } from '../overlay/index.ts'
import { useHouse } from './testing/useHouse.ts'

const own = useHouse()

const putInitrd = (...paths: string[]): void => {
  mkdirSync(join(own.folder, 'boot'), { recursive: true })
  writeFileSync(join(own.folder, 'boot', 'initrd'), cpio(paths.map((path) => ({ path, mode: 0o100644 }))))
}
const profileLine = async (): Promise<PreflightLine | undefined> =>
  (await own.house.commands['exam.preflight'](undefined)).lines.find(({ check }) => check === 'profile')

it('a profile with exam rules that no exam can be laid over is told before the start, and in its own check', async () => {
  putInitrd('init', 'bin/busybox')
  const files = { kernel: 'vmlinuz', initrds: ['initrd'], commandLine: '' }
  const { id } = await own.house.commands['profile.add']({ name: 'Alpine', system: 'linux', ...files })
  const findings = async (): Promise<string[]> =>
    (await own.house.commands['profile.inspect'](id)).findings.map(({ finding }) => finding)
  expect(await profileLine()).toMatchObject({ finding: 'profile.localDisk' })
  expect(await findings()).toEqual(['missing'])

  await own.house.commands['examRules.set']({ profileId: id, rules: { ...presetRules.web, kiosk: 'exam' } })
  const told = { verdict: 'warning', finding: 'profile.notLockable', details: { profile: 'Alpine' } }
  expect(await profileLine()).toMatchObject(told)
  expect(await findings()).toEqual(['missing', 'initramfsNotLockable'])

  putInitrd('init', 'usr/lib/dracut-lib.sh')
  expect(await profileLine()).toMatchObject({ finding: 'profile.localDisk' })
  expect(await findings()).toEqual(['missing'])
})
