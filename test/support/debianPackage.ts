import { chmodSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { cacheFolder, makeOnce } from '../../tools/cache.mjs'
import { updateApt } from '../../tools/systemPackages.mjs'
import { mustRun } from './processes.ts'
import { temporaryFolder } from './temporary.ts'

/**
 * Downloads and unpacks a Debian package, once; later runs need no network. Nothing is installed: no service starts, now
 * or at the next boot, and no AppArmor profile of an installed program keeps it from a test's files.
 * @param name of the package, with `=version` where a particular one is needed
 * @returns its folder
 */
export async function unpackedDebianPackage(name: string): Promise<string> {
  const folder = join(cacheFolder(), 'lab', name.replace('=', '_').replaceAll(':', '%3a'))
  await makeOnce(folder, async (unfinished) => {
    const work = temporaryFolder('package')
    // apt fetches as a user of its own, who must be able to write here.
    chmodSync(work, 0o777)
    const download = () => mustRun('apt-get', ['download', '-q', name], { cwd: work, timeoutMs: 300_000 })
    // Lists that are missing or too old know no such file.
    await download().catch(async () => {
      await updateApt()
      await download()
    })
    const archive = readdirSync(work).find((each) => each.endsWith('.deb'))
    if (!archive) throw new Error(`apt-get download ${name} left no package`)
    await mustRun('dpkg', ['-x', join(work, archive), unfinished], { timeoutMs: 120_000 })
  })
  return folder
}
