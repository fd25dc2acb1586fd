import { open, readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { BootProfileView, InitramfsKind, ProfileCheckView, ProfileFinding } from '../contract/index.ts'
import type { InitramfsFound } from './initramfs.ts'
import { memoryNeededMiB } from './memory.ts'
import type { MediaReader } from './reader.ts'

export interface InspectOptions {
  /** Where boot files are looked for, in this order. */
  folders: readonly string[]
  /** PCs in service that are known to have less memory, MiB. */
  pcsBelow(memoryMiB: number): number
  reader: Pick<MediaReader, 'initramfs'>
  /** An exam is to be laid over the system. */
  hasExamRules: boolean
}

type Role = 'kernel' | 'wimboot' | 'initrd' | 'squashfs' | 'wim' | 'bcd' | 'sdi' | 'other'

/** The first bytes are enough to know a file by. */
const headBytes = 0x206

/** Looks at the files of a profile as the machines will: are they there, and are they what they are used as? */
export async function inspectProfile(
  profile: Pick<BootProfileView, 'system' | 'kernel' | 'initrds' | 'commandLine'>,
  { folders, pcsBelow, reader, hasExamRules }: InspectOptions,
): Promise<ProfileCheckView> {
  const findings: ProfileCheckView['findings'] = []
  const { system } = profile
  if (system === 'localDisk') return { findings, bytes: 0, memoryMiB: 0, tooSmall: 0 }
  const sized = async (path: string, role: Role): Promise<number> => {
    const add = (finding: ProfileFinding): void => void findings.push({ finding, path })
    const found = await locate(folders, path)
    if (!found) add(role === 'wimboot' ? 'wimbootMissing' : 'missing')
    else if (found.size === 0) add('empty')
    else {
      const finding = judge(role, await headOf(found.file))
      if (finding) add(finding)
      else if (role === 'wimboot' && !(await isWimboot(found))) add('notWimboot')
    }
    return found?.size ?? 0
  }
  const sum = async (files: readonly (readonly [path: string, role: Role])[]): Promise<number> => {
    let bytes = 0
    for (const [path, role] of files) bytes += await sized(path, role)
    return bytes
  }
  const kernel = await sum([[profile.kernel, system === 'windows' ? 'wimboot' : 'kernel']])
  const initrds = await sum(profile.initrds.map((path) => [path, system === 'windows' ? windowsRole(path) : 'initrd']))
  const fetched = await sum(fetchedBy(profile.commandLine).map((path) => [path, fetchedRole(path)]))
  const initramfs = system === 'linux' ? await initramfsOf(profile.initrds, { folders, reader }) : undefined
  for (const path of initramfs?.damaged ?? [])
    if (!findings.some((finding) => finding.path === path)) findings.push({ finding: 'initrdDamaged', path })
  if (initramfs && !isLockable(initramfs.kind) && hasExamRules)
    findings.push({ finding: 'initramfsNotLockable', path: profile.initrds.join(', ') })
  const memoryMiB = memoryNeededMiB(system, { kernel, initrds, fetched })
  return {
    ...{ findings, bytes: kernel + initrds + fetched, memoryMiB, tooSmall: pcsBelow(memoryMiB) },
    ...(initramfs && { initramfs: initramfs.kind }),
  }
}

/** What was not looked into may well be: the PC says so if it is not. */
export const isLockable = (kind: InitramfsKind): boolean => kind !== 'other'

/** @returns nothing for a profile of which not every initrd is there */
export async function initramfsOf(
  initrds: readonly string[],
  { folders, reader }: Pick<InspectOptions, 'folders' | 'reader'>,
): Promise<InitramfsFound | undefined> {
  const located = await Promise.all(initrds.map((path) => locate(folders, path)))
  const files = located.flatMap((found) => (found && found.size > 0 ? [found.file] : []))
  if (files.length === 0 || files.length < initrds.length) return undefined
  const found = await reader
    .initramfs(files, new AbortController().signal)
    // That it takes too long, or more memory than there is, says nothing of what it is.
    .catch((): InitramfsFound => ({ kind: 'unread', damaged: [] }))
  return { kind: found.kind, damaged: initrds.filter((_, index) => found.damaged.includes(files[index]!)) }
}

/** The boot files that a command line has the system fetch: `fetch={server}/files/live/filesystem.squashfs`. */
export const fetchedBy = (commandLine: string): string[] => [
  ...new Set(
    [...commandLine.matchAll(/\{server\}\/files\/([^\s?#]+)/g)].flatMap(([, path = '']) => {
      try {
        return [decodeURIComponent(path)]
      } catch {
        return [path]
      }
    }),
  ),
]

function windowsRole(path: string): Role {
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase()
  if (name.endsWith('.wim')) return 'wim'
  if (name === 'bcd') return 'bcd'
  return name.endsWith('.sdi') ? 'sdi' : 'other'
}

const fetchedRole = (path: string): Role => (path.endsWith('.squashfs') ? 'squashfs' : 'other')

const startsWith = (head: Buffer, ...marks: (string | number[])[]): boolean =>
  marks.some((mark) => head.subarray(0, mark.length).equals(Buffer.from(mark as string)))

/** What it ought to be and is not; nothing when it may well be. */
export function judge(role: Role, head: Buffer): ProfileFinding | undefined {
  switch (role) {
    case 'kernel':
    case 'wimboot':
      return isKernel(head) ? undefined : 'notAKernel'
    case 'initrd':
      return isInitrd(head) ? undefined : 'notAnInitrd'
    case 'squashfs':
      return startsWith(head, 'hsqs') ? undefined : 'notASquashfs'
    case 'wim':
      return startsWith(head, 'MSWIM\0\0\0') ? undefined : 'notAWim'
    case 'bcd':
      return startsWith(head, 'regf') ? undefined : 'notABcd'
    case 'sdi':
      return startsWith(head, '$SDI') ? undefined : 'notASdi'
    case 'other':
      return undefined
  }
}

/** The Linux/x86 boot protocol's `HdrS` at 0x202, or an EFI program (`MZ`), which a kernel with an EFI stub is too. */
const isKernel = (head: Buffer): boolean =>
  head.subarray(0x202, 0x206).equals(Buffer.from('HdrS')) || startsWith(head, 'MZ')

/**
 * A cpio archive, plain (initramfs buffer format) or packed in one of the ways that kernels unpack (lib/decompress.c): of
 * lz4 the legacy frame alone.
 */
const isInitrd = (head: Buffer): boolean =>
  startsWith(
    head,
    ...['070701', '070702', 'BZh'],
    ...[
      [0x1f, 0x8b],
      [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00],
      [0x28, 0xb5, 0x2f, 0xfd],
      [0x02, 0x21, 0x4c, 0x18],
      [0x5d, 0x00, 0x00],
      [0x89, 0x4c, 0x5a, 0x4f],
    ],
  )

/** It is some tens of kilobytes, and says where it comes from on every machine that it starts on. */
async function isWimboot({ file, size }: { file: string; size: number }): Promise<boolean> {
  return size <= 4 * 1024 * 1024 && (await readFile(file)).includes('ipxe.org/wimboot')
}

async function locate(folders: readonly string[], path: string): Promise<{ file: string; size: number } | undefined> {
  // As the servers do: no way up.
  if (path.split(/[\\/]/).includes('..')) return undefined
  for (const folder of folders) {
    const file = join(folder, ...path.split('/'))
    const found = await stat(file).catch(() => undefined)
    if (found?.isFile()) return { file, size: found.size }
  }
  return undefined
}

async function headOf(file: string): Promise<Buffer> {
  const handle = await open(file, 'r')
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(headBytes), 0, headBytes, 0)
    return buffer.subarray(0, bytesRead)
  } finally {
    await handle.close()
  }
}
