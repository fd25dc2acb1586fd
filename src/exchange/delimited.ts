import Papa from 'papaparse'
import { CodedError, separators, type Separator } from '../contract/index.ts'

/** A table wider than this is no table of equipment. */
export const mostColumns = 300

/**
 * The rows of a delimited text (RFC 4180), those without any content left out but counted: a row's index is its number in a
 * spreadsheet, less one.
 */
export function readDelimited(text: string, wanted?: Separator): { rows: string[][]; separator: Separator } {
  const { text: body, separator: said } = withoutSeparatorLine(text)
  const separator = wanted ?? said ?? detectSeparator(body)
  const { data } = Papa.parse<string[]>(body, { delimiter: separator, quoteChar: '"', escapeChar: '"' })
  if (data.some((row) => row.length > mostColumns))
    throw new CodedError('exchange.fileTooLarge', `more than ${mostColumns} columns`, { columns: mostColumns })
  return { rows: data.map((row) => row.map(withoutGuard)), separator }
}

/** Excel's first line `sep=;`. */
function withoutSeparatorLine(text: string): { text: string; separator?: Separator } {
  const match = /^sep=(.)\r?\n/i.exec(text)
  const separator = separators.find((candidate) => candidate === match?.[1])
  return match && separator ? { text: text.slice(match[0].length), separator } : { text }
}

/** The one that parts the first lines into the most columns of equal number. */
export function detectSeparator(text: string): Separator {
  const sample = text.slice(0, 64 * 1024)
  const scores = separators.map((separator) => {
    const { data } = Papa.parse<string[]>(sample, { delimiter: separator, preview: 20, skipEmptyLines: true })
    const widths = data.map((row) => row.length)
    const head = widths[0] ?? 1
    const alike = widths.filter((width) => width === head).length / Math.max(widths.length, 1)
    return { separator, score: head === 1 ? 0 : head * alike }
  })
  return scores.reduce((best, candidate) => (candidate.score > best.score ? candidate : best)).separator
}

const plainNumber = /^[+-]?\d+([.,]\d+)?$/
const wouldBeFormula = /^'*[=+\-@\t\r]/

/**
 * A text that a spreadsheet would take for a formula gets an apostrophe before it, which `withoutGuard` takes away again:
 * what comes from outside must not run on the desk of whoever opens the file (OWASP, CSV injection).
 */
export const withGuard = (text: string): string =>
  wouldBeFormula.test(text) && !plainNumber.test(text) ? `'${text}` : text

export const withoutGuard = (text: string): string => (/^'+[=+\-@\t\r]/.test(text) ? text.slice(1) : text)
