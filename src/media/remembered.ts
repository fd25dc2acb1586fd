import { stat } from 'node:fs/promises'
import type { InitramfsFound } from './initramfs.ts'
import type { MediaReader } from './reader.ts'

/** Looks into the same initrds once, for as long as they do not change: it takes seconds, and the checks before each start ask. */
export function remembered(reader: Pick<MediaReader, 'initramfs'>): Pick<MediaReader, 'initramfs'> {
  const known = new Map<string, { state: string; found: InitramfsFound }>()
  return {
    async initramfs(files, signal) {
      const key = files.join('\n')
      const stats = await Promise.all(files.map((file) => stat(file)))
      const state = stats.map(({ ino, size, mtimeMs }) => `${ino} ${size} ${mtimeMs}`).join('\n')
      const before = known.get(key)
      if (before?.state === state) return before.found
      const found = await reader.initramfs(files, signal)
      known.set(key, { state, found })
      return found
    },
  }
}
