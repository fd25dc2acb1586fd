import { mkdir, open, rename, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { seededRandom } from './random.ts'

interface SampleFile {
  /** Below the folder, with forward slashes. */
  path: string
  bytes: number
  says: string
}

const kernel: SampleFile = { path: 'simulated/vmlinuz', bytes: 4_194_304, says: 'SIMULATED KERNEL' }
const initrd: SampleFile = { path: 'simulated/initrd.img', bytes: 12_582_912, says: 'SIMULATED INITRD' }

/** As large as the real ones, the last bytes odd so that no block size divides them. */
const loaders: readonly SampleFile[] = [
  { path: 'undionly.kpxe', bytes: 72_301, says: 'SIMULATED LOADER' },
  { path: 'snponly.efi', bytes: 245_761, says: 'SIMULATED LOADER' },
  { path: 'ipxe.efi', bytes: 1_048_577, says: 'SIMULATED LOADER' },
]

/**
 * Writes what the simulated room boots: a kernel, an initrd and stand-ins for the loaders. No PC can start any of them;
 * each begins by saying so. The bytes are the same on every machine and every run. What is there at the right size is
 * left alone: a real loader in the folder is not touched.
 * @returns paths below `folder`, for a boot profile.
 */
export async function writeSampleMedia(folder: string): Promise<{ kernel: string; initrd: string }> {
  for (const file of [kernel, initrd]) if ((await sizeOf(folder, file)) !== file.bytes) await write(folder, file)
  for (const file of loaders) if ((await sizeOf(folder, file)) === undefined) await write(folder, file)
  return { kernel: kernel.path, initrd: initrd.path }
}

async function sizeOf(folder: string, { path }: SampleFile): Promise<number | undefined> {
  try {
    return (await stat(join(folder, path))).size
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

async function write(folder: string, { path, bytes, says }: SampleFile): Promise<void> {
  const target = join(folder, path)
  const unfinished = `${target}.part`
  await mkdir(dirname(target), { recursive: true })
  const handle = await open(unfinished, 'w')
  try {
    await handle.writeFile(content(bytes, `AMORCE ${says}: NOT A REAL SYSTEM, CANNOT BE STARTED\n`))
    await handle.sync()
  } finally {
    await handle.close()
  }
  await rename(unfinished, target)
}

/** Bytes that do not compress and are the same every time, after a line of text. */
function content(bytes: number, says: string): Buffer {
  const random = seededRandom(bytes)
  const buffer = Buffer.alloc(bytes)
  for (let offset = 0; offset + 4 <= bytes; offset += 4)
    buffer.writeUInt32LE(Math.floor(random() * 0x1_0000_0000), offset)
  buffer.write(says, 'ascii')
  return buffer
}
