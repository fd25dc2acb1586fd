import { importIsc, type ImportItem, type ImportPreview } from '../dhcp/index.ts'
import type { CliWords } from './words.ts'

export interface CheckResult {
  /** For stdout and stderr, each ending with a newline unless empty. */
  out: string
  err: string
  /** 1 when the file has errors. */
  code: 0 | 1
}

/** What `amorce check` says of a file. */
export function check(file: string, bytes: Uint8Array, words: CliWords, json: boolean): CheckResult {
  const preview = importIsc(bytes)
  const code = preview.errors.length === 0 ? 0 : 1
  return json
    ? { out: `${JSON.stringify(toJson(file, preview, words), undefined, 2)}\n`, err: '', code }
    : { out: reportOf(file, preview, words), err: errorsOf(file, bytes, preview, words), code }
}

const toJson = (file: string, { plan, taken, ownWay, notTaken, errors }: ImportPreview, words: CliWords): object => {
  const worded = <Reason extends string>(items: ImportItem<Reason>[], said: Record<Reason, string>): object[] =>
    items.map((item) => ({ ...item, message: said[item.reason] }))
  return {
    file,
    ok: errors.length === 0,
    errors: worded(errors, words.errors),
    notTaken: worded(notTaken, words.notTaken),
    ownWay: worded(ownWay, words.ownWay),
    taken: worded(taken, words.taken),
    plan,
  }
}

function reportOf(file: string, { taken, ownWay, notTaken }: ImportPreview, words: CliWords): string {
  const sections = [
    ...section(words.takenTitle, taken, words.taken, words),
    ...section(words.ownWayTitle, ownWay, words.ownWay, words),
    ...section(words.notTakenTitle, notTaken, words.notTaken, words),
    words.summary(printable(file), taken.length, ownWay.length, notTaken.length),
  ]
  return `${sections.join('\n')}\n`
}

const section = <Reason extends string>(
  title: string,
  items: readonly ImportItem<Reason>[],
  said: Record<Reason, string>,
  words: CliWords,
): string[] => {
  if (items.length === 0) return []
  const width = Math.max(...lastFew(items).map((item) => placeOf(item).length))
  const lines = items.map((item) => `  ${placeOf(item).padEnd(width)}  ${sentenceOf(item, said, words)}`)
  return [title, ...lines, '']
}

/** Items are in the file's order, so that the widest places are at the end. */
const lastFew = <Item>(items: readonly Item[]): readonly Item[] => items.slice(-100)

/** As compilers and dhcpd have it: the place, what is wrong, the line and a mark under it. */
function errorsOf(file: string, bytes: Uint8Array, { errors }: ImportPreview, words: CliWords): string {
  if (errors.length === 0) return ''
  const lines = new TextDecoder().decode(bytes).split('\n')
  const shown = errors.flatMap((error) => [
    `${printable(file)}:${placeOf(error)}: ${words.error}: ${sentenceOf(error, words.errors, words)}`,
    ...excerptOf(lines[error.line - 1], error.column),
  ])
  return `${[...shown, words.errorSummary(printable(file), errors.length)].join('\n')}\n`
}

const widestExcerpt = 120

function excerptOf(line: string | undefined, column: number): string[] {
  if (!line || line.length > widestExcerpt || line.includes('\0')) return []
  return [`  ${printable(line)}`, `  ${' '.repeat(column - 1)}^`]
}

const placeOf = ({ line, column }: { line: number; column: number }): string => `${line}:${column}`

const sentenceOf = <Reason extends string>(
  { reason, subject }: ImportItem<Reason>,
  said: Record<Reason, string>,
  { about }: CliWords,
): string => (subject === '' ? said[reason] : about(said[reason], printable(subject)))

/** A file may hold what would move a terminal's cursor or change its colours. */
const printable = (text: string): string => text.replace(/\p{Cc}|\p{Cf}/gu, ' ')
