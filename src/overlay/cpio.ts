/** One file, folder or link of an archive. */
export interface CpioEntry {
  /** Without a slash at its beginning. */
  path: string
  /** File type and permissions as in stat(2). */
  mode: number
  content?: Buffer
}

export const folderMode = 0o040755
export const fileMode = 0o100644
export const programMode = 0o100755
export const secretMode = 0o100600

/**
 * An archive in cpio's "newc" form, which the Linux kernel unpacks over what the archives before it held (kernel:
 * Documentation/driver-api/early-userspace/buffer-format.rst). Everything in it belongs to root and has no date, so that
 * the same entries always make the same bytes.
 *
 * Folders must come before what is in them: the kernel makes none by itself.
 */
export function cpio(entries: readonly CpioEntry[]): Buffer {
  const trailer: CpioEntry = { path: 'TRAILER!!!', mode: 0 }
  return Buffer.concat([...entries, trailer].flatMap((entry, index) => record(entry, index + 1)))
}

function record({ path, mode, content = Buffer.alloc(0) }: CpioEntry, inode: number): Buffer[] {
  const name = Buffer.from(`${path}\0`)
  // inode, mode, uid, gid, links, date, size, device of the file system (2), device (2), length of the name, checksum
  const fields = [inode, mode, 0, 0, 1, 0, content.length, 0, 0, 0, 0, name.length, 0]
  const header = Buffer.from(`070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`)
  return [padded(Buffer.concat([header, name])), padded(content)]
}

const padded = (bytes: Buffer): Buffer => Buffer.concat([bytes, Buffer.alloc((4 - (bytes.length % 4)) % 4)])

/** The folders that hold these paths, each once, those outside first. */
export function foldersOf(paths: readonly string[]): CpioEntry[] {
  const folders = new Set<string>()
  for (const path of paths) {
    const parts = path.split('/').slice(0, -1)
    parts.forEach((_, index) => folders.add(parts.slice(0, index + 1).join('/')))
  }
  return [...folders].sort().map((path) => ({ path, mode: folderMode }))
}
