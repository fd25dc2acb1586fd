import type { Mac } from '../events.ts'
import type { ProgramSigner } from './boot.ts'

/** What a rule is about, the most particular first. Each has its words under `bootScope.<scope>`. */
export const bootScopes = ['machine', 'seat', 'group', 'room'] as const
export type BootScope = (typeof bootScopes)[number]

/** Where a decision came from, the most particular first. Each has its words under `bootRule.<source>`. */
export const bootSources = ['machine', 'seat', 'group', 'sitting', 'room', 'default'] as const
export type BootSource = (typeof bootSources)[number]

/** What a rule is about, by its scope. */
export type BootRuleTarget =
  | { scope: 'machine'; mac: Mac }
  | { scope: 'seat'; seatId: number }
  /** The candidates of one group of one sitting, wherever they are seated. */
  | { scope: 'group'; sittingId: number; group: string }
  | { scope: 'room'; roomId: number }

export type BootRuleView = BootRuleTarget & {
  id: number
  /** Absent: the machine shows the boot menu. */
  profileId?: number
  /** For the next boot of each machine only. */
  once: boolean
  /** How many machines have had their one boot of it. */
  uses: number
  createdAt: number
}

export interface BootMenuView {
  /** After which the machine boots without being asked. */
  timeoutSeconds: number
  /** Whether everything but what it boots anyway asks for the technician's code. */
  hasCode: boolean
}

export interface BootChoicesView {
  rules: BootRuleView[]
  menu: BootMenuView
}

/** What the machine of one candidate boots: a profile, the menu, or what it would without a rule of its own. */
export interface CandidateBoot {
  candidateId: number
  /** Null: the boot menu. */
  profileId: number | null | 'none'
}

/** A choice for several machines that was made. */
export interface SeveralBootsView {
  choices: BootChoicesView
  /** What to ask for to have it as it was. */
  before: CandidateBoot[]
}

/** What a machine boots the next time that it asks, and why. */
export interface BootDecisionView {
  source: BootSource
  /** The rule that decided; none for a sitting's own profile and the default. */
  ruleId?: number
  once: boolean
  /** What is booted, in the menu's case when nobody chooses. */
  profileId: number
  profileName: string
  isMenu: boolean
  /** The name of the profile that the rule asks for, where its exam is over and the machine goes back to everyday. */
  over?: string
  /** The exam rules that it is locked down by: those of the profile, or of the sitting of that title. Absent for none. */
  examRules?: 'profile' | { sitting: string }
  /** Rules that say something else, and do not count. */
  overruled: { source: BootSource; once: boolean; profileName?: string }[]
}

/** Whether a machine is handed signed loaders. Each has its words under `chainChoice.<choice>`. */
export const chainChoices = ['auto', 'signed', 'plain'] as const
export type ChainChoice = (typeof chainChoices)[number]

/**
 * What the signed chain cannot do for this machine and its profile. Each has its words under `chainLimit.<limit>`.
 *
 * - `unsignedKernel`: nobody signed the kernel.
 * - `foreignKernel`: another than who signed the GRUB that is to start it, whose shim knows nobody else.
 * - `windows`: wimboot is not signed.
 * - `menu`: the technician's code cannot be asked for: what needs it is left out.
 * - `missing`: the signed loaders have not been fetched.
 */
export const chainLimits = ['unsignedKernel', 'foreignKernel', 'windows', 'menu', 'missing'] as const
export type ChainLimit = (typeof chainLimits)[number]

export interface ChainView {
  choice: ChainChoice
  /** What it is handed the next time. */
  isSigned: boolean
  /** Its boots showed that it refuses unsigned loaders. */
  needsSigned: boolean
  limits: ChainLimit[]
  /** Of the kernel of what it boots next, where Secure Boot asks who signed it. */
  kernelSigner?: ProgramSigner
}
