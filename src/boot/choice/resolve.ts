import { bootSources, type BootScope, type BootSource } from '../../contract/index.ts'
import type { BootProfile } from '../script.ts'

/** What one rule asks for. */
export interface AskedBoot {
  ruleId: number
  profile: BootProfile | 'menu'
  /** When a person asked for it. */
  since: number
}

/** Everything that bears on what one machine boots. */
export interface BootSituation {
  /** The rules about this machine; `once` only while its one boot is still to come, or under way. */
  rules: Partial<Record<BootScope, { once?: AskedBoot; always?: AskedBoot }>>
  /** What the sitting that is held where the machine stands says itself. */
  sitting?: BootProfile
  default: BootProfile
  everyday: BootProfile
  /** When the exam in this machine's room ended; undefined while one is prepared or held, or none was. */
  overSince?: number
}

/** A step of the ladder that says something. */
interface Rung {
  source: BootSource
  once: boolean
  profile: BootProfile | 'menu'
  ruleId?: number
  since?: number
}

export interface BootDecision {
  source: BootSource
  ruleId?: number
  once: boolean
  /** With a menu: what it boots when nobody chooses. */
  profile: BootProfile
  isMenu: boolean
  /** What the rule asks for, where its exam is over. */
  over?: BootProfile
  overruled: Rung[]
}

/**
 * What a machine boots: machine before seat before group before sitting before room before the default, and in each of them
 * the next boot before always. A menu stands for what the steps below it say. An exam that is over is not booted again: the
 * machine goes back to everyday, unless somebody asked for it after the end.
 */
export function resolveBoot(situation: BootSituation): BootDecision {
  const rungs = ladder(situation)
  const [first, ...rest] = rungs as [Rung, ...Rung[]]
  const asked = rungs.find((rung): rung is Rung & { profile: BootProfile } => rung.profile !== 'menu')!
  const isOver =
    situation.overSince !== undefined &&
    asked.profile.purpose === 'exam' &&
    (asked.since === undefined || asked.since < situation.overSince)
  return {
    source: first.source,
    ...(first.ruleId !== undefined && { ruleId: first.ruleId }),
    once: first.once,
    profile: isOver ? situation.everyday : asked.profile,
    isMenu: first.profile === 'menu',
    ...(isOver && { over: asked.profile }),
    overruled: rest.filter(({ profile }) => profile !== first.profile),
  }
}

/** Every step that says something, the one that decides first; the default is always there. */
function ladder({ rules, sitting, default: usual }: BootSituation): Rung[] {
  return bootSources.flatMap((source): Rung[] => {
    if (source === 'default') return [{ source, once: false, profile: usual }]
    if (source === 'sitting') return sitting ? [{ source, once: false, profile: sitting }] : []
    const { once, always } = rules[source] ?? {}
    return [once && { source, once: true, ...once }, always && { source, once: false, ...always }].filter(
      (rung) => rung !== undefined,
    )
  })
}
