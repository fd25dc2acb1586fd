import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from '../../tools/run.mjs'

/** One fault that was provoked, and what the console said of it. */
export interface Verdict {
  /** Its number among the causes; 0 for a healthy room. */
  cause: number
  fault: string
  expected: string
  /** The first verdict that was shown; `none`. */
  found: string
  /** From 0 to 1. */
  confidence: number
  /** Seconds from the fault's last packet to the verdict. */
  seconds: number
}

const folder = join(projectRoot, 'test-results', 'faults')

export const forgetVerdicts = (): void => rmSync(folder, { recursive: true, force: true })

/** On the disk: the test runner starts anew after a failure. */
export function noteVerdict(verdict: Verdict): void {
  mkdirSync(folder, { recursive: true })
  writeFileSync(
    join(folder, `${String(verdict.cause).padStart(2, '0')}-${verdict.fault}.json`),
    JSON.stringify(verdict),
  )
}

const verdicts = (): Verdict[] =>
  existsSync(folder)
    ? readdirSync(folder)
        .sort()
        .map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Verdict)
    : []

/** What was provoked down, what was said across; everything on the diagonal is as it should be. */
export function confusionMatrix(): string {
  const all = verdicts()
  const columns = [...new Set(all.flatMap(({ expected, found }) => [expected, found]))]
  const numbered = columns.map((name, index) => `${String.fromCharCode(97 + index)} ${name}`)
  const rows = [...new Set(all.map(({ expected }) => expected))].map((expected) => {
    const counts = columns.map((found) => all.filter((one) => one.expected === expected && one.found === found).length)
    return `| ${expected} | ${counts.map((count) => count || '').join(' | ')} |`
  })
  const head = `| provoked | ${columns.map((_, index) => String.fromCharCode(97 + index)).join(' | ')} |`
  const rule = `| --- | ${columns.map(() => '---').join(' | ')} |`
  const each = all.map(
    ({ cause, fault, expected, found, confidence, seconds }) =>
      `| ${cause || '-'} | ${fault} | ${expected} | ${found} | ${Math.round(confidence * 100)}% | ${seconds.toFixed(1)} |`,
  )
  return [
    '# The fault gallery',
    '',
    'Made by `npm run test:faults` (root, Linux): each cause really provoked in network namespaces, and what the console said',
    'first. Written here when `AMORCE_WRITE_DOCS=1`.',
    '',
    '| no. | fault | expected | first verdict | sure | seconds after the evidence |',
    '| --- | --- | --- | --- | --- | --- |',
    ...each,
    '',
    `Columns: ${numbered.join(', ')}.`,
    '',
    head,
    rule,
    ...rows,
    '',
  ].join('\n')
}

export function writeConfusionMatrix(): void {
  writeFileSync(join(projectRoot, 'docs', 'fault-gallery.md'), confusionMatrix())
}
