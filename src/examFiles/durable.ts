import { copyFile, link, mkdir, open, rm } from 'node:fs/promises'
import { dirname } from 'node:path'

// A file is on the disk when its bytes are and when the folder that names it says so: both are waited for.

export async function syncFolder(path: string): Promise<void> {
  // Windows keeps folders by itself and does not let them be opened like this.
  if (process.platform === 'win32') return
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** Makes a folder and those above it, each named on the disk by the one above. */
export async function makeFolder(path: string): Promise<void> {
  const first = await mkdir(path, { recursive: true })
  if (first === undefined) return
  for (let made = path; ; made = dirname(made)) {
    await syncFolder(dirname(made))
    if (made === first) return
  }
}

/**
 * Gives a file that is on the disk a second name there, in place of whatever had it. The first is kept until the caller has
 * written down that there is a second: a crash between the two loses neither.
 */
export async function nameFile(from: string, to: string): Promise<void> {
  await makeFolder(dirname(to))
  await rm(to, { force: true })
  try {
    await link(from, to)
  } catch {
    // A file system without links, such as FAT on a stick: a copy, as durable as the first.
    await copyFile(from, to)
    await syncFile(to)
  }
  await syncFolder(dirname(to))
}

export async function syncFile(path: string): Promise<void> {
  const file = await open(path, 'r+')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}
