import type { ExamView, NicView, PreflightLine, PreflightView, WireError } from '../../src/contract/index.ts'

/** The five faces of the Exam mode button. */
export type ExamFace =
  | { kind: 'chooseNic' }
  | { kind: 'ready'; nic: string; checking: boolean }
  | { kind: 'starting'; stopping: boolean; step?: ExamView['step'] }
  | { kind: 'running'; startedAt: number }
  | { kind: 'blocked'; severity: 'blocked' | 'warning'; line?: PreflightLine; error?: WireError }

/** What the button says, from what is known. It never promises a start that a check is known to refuse. */
export function examFace(
  exam: ExamView,
  chosenNic: string,
  nics: readonly NicView[],
  preflight: PreflightView | undefined,
): ExamFace {
  if (exam.phase === 'running') return { kind: 'running', startedAt: exam.startedAt ?? Date.now() }
  if (exam.phase !== 'idle') return { kind: 'starting', stopping: exam.phase === 'stopping', step: exam.step }
  if (!chosenNic || !nics.some((nic) => nic.name === chosenNic)) return { kind: 'chooseNic' }

  const lines = preflight?.nic === chosenNic ? preflight.lines : []
  const blocking = lines.find((line) => line.verdict === 'blocked')
  if (blocking) return { kind: 'blocked', severity: 'blocked', line: blocking }
  // The checks speak for themselves; any other failed start is still the last thing known.
  if (exam.error && exam.error.code !== 'exam.preflightFailed')
    return { kind: 'blocked', severity: 'blocked', error: exam.error }
  const warning = lines.find((line) => line.verdict === 'warning')
  if (warning) return { kind: 'blocked', severity: 'warning', line: warning }
  return { kind: 'ready', nic: chosenNic, checking: preflight?.running ?? false }
}

/** The worst verdict of the checks, and how many lines have it. */
export function preflightSummary(preflight: PreflightView | undefined): {
  verdict: 'ok' | 'warning' | 'blocked' | 'pending'
  count: number
} {
  const lines = preflight?.lines ?? []
  for (const verdict of ['blocked', 'warning', 'pending'] as const) {
    const count = lines.filter((line) => line.verdict === verdict).length
    if (count > 0) return { verdict, count }
  }
  return lines.length === 0 ? { verdict: 'pending', count: 0 } : { verdict: 'ok', count: lines.length }
}
