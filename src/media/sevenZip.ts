import { readSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import createSevenZip, { type SevenZipModuleOptions } from '7z-wasm'
import { CodedError } from '../contract/index.ts'
import type { MediaContents, MediaEntry } from './entries.ts'

// 7-Zip as WebAssembly: it reads ISO 9660 with Joliet and Rock Ridge, UDF and WIM, of any size, straight from the disk
// (Emscripten's NODEFS). It runs to its end on the thread that calls it: call it in one of its own.

/** More names than any system's medium has: a hostile one must not fill the memory. */
const mostEntries = 500_000
const longestListing = 256 * 1024 * 1024

/** What 7-Zip's exit codes say: 0 fine, 1 a warning, 2 an error. */
const fine = 0

interface Run {
  code: number
  said: string
}

/**
 * Runs 7-Zip once, in an instance of its own, whose memory goes with it.
 * @param folders real folders by the name they are mounted under
 * @param onText hears what it says as it says it
 */
async function run(words: string[], folders: Record<string, string>, onText?: (text: string) => void): Promise<Run> {
  let said = ''
  const decoder = new TextDecoder()
  let bytes: number[] = []
  const tell = (): void => {
    const text = decoder.decode(Uint8Array.from(bytes), { stream: true })
    bytes = []
    onText?.(text)
    if (said.length < longestListing) said += text
  }
  const stdout = (byte: number): void => {
    bytes.push(byte)
    if (bytes.length >= 4096 || byte === percentSign) tell()
  }
  // Its percentages go to the same place as its listings; what it complains of is told by its exit code.
  const options: Partial<SevenZipModuleOptions> = { stdout, stderr: () => {}, noExitRuntime: false }
  const sevenZip = await createSevenZip(options)
  for (const [name, root] of Object.entries(folders)) {
    sevenZip.FS.mkdir(`/${name}`)
    sevenZip.FS.mount(sevenZip.NODEFS, { root }, `/${name}`)
  }
  const code = callMain(sevenZip, words)
  tell()
  return { code, said }
}

const percentSign = 0x25

function callMain(sevenZip: { callMain(words: string[]): unknown }, words: string[]): number {
  try {
    const code = sevenZip.callMain(words)
    return typeof code === 'number' ? code : fine
  } catch (error) {
    // Emscripten ends a program by throwing its status; anything else, out of memory for one, is a failure.
    const { status } = error as { status?: unknown }
    return typeof status === 'number' ? status : 2
  }
}

const damaged = (path: string, reason: string): CodedError =>
  new CodedError('media.unreadable', `${path}: ${reason}`, { file: basename(path), reason })

/** Every name in an image. @throws CodedError `media.unreadable` */
export async function listImage(path: string): Promise<MediaContents> {
  const { code, said } = await run(['l', '-slt', '-spd', `/in/${basename(path)}`], { in: dirname(path) })
  if (code > 1 || said.length >= longestListing) throw damaged(path, `7-Zip ended with ${code}`)
  return readListing(said, path)
}

/** What `7z l -slt` wrote: of the image first, then of each entry, blocks of `Name = value`. */
export function readListing(said: string, path: string): MediaContents {
  const start = said.search(/^-{10}$/m)
  if (start < 0) throw damaged(path, 'no listing')
  const head = said.slice(0, start)
  const entries: MediaEntry[] = []
  for (const block of said.slice(start + 11).split(/\r?\n\r?\n/)) {
    const name = /^Path = (.+)$/m.exec(block)?.[1]
    if (name === undefined) continue
    if (entries.length >= mostEntries) throw damaged(path, 'too many entries')
    const size = Number(/^Size = (\d+)$/m.exec(block)?.[1] ?? NaN)
    const isFolder = /^Folder = \+$/m.test(block) || /^Attributes = D/m.test(block)
    const isLink = /^Symbolic Link = .+$/m.test(block) || /^Mode = l/m.test(block)
    entries.push({
      path: name.replaceAll('\\', '/'),
      size: Number.isSafeInteger(size) ? size : 0,
      isFile: !isFolder && !isLink && Number.isSafeInteger(size),
    })
  }
  return { entries, label: /^(?:Volume|LogicalVolumeId|Logical Volume): ?(.*)$/m.exec(head)?.[1]?.trim() ?? '' }
}

/**
 * Takes one file out of an image, into a folder that is empty; only the last part of its name is used there.
 * @param onShare told how much of it is there, 0 to 1
 * @throws CodedError `media.unreadable`
 */
export async function extractFile(
  image: string,
  name: string,
  into: string,
  onShare: (share: number) => void,
): Promise<void> {
  const words = ['e', '-y', '-bsp1', '-spd', '-o/out', `-i!${name}`, '--', `/in/${basename(image)}`]
  const { code } = await run(words, { in: dirname(image), out: into }, (text) => {
    const percent = /(\d{1,3})%$/.exec(text)?.[1]
    if (percent !== undefined) onShare(Math.min(1, Number(percent) / 100))
  })
  if (code !== fine) throw damaged(image, `${name}: 7-Zip ended with ${code}`)
}

/** Forms of a single packed stream that it unpacks as it reads. */
export type PackedForm = 'gzip' | 'xz' | 'zstd' | 'bzip2' | 'lzma'

/** Emscripten's open files, by their number, which its types leave out. */
interface OpenStreams {
  streams: { stream_ops: Partial<Record<'read' | 'write', StreamCall>> }[]
  ErrnoError: new (errno: number) => Error
}
type StreamCall = (stream: unknown, heap: Uint8Array, offset: number, length: number) => number

/** Emscripten's EIO. */
const inputOutputError = 29

/**
 * Unpacks what begins somewhere in an open file and goes on to its end, some hundred kilobytes at a time and into no file.
 * @param onBytes told each piece, which is only good until it returns; false to hear no more
 */
export async function unpackStream(
  fd: number,
  from: number,
  form: PackedForm,
  onBytes: (bytes: Buffer) => boolean,
): Promise<{ isFine: boolean; isReadToEnd: boolean }> {
  const sevenZip = await createSevenZip({ stdout: () => {}, stderr: () => {}, noExitRuntime: false })
  const { streams, ErrnoError } = sevenZip.FS as unknown as OpenStreams
  const [stdin, stdout] = streams
  let at = from
  let isReadToEnd = false
  stdin!.stream_ops = {
    ...stdin!.stream_ops,
    read(_, heap, offset, length) {
      const bytes = readSync(fd, heap, offset, length, at)
      at += bytes
      isReadToEnd ||= bytes === 0
      return bytes
    },
  }
  stdout!.stream_ops = {
    ...stdout!.stream_ops,
    write(_, heap, offset, length) {
      if (!onBytes(Buffer.from(heap.buffer, heap.byteOffset + offset, length))) throw new ErrnoError(inputOutputError)
      return length
    },
  }
  const code = callMain(sevenZip, ['e', `-t${form}`, '-si', '-so'])
  return { isFine: code === fine, isReadToEnd }
}
