import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'

const supplies = '/sys/class/power_supply'

/**
 * Whether this computer runs on its battery, where Linux tells (Documentation/ABI/testing/sysfs-class-power).
 * @returns undefined for a computer without a battery, and on other systems
 */
export async function readPower(folder = supplies): Promise<'mains' | 'battery' | undefined> {
  const names = await readdir(folder).catch(() => [])
  const read = (name: string, file: string): Promise<string> =>
    readFile(join(folder, name, file), 'utf8').then(
      (text) => text.trim(),
      () => '',
    )
  const found = await Promise.all(
    names.map(async (name) => ({ type: await read(name, 'type'), online: await read(name, 'online') })),
  )
  if (found.some(({ type, online }) => type !== 'Battery' && online === '1')) return 'mains'
  return found.some(({ type }) => type === 'Battery') ? 'battery' : undefined
}

/** How a process was started, words joined by spaces; undefined where that cannot be read. */
export const commandLineOf = (pid: number): Promise<string | undefined> =>
  readFile(`/proc/${pid}/cmdline`, 'utf8').then(
    (text) => text.replaceAll('\0', ' ').trim(),
    () => undefined,
  )
