import { CodedError, linkTestPath, type BootProfileView, type Language, type Mac } from '../contract/index.ts'
import { bootScreen } from './bootScreen.ts'
import { initrdsApart } from './initrdsApart.ts'
import { linkTestMbAtBoot } from './linkTest.ts'
import { filePath, profileScriptPath, scriptPath } from './urls.ts'
import { winpeFileNames, winpeFilePath } from './winpe/index.ts'

// iPXE scripts (https://ipxe.org/scripting), one per machine. Written for iPXE of 2019, which Debian ships, and checked
// against it: `a || b` falls back, `a && b ||` goes on in either case, a word that is `;`, `&&` or `||` ends a command,
// a word that begins with `#` ends the line, and `${...}` is expanded anywhere, without any way to quote it.

/** What a boot profile is to the machine that runs it. */
export type BootProfile = Omit<BootProfileView, 'missing'>
/** The part of it that goes into a script. */
export type BootSteps = Pick<BootProfile, 'system' | 'kernel' | 'initrds' | 'commandLine'>

export interface ScriptContext {
  /** `http://192.168.60.1:8080`, without a slash at its end. */
  serverUrl: string
  mac: Mac
  /** Of the few sentences on the machine's own screen. */
  language: Language
  /** Somebody wants to know how fast this machine's cable is: it fetches bytes for nothing before it goes on. */
  measureLink?: boolean
  /** For a Linux profile that is an exam: one more initrd, by its address below the server's, and more words. */
  exam?: { overlay: string; words: ExamWords }
  /** There is a package that prepares an installed Windows. */
  hasWindowsPackage?: boolean
}

/** What an exam adds to the command line, before and after the profile's own words. */
export interface ExamWords {
  first: readonly string[]
  last: readonly string[]
}

/** What initrds are called, for the kernel to find them under UEFI. */
const initrdName = (index: number): string => `initrd${index + 1}`
const examInitrd = 'exam'

/** How often a machine tries before it says that it cannot, and how long it waits in between. */
const attempts = 5
const secondsBetween = 5
/** For how long the last sentence stays before the machine restarts, so that a repaired room boots by itself. */
const millisecondsToRead = 120_000

/** What iPXE knows of the machine from its SMBIOS tables (https://ipxe.org/cfg): its settings, and their names here. */
export const reportedSettings = {
  manufacturer: 'manufacturer',
  product: 'product',
  serial: 'serial',
  asset: 'asset',
  // Strings of the BIOS structure, by type, offset and no length (DSP0134, 7.1).
  biosVersion: 'smbios/0.5.0',
  biosDate: 'smbios/0.8.0',
} as const

/** More slots than a PC has; what more of them hold is not asked. */
export const memorySlots = 8
/** How much each memory module holds: the size of the memory devices, by instance, type, offset and length (DSP0134, 7.18). */
const memorySizes = Array.from({ length: memorySlots }, (_, slot) => `\${smbios/${slot}.17.12.2:hexraw}`).join('.')

/**
 * The first script, the one whose address DHCP hands out: it reports the machine and goes on with its real script.
 *
 * The texts travel as hex bytes: iPXE of 2019 decodes and re-encodes the address itself, after which `&` and `+` from a
 * model name are separators and an accent is `%FFFFFFFFFFFFC3`, whatever `:uristring` made of them.
 */
export function reportScript({ serverUrl, mac, language }: ScriptContext): string {
  const facts = Object.entries(reportedSettings).map(([name, setting]) => `${name}=\${${setting}:hexraw}`)
  const query = [
    'encoding=hex',
    ...facts,
    `memory=${memorySizes}`,
    'uuid=${uuid}',
    'platform=${platform}',
    'arch=${buildarch}',
  ].join('&')
  const say = bootScreen(language, serverUrl)
  return script(
    'set attempt:int32 1',
    ':again',
    `chain --autofree --replace ${serverUrl}${profileScriptPath(mac)}?${query} || goto failed`,
    ...tryAgain(say.scriptFailed, say.scriptGivenUp),
  )
}

/**
 * The machine's real script, by its boot profile.
 * @throws CodedError `boot.profileInvalid` for what no iPXE script can carry safely, see `checkProfile`.
 */
export function profileScript(profile: BootProfile, context: ScriptContext): string {
  checkProfile(profile, context.exam?.words)
  return profile.system === 'localDisk' ? localDiskScript(profile, context) : systemScript(profile, context)
}

/** What a machine asks the person before it. */
export interface BootMenuChoices {
  /** At least the usual one; those behind the code are checked by the server. */
  entries: readonly { profile: BootProfile; needsCode: boolean }[]
  /** What it boots when nobody chooses. */
  usual: BootProfile
  timeoutSeconds: number
}

/**
 * The boot menu. What was chosen is asked of the server, with the technician's code where it takes one: the script knows no
 * code, and the one that is typed travels as hex bytes, as in `reportScript`.
 */
export function menuScript({ entries, usual, timeoutSeconds }: BootMenuChoices, context: ScriptContext): string {
  const { serverUrl, mac, language } = context
  const say = bootScreen(language, serverUrl)
  const ask = (id: number, more = ''): string =>
    `chain --autofree --replace ${serverUrl}${profileScriptPath(mac)}?pick=${id}${more} || goto failed`
  return script(
    'set attempt:int32 1',
    ':menu',
    `menu ${say.menu(mac)}`,
    ...entries.map(({ profile, needsCode }) => `item ${profile.id} ${say.menuEntry(profile.name, needsCode)}`),
    `choose --default ${usual.id} --timeout ${timeoutSeconds * 1000} chosen || goto menu`,
    'goto chosen${chosen}',
    ...entries.flatMap(({ profile: { id }, needsCode }) =>
      needsCode
        ? [
            `:chosen${id}`,
            // iPXE's one way to read a text without showing it; the name that it asks for is not used.
            'clear username',
            'clear password',
            'login || goto menu',
            ask(id, '&encoding=hex&code=${password:hexraw}'),
          ]
        : [`:chosen${id}`, ask(id)],
    ),
    ':again',
    `goto chosen${usual.id}`,
    ...tryAgain(say.scriptFailed, say.scriptGivenUp),
  )
}

/** After a wrong code, or an entry that is gone: back to the menu. */
export function refusedPickScript({ serverUrl, mac, language }: ScriptContext): string {
  return script(
    `echo ${bootScreen(language, serverUrl).wrongCode}`,
    'sleep 3',
    // By way of the report: what a machine says of itself is not forgotten.
    `chain --autofree --replace ${serverUrl}${scriptPath(mac)} || exit 1`,
  )
}

/** For a machine that cannot be given its profile: says so on its screen, then restarts it. */
export function refusalScript(profileName: string, { serverUrl, language }: ScriptContext): string {
  return script(...giveUp(bootScreen(language, serverUrl).profileUnusable(profileName)))
}

function systemScript(profile: BootProfile, context: ScriptContext): string {
  const { serverUrl, mac, language } = context
  const say = bootScreen(language, serverUrl)
  const initrds =
    profile.system === 'windows'
      ? profile.initrds.map((path) => ({ name: baseName(path), address: filePath(path) }))
      : initrdsApart(profile.initrds).map((path, index) => ({ name: initrdName(index), address: filePath(path) }))
  const ofMachine =
    profile.system === 'windows' ? winpeFileNames({ ...profile, hasPackage: context.hasWindowsPackage === true }) : []
  const fetch = (command: string, address: string, rest: string[]): string[] => [
    `set step ${address}`,
    [command, serverUrl + address, ...rest].join(' ').trimEnd() + ' || goto failed',
  ]
  return script(
    `echo ${say.starting(profile.name, mac)}`,
    ...linkTest(context),
    'set attempt:int32 1',
    ':again',
    'imgfree',
    ...fetch('kernel', filePath(profile.kernel), commandLine(profile, context)),
    ...[...initrds, ...ofMachine.map((name) => ({ name, address: winpeFilePath(mac, name) }))].flatMap(
      // wimboot under BIOS takes the name from the image's argument, under UEFI from `--name`.
      ({ name, address }) => fetch(`initrd --name ${name}`, address, profile.system === 'windows' ? [name] : []),
    ),
    // Last: of what several initrds hold, the kernel keeps the last.
    ...(context.exam && profile.system === 'linux'
      ? [`set step ${examInitrd}`, `initrd --name ${examInitrd} ${serverUrl}${context.exam.overlay} || goto failed`]
      : []),
    `set step ${say.kernelStart}`,
    'boot || goto failed',
    ...tryAgain(say.stepFailed, say.stepGivenUp),
  )
}

/** The server sees how long it took; whatever comes of it, the boot goes on. */
const linkTest = ({ serverUrl, language, measureLink }: ScriptContext): string[] =>
  measureLink
    ? [
        `echo ${bootScreen(language, serverUrl).measuringLink}`,
        `imgfetch ${serverUrl}/${linkTestPath}?mb=${linkTestMbAtBoot} ||`,
        'imgfree ||',
      ]
    : []

/**
 * The words after the kernel's address.
 * @param loaderWords what the loader that starts it needs beside them.
 */
export function kernelArguments(
  profile: BootSteps,
  { serverUrl, mac, exam }: Omit<ScriptContext, 'language'>,
  loaderWords: readonly string[] = [],
): string[] {
  const own = words(profile.commandLine.replaceAll('{server}', serverUrl).replaceAll('{mac}', mac))
  if (profile.system === 'windows') return own
  return [
    ...(exam?.words.first ?? []),
    ...own,
    ...(exam?.words.last ?? []),
    ...loaderWords,
    // 01 is Ethernet (RFC 1700); pxelinux's way to tell the system which NIC it was booted from.
    `BOOTIF=01-${mac.replaceAll(':', '-')}`,
    `amorce.server=${serverUrl}`,
    `amorce.mac=${mac}`,
  ]
}

/** Under UEFI the kernel asks iPXE for its initrds by these names; under BIOS they change nothing. */
const commandLine = (profile: BootSteps, context: Omit<ScriptContext, 'language'>): string[] =>
  kernelArguments(profile, context, [
    ...initrdsApart(profile.initrds).map((_, index) => `initrd=${initrdName(index)}`),
    ...(context.exam ? [`initrd=${examInitrd}`] : []),
  ])

function localDiskScript(profile: BootProfile, context: ScriptContext): string {
  const { serverUrl, mac, language } = context
  const say = bootScreen(language, serverUrl)
  return script(
    `echo ${say.starting(profile.name, mac)}`,
    ...linkTest(context),
    'iseq ${platform} efi && goto next ||',
    `sanboot --no-describe --drive 0x80 || echo ${say.noLocalDisk}`,
    'sleep 5',
    ':next',
    // Not 0: after a success a UEFI boot manager may show its menu, after a failure it tries the next entry, the disk
    // (UEFI 2.10 section 3.1.1).
    'exit 1',
  )
}

/** Where a step that failed goes: bounded attempts, then a sentence that stays on the screen. */
function tryAgain(failed: string, givenUp: string): string[] {
  return [
    ':failed',
    `echo ${failed} (\${errno}) [\${attempt}/${attempts}]`,
    `iseq \${attempt} ${attempts} && goto givenUp || inc attempt || goto givenUp`,
    `sleep ${secondsBetween}`,
    'goto again',
    ':givenUp',
    ...giveUp(givenUp),
  ]
}

const giveUp = (sentence: string): string[] => [
  `echo ${sentence}`,
  `prompt --timeout ${millisecondsToRead} ||`,
  'reboot || exit 1',
]

const script = (...lines: string[]): string => ['#!ipxe', ...lines, ''].join('\n')

const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '')

const baseName = (path: string): string => path.slice(path.lastIndexOf('/') + 1)

/** What makes a profile unusable: `details.reason` of `boot.profileInvalid`. */
export type ProfileFault =
  | 'kernelMissing'
  /** iPXE mangles other characters than printable ASCII, in file names as in command lines. */
  | 'notAscii'
  /** `${`: iPXE would replace it with one of its settings. */
  | 'expansion'
  /** A word that is `;`, `&&`, `||` or begins with `#`: iPXE would end the command there. */
  | 'separator'
  /** `initrd=` is added by itself, with the names that the kernel will find. */
  | 'initrdArgument'
  /** wimboot tells its files apart by their names alone, and a space would cut one short. */
  | 'fileNameUnusable'
  /** Longer than the 2047 characters that a Linux kernel reads. */
  | 'tooLong'

/** The longest addresses there can be, so that what fits here fits on every network. */
const longestContext = { serverUrl: 'http://255.255.255.255:65535', mac: 'ff:ff:ff:ff:ff:ff' }
const longestCommandLine = 2047

/**
 * @throws CodedError `boot.profileInvalid` with `details: { field, reason: ProfileFault, value? }` when iPXE could not carry
 *   out the profile as it is written.
 * @param examWords what an exam would add to it.
 */
export function checkProfile(profile: BootSteps, examWords?: ExamWords): void {
  if (profile.system === 'localDisk') return
  const fault = (field: string, reason: ProfileFault, value: string): CodedError =>
    new CodedError('boot.profileInvalid', `${field}: ${reason}: ${value}`, { field, reason, value })

  if (profile.kernel === '') throw fault('kernel', 'kernelMissing', '')
  if (!isPrintableAscii(profile.kernel)) throw fault('kernel', 'notAscii', profile.kernel)
  const seen = new Set<string>()
  for (const path of profile.initrds) {
    if (!isPrintableAscii(path)) throw fault('initrds', 'notAscii', path)
    if (profile.system !== 'windows') continue
    const name = baseName(path).toLowerCase()
    if (!/^[\w.+-]+$/.test(name) || seen.has(name)) throw fault('initrds', 'fileNameUnusable', path)
    seen.add(name)
  }

  if (!isPrintableAscii(profile.commandLine)) throw fault('commandLine', 'notAscii', profile.commandLine)
  if (profile.commandLine.includes('${')) throw fault('commandLine', 'expansion', '${')
  for (const word of words(profile.commandLine)) {
    if (/^(;|&&|\|\||#.*)$/.test(word)) throw fault('commandLine', 'separator', word)
    if (word.startsWith('initrd=')) throw fault('commandLine', 'initrdArgument', word)
  }
  // Under UEFI iPXE puts the kernel's name before it.
  const exam = examWords && { overlay: '', words: examWords }
  const whole = [baseName(profile.kernel), ...commandLine(profile, { ...longestContext, exam })].join(' ')
  if (whole.length > longestCommandLine) throw fault('commandLine', 'tooLong', String(whole.length))
}

const isPrintableAscii = (text: string): boolean => /^[ -~]*$/.test(text)
