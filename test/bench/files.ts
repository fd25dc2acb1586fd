import { createHash, randomBytes } from 'node:crypto'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Ground } from './servers.ts'

export const tftpFileMb = 16

export function writeFiles(folder: string): void {
  mkdirSync(folder, { recursive: true })
  const block = randomBytes(2 ** 20)
  writeFileSync(join(folder, 'small'), 'amorce')
  writeFileSync(join(folder, 'tftp.bin'), Buffer.concat(Array.from({ length: tftpFileMb }, () => block)))
}

/** Before anything is timed: the bytes are the right ones. */
export async function mustServe(ground: Ground, url: string, name: string, curlOptions: string[] = []): Promise<void> {
  const wanted = createHash('sha256')
    .update(readFileSync(join(ground.filesFolder, name)))
    .digest('hex')
  const pipeline = `curl -sf ${curlOptions.join(' ')} ${url} | sha256sum`
  const got = (await ground.room.mustRun('sh', ['-c', pipeline], { timeoutMs: 60_000 })).slice(0, 64)
  if (got !== wanted) throw new Error(`${url} is not the file that was written`)
}
