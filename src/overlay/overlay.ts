import { readdir, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createHash } from 'node:crypto'
import { gzipSync } from 'node:zlib'
import type { ExamRules, Ipv4, Mac } from '../contract/index.ts'
import { browserPolicies } from './browserPolicies.ts'
import { cpio, fileMode, foldersOf, programMode, secretMode, type CpioEntry } from './cpio.ts'
import { firewallRules } from './firewall.ts'
import { refusedWords } from './kernelWords.ts'
import { openboxConfig, openboxMenu } from './openbox.ts'
import { hostsFile, networkFiles } from './network.ts'

/** What is in `resources/exam-overlay/`, by path with forward slashes. */
export type OverlaySources = ReadonlyMap<string, Buffer>

/** The one machine, and the one boot of it, that an overlay is made for. */
export interface ExamMachine {
  serverUrl: string
  serverAddress: Ipv4
  /** On which the server answers: TCP. */
  serverPorts: readonly number[]
  mac: Mac
  /** Of its agent: root alone can read it. */
  token: string
  /** Of the exam's page: it opens that of this seat and this boot. */
  pageKey: string
}

export async function readOverlaySources(folder: string): Promise<OverlaySources> {
  const sources = new Map<string, Buffer>()
  const read = async (inside: string): Promise<void> => {
    for (const entry of await readdir(join(folder, inside), { withFileTypes: true })) {
      const path = inside === '' ? entry.name : `${inside}/${entry.name}`
      if (entry.isDirectory()) await read(path)
      else if (entry.isFile()) sources.set(path, await readFile(join(folder, path)))
    }
  }
  await read('')
  return sources
}

/**
 * In front of the archive. A kernel that unpacks an initrd of lz4 takes what follows it for one more block unless zeros end it
 * (lib/decompress_unlz4.c), and not every loader pads: without them it would find no exam there.
 */
const zerosBefore = Buffer.alloc(512)

/**
 * The second initrd: what the kernel starts in place of the live system's own `init`, and below `amorce/root` what is laid
 * over that system.
 * @returns a gzipped cpio archive behind zeros; the same arguments make the same bytes.
 */
export function overlayFor(sources: OverlaySources, rules: ExamRules, machine: ExamMachine): Buffer {
  const files: CpioEntry[] = []
  const add = (path: string, content: string | Buffer, mode = fileMode): void => {
    files.push({ path, mode, content: Buffer.from(content) })
  }

  for (const [path, content] of sources) {
    const target = placeOf(path)
    if (target !== undefined) add(target, content, isProgram(path) ? programMode : fileMode)
  }
  const root = (path: string): string => `amorce/root/${path}`
  add(root('etc/amorce/exam.conf'), shellVariables(examVariables(rules, machine)), secretMode)
  add(root('etc/amorce/secret'), `${machine.token}\n`, secretMode)
  add(root('etc/amorce/session.conf'), shellVariables(sessionVariables(rules, machine)))
  add(root('etc/amorce/firewall.nft'), firewallRules(rules, machine), secretMode)
  add(root('etc/amorce/openbox.xml'), openboxConfig(rules.kiosk))
  add(root('etc/amorce/menu.xml'), openboxMenu(programsOf(rules)))
  for (const [path, content] of Object.entries({ ...networkFiles(machine.mac), ...browserPolicies(rules, machine) }))
    add(root(path), content)
  add('amorce/hosts', hostsFile(rules))

  add('amorce/refused-words', refusedWords.map((word) => `${word}\n`).join(''))
  add('amorce/sums', sumsOf(files))

  files.sort((a, b) => (a.path < b.path ? -1 : 1))
  const archive = cpio([...foldersOf(files.map(({ path }) => path)), ...files])
  return Buffer.concat([zerosBefore, gzipSync(archive, { level: 9 })])
}

/** Of everything below `amorce/`, as sha256sum writes them, and `end`: what came over the network is held against it. */
const sumsOf = (files: readonly CpioEntry[]): string =>
  files
    .filter(({ path }) => path.startsWith('amorce/'))
    .map(({ path, content = '' }) => {
      const sum = createHash('sha256').update(content).digest('hex')
      return `${sum} ${path.slice('amorce/'.length)}\n`
    })
    .concat('end\n')
    .join('')

/** Where a source goes in the initramfs; undefined for what stays here. */
function placeOf(path: string): string | undefined {
  if (path.startsWith('initramfs/')) return `amorce/${path.slice('initramfs/'.length)}`
  return path.startsWith('root/') ? `amorce/${path}` : undefined
}

/** By its place: a file system may know no permission to run. */
const isProgram = (path: string): boolean =>
  ['initramfs/init', 'initramfs/enter-root'].includes(path) || path.startsWith('root/usr/lib/amorce/')

/** Commands that give a shell, whatever they were written in the list for. */
const terminals = new Set([
  ...[
    'xterm',
    'uxterm',
    'lxterm',
    'x-terminal-emulator',
    'gnome-terminal',
    'kgx',
    'ptyxis',
    'konsole',
    'xfce4-terminal',
  ],
  ...['mate-terminal', 'lxterminal', 'qterminal', 'terminator', 'tilix', 'kitty', 'alacritty', 'foot', 'urxvt', 'st'],
])
const programsOf = ({ applications, terminal }: ExamRules): string[] =>
  applications.filter((name) => terminal || !terminals.has(name))

const yes = (isTrue: boolean): string => (isTrue ? 'yes' : 'no')

/** What root's scripts read. */
const examVariables = (rules: ExamRules, { serverUrl, mac }: ExamMachine): Record<string, string> => ({
  server: serverUrl,
  mac,
  candidate_shell: rules.terminal ? '/bin/bash' : '/usr/sbin/nologin',
  home_mb: String(rules.homeMb),
  autosave_minutes: String(rules.autosaveMinutes),
  lock_until_start: yes(rules.lockUntilStart),
  lock_at_end: yes(rules.lockAtEnd),
})

/** What the candidate's session reads. */
const sessionVariables = (rules: ExamRules, { serverUrl, pageKey }: ExamMachine): Record<string, string> => ({
  kiosk: rules.kiosk === 'applications' ? 'applications' : 'page',
  url: rules.kiosk === 'exam' ? `${serverUrl}/exam?key=${pageKey}` : rules.url,
  applications: programsOf(rules).join(' '),
  keyboard: rules.keyboard,
})

const shellVariables = (variables: Record<string, string>): string =>
  Object.entries(variables)
    .map(([name, value]) => `${name}='${value.replaceAll("'", `'\\''`)}'\n`)
    .join('')
