const mib = 1024 * 1024
/** What a desktop with a browser takes beside the files that it runs from. */
const linuxAtWorkMiB = 1024
/** Windows PE runs in 512 MB with room for what it unpacks. */
const windowsAtWorkMiB = 512
/** An initrd is there packed and unpacked at once, about three times its size. */
const initrdShare = 4

/** Bytes of the parts of a system that is started from memory. */
export interface SystemBytes {
  kernel: number
  initrds: number
  /** What the command line has it fetch. */
  fetched: number
}

/** MiB that a PC needs, about: files fetched into memory stay there for as long as it runs. */
export function memoryNeededMiB(system: 'linux' | 'windows' | 'localDisk', bytes: SystemBytes): number {
  if (system === 'localDisk') return 0
  if (system === 'windows') return Math.ceil((bytes.kernel + bytes.initrds) / mib) + windowsAtWorkMiB
  const atWork = bytes.fetched > 0 ? linuxAtWorkMiB : 0
  return Math.ceil((bytes.kernel + bytes.initrds * initrdShare + bytes.fetched) / mib) + atWork
}
