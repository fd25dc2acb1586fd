import { describe, expect, it } from 'vitest'
import type { ExamView, NicView, PreflightView, Verdict } from '../../src/contract/index.ts'
import { examFace, preflightSummary } from './examFace.ts'

const idle: ExamView = { phase: 'idle', simulated: false }
const nics: NicView[] = [{ name: 'enp0s8', kind: 'ethernet', addresses: [], link: 'up' }]
const checks = (...verdicts: Verdict[]): PreflightView => ({
  ranAt: 0,
  nic: 'enp0s8',
  running: false,
  lines: verdicts.map((verdict) => ({ check: 'nic', verdict, finding: 'nic.ok', details: {} })),
})
const failed = (code: 'exam.startFailed' | 'exam.preflightFailed'): ExamView => ({
  ...idle,
  error: { code, message: '', details: {} },
})

describe('the button', () => {
  it.each([
    ['no NIC was chosen', examFace(idle, '', nics, undefined), { kind: 'chooseNic' }],
    ['the chosen NIC is gone', examFace(idle, 'eth9', nics, undefined), { kind: 'chooseNic' }],
    ['nothing speaks against it', examFace(idle, 'enp0s8', nics, checks('ok')), { kind: 'ready', checking: false }],
    [
      'a check blocks, whatever else warns',
      examFace(idle, 'enp0s8', nics, checks('warning', 'blocked')),
      { kind: 'blocked', severity: 'blocked', line: { verdict: 'blocked' } },
    ],
    [
      'a check warns',
      examFace(idle, 'enp0s8', nics, checks('ok', 'warning')),
      { kind: 'blocked', severity: 'warning', line: { verdict: 'warning' } },
    ],
    [
      'the last start failed',
      examFace(failed('exam.startFailed'), 'enp0s8', nics, checks('ok')),
      { kind: 'blocked', error: { code: 'exam.startFailed' } },
    ],
    [
      'the checks that refused the last start are settled now',
      examFace(failed('exam.preflightFailed'), 'enp0s8', nics, checks('ok')),
      { kind: 'ready' },
    ],
    [
      'it is starting',
      examFace({ ...idle, phase: 'starting', step: 'starting' }, 'enp0s8', nics, checks('blocked')),
      { kind: 'starting', stopping: false, step: 'starting' },
    ],
    [
      'it is stopping',
      examFace({ ...idle, phase: 'stopping' }, '', [], undefined),
      { kind: 'starting', stopping: true },
    ],
    [
      'it runs, even when the NIC has gone',
      examFace({ ...idle, phase: 'running', startedAt: 5 }, '', [], undefined),
      { kind: 'running', startedAt: 5 },
    ],
  ])('when %s', (_, face, expected) => {
    expect(face).toMatchObject(expected)
  })

  it('does not hold the checks of another NIC against this one', () => {
    expect(examFace(idle, 'enp0s8', nics, { ...checks('blocked'), nic: 'wlan0' })).toMatchObject({ kind: 'ready' })
  })
})

it('sums the checks up by the worst of them', () => {
  expect(preflightSummary(checks('ok', 'warning', 'blocked', 'blocked'))).toEqual({ verdict: 'blocked', count: 2 })
  expect(preflightSummary(checks('ok', 'ok'))).toEqual({ verdict: 'ok', count: 2 })
  expect(preflightSummary(undefined)).toEqual({ verdict: 'pending', count: 0 })
})
