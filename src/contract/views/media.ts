import type { ProfileInput } from '../channels/boot.ts'

/** What a medium turned out to be. */
export const mediaFamilies = [
  'debianLive',
  'lernstick',
  'casper',
  'fedoraLive',
  'debianNetboot',
  'windows',
  'memtest',
] as const
export type MediaFamily = (typeof mediaFamilies)[number]

/** Why nothing can be taken from a medium. */
export const mediaProblems = [
  /** Nothing in it that any family has. */
  'unknown',
  /** A Debian installation image: its initrd looks for the disc. The netboot tree does not. */
  'installerImage',
  /** A `.wim` alone has no BCD and no boot.sdi, and none are among the boot files yet. */
  'wimAlone',
  /** Of a known family, but files are not there that it must have. */
  'incomplete',
] as const
export type MediaProblem = (typeof mediaProblems)[number]

export interface MediaFile {
  /** In the medium; empty for the medium itself, taken whole. */
  from: string
  /** Below the new folder. */
  to: string
  /** Bytes. */
  size: number
}

/** What would be taken from a medium, before anything is. */
export interface MediaDraft {
  /** File or folder, as it was chosen. */
  source: string
  family?: MediaFamily
  problem?: MediaProblem
  /** Files that its family must have and that it does not. */
  missing: string[]
  /** Where its files go, below the boot-file folder. */
  folder: string
  files: MediaFile[]
  /** MiB that a PC needs to run it, about. */
  memoryMiB: number
  /** PCs in service of the stock that are known to have less. */
  tooSmall: number
  /** wimboot is not among the boot files: nothing of Windows starts without it. */
  needsWimboot: boolean
  profile?: ProfileInput
}

export interface MediaProgress {
  phase: 'reading' | 'copying'
  /** Bytes. */
  done: number
  total: number
}

export interface TakenFile {
  /** Below the boot-file folder. */
  path: string
  size: number
  sha256: string
}

export interface MediaResult {
  profileId: number
  files: TakenFile[]
}

/** What may be wrong with a profile's files. */
export const profileFindings = [
  'missing',
  'empty',
  'notAKernel',
  'notAnInitrd',
  'notASquashfs',
  'notAWim',
  'notABcd',
  'notASdi',
  'wimbootMissing',
  'notWimboot',
  /** It ends in the middle, or holds what no archive does. */
  'initrdDamaged',
  /** The profile has exam rules, and its initramfs is of a make that the exam's overlay does not lock. */
  'initramfsNotLockable',
] as const
export type ProfileFinding = (typeof profileFindings)[number]

/** How the initramfs of a Linux profile was made. */
export const initramfsKinds = [
  /** By initramfs-tools, with live-boot, casper, or neither. */
  'liveBoot',
  'casper',
  'initramfsTools',
  'dracut',
  /** In another way: no exam can be laid over it. */
  'other',
  /** It was not looked into: packed in a way that cannot be read here (lzo), or not to its end. */
  'unread',
] as const
export type InitramfsKind = (typeof initramfsKinds)[number]

/** A profile, looked at before the room depends on it. */
export interface ProfileCheckView {
  findings: { finding: ProfileFinding; path: string }[]
  /** Absent where there is none to look into. */
  initramfs?: InitramfsKind
  /** Bytes of all the files it names. */
  bytes: number
  memoryMiB: number
  /** PCs in service of the stock that are known to have less. */
  tooSmall: number
}
