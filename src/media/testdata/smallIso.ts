const sector = 2048

/**
 * A plain ISO 9660 image (ECMA-119), made by hand: folders one deep, names as they are given.
 * @param files by path, `LIVE/VMLINUZ`
 */
export function smallIso(files: Record<string, string>): Buffer {
  const folders = [...new Set(Object.keys(files).map((path) => path.split('/')[0]!))]
  const rootAt = 20
  const folderAt = (name: string): number => rootAt + 1 + folders.indexOf(name)
  let next = rootAt + 1 + folders.length
  const placed = Object.entries(files).map(([path, text]) => {
    const data = Buffer.from(text)
    const place = { path, data, at: next }
    next += Math.max(1, Math.ceil(data.length / sector))
    return place
  })
  const image = Buffer.alloc(next * sector)
  const both32 = (at: number, value: number): void => {
    image.writeUInt32LE(value, at)
    image.writeUInt32BE(value, at + 4)
  }
  const both16 = (at: number, value: number): void => {
    image.writeUInt16LE(value, at)
    image.writeUInt16BE(value, at + 2)
  }
  /** A directory record, ECMA-119 9.1. @returns its length */
  const record = (at: number, name: string, extent: number, size: number, isFolder: boolean): number => {
    const length = 33 + name.length + (name.length % 2 === 0 ? 1 : 0)
    image[at] = length
    both32(at + 2, extent)
    both32(at + 10, size)
    image.set([125, 1, 1, 0, 0, 0, 0], at + 18)
    image[at + 25] = isFolder ? 2 : 0
    both16(at + 28, 1)
    image[at + 32] = name.length
    image.write(name, at + 33, 'latin1')
    return length
  }
  const directory = (own: number, parent: number, entries: [string, number, number, boolean][]): void => {
    let at = own * sector
    at += record(at, '\0', own, sector, true)
    at += record(at, '\x01', parent, sector, true)
    for (const [name, extent, size, isFolder] of entries) at += record(at, name, extent, size, isFolder)
  }
  // The primary volume descriptor, 8.4, and the terminator, 8.3.
  const primary = 16 * sector
  image.write('\x01CD001\x01', primary, 'latin1')
  image.fill(0x20, primary + 8, primary + 72)
  image.write('TEST', primary + 40)
  both32(primary + 80, next)
  both16(primary + 120, 1)
  both16(primary + 124, 1)
  both16(primary + 128, sector)
  both32(primary + 132, 10)
  image.writeUInt32LE(18, primary + 140)
  image.writeUInt32BE(19, primary + 148)
  record(primary + 156, '\0', rootAt, sector, true)
  image.fill(0x20, primary + 190, primary + 813)
  image.fill(0x30, primary + 813, primary + 881)
  image[primary + 881] = 1
  image.write('\xffCD001\x01', 17 * sector, 'latin1')
  directory(
    rootAt,
    rootAt,
    folders.map((name) => [name, folderAt(name), sector, true]),
  )
  for (const folder of folders)
    directory(
      folderAt(folder),
      rootAt,
      placed
        .filter(({ path }) => path.startsWith(`${folder}/`))
        .map(({ path, at, data }) => [`${path.slice(folder.length + 1)};1`, at, data.length, false]),
    )
  for (const { data, at } of placed) data.copy(image, at * sector)
  return image
}
