import { lstat, readdir, rm, rmdir } from 'node:fs/promises'
import { join } from 'node:path'
import { CodedError, type Ipv4 } from '../contract/index.ts'
import { isOnItsWay } from './dropFolder.ts'
import { refusalOf } from './requestPath.ts'

/** A whole file in the drop folder. */
export interface DroppedFile {
  client: Ipv4
  name: string
  /** Bytes. */
  size: number
  /** Milliseconds since the Unix epoch. */
  arrivedAt: number
}

const machineFolder = /^\d{1,3}(\.\d{1,3}){3}$/

/** What machines have put below `folder`, latest first. Links, and what is still on its way, are not in it. */
export async function listDropped(folder: string): Promise<DroppedFile[]> {
  const files: DroppedFile[] = []
  for (const client of await namesIn(folder)) {
    if (!machineFolder.test(client) || !(await isFolder(join(folder, client)))) continue
    for (const name of await namesIn(join(folder, client))) {
      if (isOnItsWay(name)) continue
      const stats = await lstat(join(folder, client, name)).catch(ignoreMissing)
      if (stats?.isFile()) files.push({ client, name, size: stats.size, arrivedAt: Math.round(stats.mtimeMs) })
    }
  }
  return files.sort((a, b) => b.arrivedAt - a.arrivedAt || (a.name < b.name ? -1 : 1))
}

/** Removes it, and the machine's folder with its last file. @throws CodedError `content.notFound`, `content.outsideRoot` */
export async function removeDropped(folder: string, client: Ipv4, name: string): Promise<void> {
  const home = join(folder, client)
  const climbs = /[/\\]/.test(name) || refusalOf(name) !== undefined || !machineFolder.test(client)
  if (climbs) throw new CodedError('content.outsideRoot', 'not a name in the drop folder', { path: name })
  if (!(await isFolder(home))) throw notThere(client, name)
  try {
    await rm(join(home, name))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw notThere(client, name)
    throw error
  }
  // It stays when there is more in it.
  await rmdir(home).catch(() => {})
}

const notThere = (client: Ipv4, name: string) =>
  new CodedError('content.notFound', 'no such file in the drop folder', { path: `${client}/${name}` })

const namesIn = async (folder: string): Promise<string[]> => (await readdir(folder).catch(ignoreMissing)) ?? []
const isFolder = async (path: string): Promise<boolean> =>
  (await lstat(path).catch(ignoreMissing))?.isDirectory() === true

function ignoreMissing(error: NodeJS.ErrnoException): undefined {
  if (error.code !== 'ENOENT' && error.code !== 'ENOTDIR') throw error
}
