import { statfs } from 'node:fs/promises'
import { dirname } from 'node:path'

/**
 * Bytes that this user may still write where `path` is, or would be: a folder that is not there yet counts as its
 * nearest parent that is.
 */
export async function freeDiskBytes(path: string): Promise<number> {
  try {
    const { bavail, bsize } = await statfs(path)
    return bavail * bsize
  } catch (error) {
    const parent = dirname(path)
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || parent === path) throw error
    return freeDiskBytes(parent)
  }
}
