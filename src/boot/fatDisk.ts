// A disk of one FAT16 file system and no partitions (Microsoft's FAT specification, 1.03), to be started from memory.

const sectorBytes = 512
const clusterBytes = 1024
const rootEntries = 512
const reservedSectors = 1
const entryBytes = 32
/** What makes it FAT16 is the number of its clusters, and nothing else. */
const fewestClusters = 4085 + 16
const mostClusters = 65_524 - 16
const endOfChain = 0xffff
const isFolder = 0x10

interface Folder {
  folders: Map<string, Folder>
  files: Map<string, Buffer>
}

/**
 * @param files by path, each name in capitals and of eight characters and three at most: `EFI/BOOT/BOOTX64.EFI`
 * @returns undefined when they do not fit on a disk of this kind, 64 MB
 */
export function fatDisk(files: Readonly<Record<string, Buffer>>): Buffer | undefined {
  const root = treeOf(files)
  const clusters = Math.max(fewestClusters, clustersOf(root))
  if (clusters > mostClusters) return undefined
  const fatSectors = Math.ceil(((clusters + 2) * 2) / sectorBytes)
  const rootAt = (reservedSectors + fatSectors) * sectorBytes
  const dataAt = rootAt + rootEntries * entryBytes
  const disk = Buffer.alloc(dataAt + clusters * clusterBytes)
  writeBootSector(disk, fatSectors)
  const fat = disk.subarray(reservedSectors * sectorBytes, rootAt)
  fat.writeUInt16LE(0xfff8, 0)
  fat.writeUInt16LE(endOfChain, 2)

  let free = 2
  /** Clusters in a row. */
  const take = (bytes: number): number => {
    const first = free
    free += clustersFor(bytes)
    for (let cluster = first; cluster < free; cluster++)
      fat.writeUInt16LE(cluster + 1 < free ? cluster + 1 : endOfChain, cluster * 2)
    return first
  }
  const lay = (content: Buffer, cluster = take(content.length)): number => {
    content.copy(disk, dataAt + (cluster - 2) * clusterBytes)
    return cluster
  }
  /** A folder names itself and the one above it before all else; the root, which is cluster 0 to those in it, does not. */
  const layFolder = (folder: Folder, above: number): number => {
    const self = take(clusterBytes)
    return lay(Buffer.concat([entry('.', self), entry('..', above), ...entriesOf(folder, self)]), self)
  }
  const entriesOf = ({ folders, files: own }: Folder, self: number): Buffer[] => [
    ...[...folders].map(([name, folder]) => entry(name, layFolder(folder, self))),
    ...[...own].map(([name, content]) => entry(name, lay(content), content.length)),
  ]
  Buffer.concat(entriesOf(root, 0)).copy(disk, rootAt)
  return disk
}

/** @param size of a file; a folder has none */
function entry(name: string, cluster: number, size?: number): Buffer {
  const [stem = '', extension = ''] = name.startsWith('.') ? [name] : name.split('.')
  const written = Buffer.alloc(entryBytes)
  written.write(stem.padEnd(8) + extension.padEnd(3), 'latin1')
  written.writeUInt8(size === undefined ? isFolder : 0, 11)
  written.writeUInt16LE(cluster, 26)
  written.writeUInt32LE(size ?? 0, 28)
  return written
}

const clustersFor = (bytes: number): number => Math.max(1, Math.ceil(bytes / clusterBytes))

function treeOf(files: Readonly<Record<string, Buffer>>): Folder {
  const root: Folder = { folders: new Map(), files: new Map() }
  for (const [path, content] of Object.entries(files)) {
    const names = path.split('/')
    const name = names.pop() ?? ''
    let folder = root
    for (const each of names) {
      const next: Folder = folder.folders.get(each) ?? { folders: new Map(), files: new Map() }
      folder.folders.set(each, next)
      folder = next
    }
    folder.files.set(name, content)
  }
  return root
}

/** One for each folder: none of ours has more entries than a cluster holds. */
const clustersOf = ({ folders, files }: Folder): number =>
  [...files.values()].reduce((sum, { length }) => sum + clustersFor(length), 0) +
  [...folders.values()].reduce((sum, folder) => sum + 1 + clustersOf(folder), 0)

function writeBootSector(disk: Buffer, fatSectors: number): void {
  const sectors = disk.length / sectorBytes
  disk.set([0xeb, 0x3c, 0x90])
  disk.write('AMORCE  ', 3, 'latin1')
  disk.writeUInt16LE(sectorBytes, 11)
  disk.writeUInt8(clusterBytes / sectorBytes, 13)
  disk.writeUInt16LE(reservedSectors, 14)
  disk.writeUInt8(1, 16)
  disk.writeUInt16LE(rootEntries, 17)
  disk.writeUInt16LE(sectors < 0x10000 ? sectors : 0, 19)
  disk.writeUInt8(0xf8, 21)
  disk.writeUInt16LE(fatSectors, 22)
  disk.writeUInt32LE(sectors < 0x10000 ? 0 : sectors, 32)
  disk.writeUInt8(0x80, 36)
  disk.writeUInt8(0x29, 38)
  disk.write('AMORCE     FAT16   ', 43, 'latin1')
  disk.writeUInt16LE(0xaa55, 510)
}
