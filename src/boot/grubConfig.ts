import type { Ipv4 } from '../contract/index.ts'
import { bootScreen } from './bootScreen.ts'
import { initrdsApart } from './initrdsApart.ts'
import { checkProfile, kernelArguments, type BootMenuChoices, type BootProfile, type ScriptContext } from './script.ts'

// GRUB configurations (GNU GRUB manual 2.06), one per machine, for the signed chain. The GRUB that Debian signs has its
// modules inside and loads none; it starts nothing that the machine's keys do not vouch for.

export interface GrubContext extends ScriptContext {
  /** Of the TFTP server: GRUB 2.06 speaks HTTP on port 80 alone, and the boot files are on both. */
  serverAddress: Ipv4
}

/** Where an exam's own initrd is for GRUB: whose it is, the address of the machine says. */
export const grubOverlayPath = 'grub/exam.cpio'

/** How long a sentence stays before the machine restarts, so that a repaired room boots by itself. */
const secondsToRead = 120

/**
 * What one machine starts.
 * @throws CodedError `boot.profileInvalid`, see `checkProfile`
 */
export const grubConfig = (profile: BootProfile, context: GrubContext): string => file(...steps(profile, context))

/** The boot menu, without what takes the technician's code: GRUB has no way to ask the server about one. */
export function grubMenu({ entries, usual, timeoutSeconds }: BootMenuChoices, context: GrubContext): string {
  const shown = entries.filter(({ needsCode }) => !needsCode)
  return file(
    `set timeout=${timeoutSeconds}`,
    `set default=${quoted(String(usual.id))}`,
    ...shown.flatMap(({ profile }) => [
      `menuentry ${quoted(profile.name)} --unrestricted --id ${quoted(String(profile.id))} {`,
      ...steps(profile, context).map((line) => `  ${line}`),
      '}',
    ]),
  )
}

/** Where Debian's signed GRUB looks for its configuration once it came over the network. */
export const grubConfigPath = 'grub/grub.cfg'

/** For a GRUB that came on a disk: it knows no address yet, and then goes on as one that came by TFTP. */
export function grubDiskConfig({ serverAddress, serverUrl, language }: Omit<GrubContext, 'mac'>): string {
  const configuration = quoted(`(tftp,${serverAddress})/${grubConfigPath}`)
  return file('net_dhcp', `configfile ${configuration}`, ...refusal(bootScreen(language, serverUrl).noConfiguration))
}

/** For a machine that cannot be given its profile. */
export const grubRefusal = (sentence: string): string => file(...refusal(sentence))

function steps(profile: BootProfile, context: GrubContext): string[] {
  checkProfile(profile)
  const say = bootScreen(context.language, context.serverUrl)
  if (profile.system === 'localDisk') return localDisk
  // wimboot is signed by nobody.
  if (profile.system === 'windows') return refusal(say.notSigned(profile.name))
  const from = (path: string): string => quoted(`(tftp,${context.serverAddress})/${path}`)
  // Last: of what several initrds hold, the kernel keeps the last.
  const initrds = [...initrdsApart(profile.initrds), ...(context.exam ? [grubOverlayPath] : [])]
  return [
    `echo ${quoted(say.starting(profile.name, context.mac))}`,
    `linux ${[from(profile.kernel), ...kernelArguments(profile, context).map(quoted)].join(' ')}`,
    ...(initrds.length > 0 ? [`initrd ${initrds.map(from).join(' ')}`] : []),
    'boot',
    // GRUB goes on after a command that failed: whoever comes here was refused.
    ...refusal(say.notSigned(profile.name)),
  ]
}

/** Windows is signed by Microsoft, whose key is in the firmware; else the firmware's next entry, the disk. */
const localDisk = [
  'search --no-floppy --set=esp --file /EFI/Microsoft/Boot/bootmgfw.efi',
  'if [ -n "$esp" ]; then',
  '  chainloader "($esp)/EFI/Microsoft/Boot/bootmgfw.efi"',
  '  boot',
  'fi',
  'exit',
]

const refusal = (sentence: string): string[] => [
  `echo ${quoted(sentence)}`,
  `sleep --interruptible ${secondsToRead}`,
  'reboot',
]

/**
 * One superuser who has no password: nobody gets GRUB's command line or edits an entry (manual, "Authentication and
 * authorisation"). Entries are started by whoever sits there, `--unrestricted`.
 */
const lockedKeys = 'set superusers=amorce'

const file = (...lines: string[]): string => ['# Amorce', lockedKeys, ...lines, ''].join('\n')

/** Nothing is special between single quotes but the next one. */
const quoted = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`
