import { closeSync, openSync, readSync } from 'node:fs'
import type { InitramfsKind } from '../contract/index.ts'
import { CpioNames, type CpioStop } from './cpioNames.ts'
import { unpackLz4 } from './lz4.ts'
import { unpackStream, type PackedForm } from './sevenZip.ts'

// An initrd is cpio archives one after the other: plain ones first (microcode for the processor), then the main one, which is
// packed; behind one that lz4 packed there may be more. Slow work: to be run in a thread of its own, as all that reads media.

/** What the initrds of a profile turned out to be, together. */
export interface InitramfsFound {
  kind: InitramfsKind
  /** Those among the files that end in the middle, or hold what no archive does. */
  damaged: string[]
}

/** More than any initrd holds, unpacked: a hostile one must not keep the processor. */
const mostInitrdBytes = 2 * 1024 ** 3
const chunkBytes = 256 * 1024

/** The files that the overlay's `init` knows them by (resources/exam-overlay), and those that say which live system it is. */
const tellingNames = new Set([
  'scripts/functions',
  'conf/initramfs.conf',
  'scripts/live',
  'scripts/casper',
  'lib/dracut-lib.sh',
  'usr/lib/dracut-lib.sh',
])

type Outcome = 'whole' | 'damaged' | 'unread'
/** An archive after which others may come, and where. */
type Passed = { at: number; records: number }

/**
 * Looks into initrds as into one file system, which is what the kernel makes of them.
 * @param mostBytes of each, plain and unpacked, that are looked at
 */
export async function readInitramfs(files: readonly string[], mostBytes = mostInitrdBytes): Promise<InitramfsFound> {
  const seen = new Set<string>()
  const onName = (name: string): void => {
    const plain = name.replace(/^(\.?\/)+/, '')
    if (tellingNames.has(plain)) seen.add(plain)
  }
  const damaged: string[] = []
  let isAllRead = files.length > 0
  for (const file of files) {
    const outcome = await readOne(file, onName, mostBytes)
    if (outcome === 'damaged') damaged.push(file)
    if (outcome !== 'whole') isAllRead = false
  }
  return { kind: kindOf(seen) ?? (isAllRead ? 'other' : 'unread'), damaged }
}

function kindOf(seen: ReadonlySet<string>): InitramfsKind | undefined {
  if (seen.has('scripts/functions') && seen.has('conf/initramfs.conf')) {
    if (seen.has('scripts/live')) return 'liveBoot'
    return seen.has('scripts/casper') ? 'casper' : 'initramfsTools'
  }
  return seen.has('lib/dracut-lib.sh') || seen.has('usr/lib/dracut-lib.sh') ? 'dracut' : undefined
}

async function readOne(file: string, onName: (name: string) => void, mostBytes: number): Promise<Outcome> {
  const fd = openSync(file, 'r')
  try {
    let passed: Passed = { at: 0, records: 0 }
    for (;;) {
      const plain = readPlain(fd, passed, onName, mostBytes)
      if (typeof plain === 'string') return plain
      const form = packedForm(fd, plain.at)
      if (form !== 'lz4') return form ? await readPacked(fd, { at: plain.at, form }, onName, mostBytes) : 'unread'
      const packed = readLz4(fd, plain, onName, mostBytes)
      if (typeof packed === 'string') return packed
      passed = packed
    }
  } finally {
    closeSync(fd)
  }
}

/** Archives that are not packed, from there on, and the zeros around them; up to the end, or to something else. */
function readPlain(fd: number, passed: Passed, onName: (name: string) => void, mostBytes: number): Outcome | Passed {
  const names = new CpioNames(onName)
  const buffer = Buffer.alloc(chunkBytes)
  for (let { at } = passed; at < mostBytes;) {
    const bytes = readSync(fd, buffer, 0, chunkBytes, at)
    // Zeros alone are no archive.
    if (bytes === 0) return names.isWhole ? (names.records + passed.records > 0 ? 'whole' : 'unread') : 'damaged'
    const stop = names.push(buffer.subarray(0, bytes))
    if (stop === 'damaged') return stop
    if (stop) return { at: passed.at + names.at, records: passed.records + names.records }
    at += bytes
  }
  return 'unread'
}

/** One that lz4 packed, which says itself where it ends. */
function readLz4(fd: number, passed: Passed, onName: (name: string) => void, mostBytes: number): Outcome | Passed {
  const names = new CpioNames(onName)
  let stop: CpioStop | undefined
  const { at, isFine } = unpackLz4(
    (buffer, from) => readSync(fd, buffer, 0, buffer.length, from),
    passed.at,
    (bytes) => {
      stop = names.push(bytes)
      return stop === undefined && names.at < mostBytes
    },
  )
  if (stop === 'damaged') return stop
  if (stop === 'notCpio' || names.at >= mostBytes) return 'unread'
  if (!isFine || !names.isWhole) return 'damaged'
  // The kernel looks for more only behind zeros: anything else is a block to it, and none that it can unpack.
  const next = Buffer.alloc(4)
  readSync(fd, next, 0, next.length, at)
  if (names.records === 0 || next.readUInt32LE() !== 0) return 'unread'
  return { at, records: passed.records + names.records }
}

async function readPacked(
  fd: number,
  { at, form }: { at: number; form: PackedForm },
  onName: (name: string) => void,
  mostBytes: number,
): Promise<Outcome> {
  const names = new CpioNames(onName)
  let stop: CpioStop | undefined
  const { isFine, isReadToEnd } = await unpackStream(fd, at, form, (bytes) => {
    stop = names.push(bytes)
    return stop === undefined && names.at < mostBytes
  })
  if (stop === 'damaged') return stop
  // An archive with something unknown behind it has not been read whole, and is not said to be of no known make.
  if (stop === 'notCpio' || names.at >= mostBytes) return 'unread'
  if (isFine && names.isWhole) return wholeIfAny(names)
  // What cannot be unpacked at all may be packed in a way of its own.
  return isReadToEnd && !names.isWhole && names.records > 0 ? 'damaged' : 'unread'
}

/** Zeros alone are no archive. */
const wholeIfAny = ({ records }: CpioNames): Outcome => (records > 0 ? 'whole' : 'unread')

/** What is packed in another way (lzo) is not looked into. */
const forms: readonly [PackedForm | 'lz4', number[]][] = [
  ['lz4', [0x02, 0x21, 0x4c, 0x18]],
  ['gzip', [0x1f, 0x8b]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]],
  ['zstd', [0x28, 0xb5, 0x2f, 0xfd]],
  ['bzip2', [0x42, 0x5a, 0x68]],
  ['lzma', [0x5d, 0x00, 0x00]],
]

function packedForm(fd: number, at: number): PackedForm | 'lz4' | undefined {
  const head = Buffer.alloc(6)
  readSync(fd, head, 0, head.length, at)
  return forms.find(([, mark]) => head.subarray(0, mark.length).equals(Buffer.from(mark)))?.[0]
}
