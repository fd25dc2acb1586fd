// The words of dhcpd.conf(5). Nothing in here throws: what is no word becomes a problem with its place.

export interface Place {
  /** From 1. */
  line: number
  /** From 1, in characters. */
  column: number
}

export interface Token extends Place {
  /** `word`: names, numbers, addresses. `mark`: one character, or `!=` and `~=` and the like. */
  kind: 'word' | 'string' | 'mark'
  /** A string's content, its escapes undone. */
  text: string
  /** The column behind it. */
  endColumn: number
}

export const syntaxReasons = [
  'tooLarge',
  'binary',
  'unexpectedCharacter',
  'unterminatedString',
  'badString',
  'semicolonExpected',
  'braceExpected',
  'unexpectedBrace',
  'unclosedBlock',
  'tooDeep',
  'tooManyProblems',
] as const
export type SyntaxReason = (typeof syntaxReasons)[number]

export interface SyntaxProblem extends Place {
  reason: SyntaxReason
  /** The word or the character it is about. */
  subject: string
}

const word = /[\p{L}\p{N}_.-]+/uy
const space = /[^\S\n]+/uy
const mark = /!=|~=|~~|[{}();,:=+*/%|&^!<>~?-]/uy
const junk = /[^\s\p{L}\p{N}_."#{}();,:=+*/%|&^!<>~?-]+/uy
const escapes: Record<string, number> = { t: 9, r: 13, n: 10, b: 8 }
const utf8 = new TextDecoder('utf-8', { fatal: true })

/** After so many, what is read is no configuration. */
export const mostSyntaxProblems = 100

/** Stops when what it reads shows itself to be no text at all. */
export function lex(source: string): { tokens: Token[]; problems: SyntaxProblem[] } {
  const tokens: Token[] = []
  const problems: SyntaxProblem[] = []
  let at = 0
  let line = 1
  let lineStart = 0
  const place = (): Place => ({ line, column: at - lineStart + 1 })
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    return pattern.exec(source)?.[0]
  }

  const nul = source.indexOf('\0')
  if (nul >= 0) {
    const before = source.slice(0, nul)
    const problemLine = before.split('\n').length
    const column = nul - (before.lastIndexOf('\n') + 1) + 1
    return { tokens, problems: [{ reason: 'binary', subject: '', line: problemLine, column }] }
  }

  while (at < source.length && problems.length < mostSyntaxProblems) {
    const character = source[at]
    if (character === '\n') {
      at++
      line++
      lineStart = at
    } else if (character === '#') {
      const end = source.indexOf('\n', at)
      at = end < 0 ? source.length : end
    } else if (character === '"') {
      const start = place()
      const read = readString(source, at + 1)
      if (read.text === undefined) problems.push({ reason: read.reason, subject: '', ...start })
      at = read.end
      tokens.push({ kind: 'string', text: read.text ?? '', ...start, endColumn: place().column })
    } else {
      const blank = match(space)
      if (blank !== undefined) {
        at += blank.length
        continue
      }
      const text = match(word) ?? match(mark)
      if (text !== undefined) {
        const start = place()
        at += text.length
        const kind = /^[\p{L}\p{N}_.-]/u.test(text) ? 'word' : 'mark'
        tokens.push({ kind, text, ...start, endColumn: place().column })
        continue
      }
      const unknown = match(junk) ?? source.slice(at, at + 1)
      problems.push({ reason: 'unexpectedCharacter', subject: unknown.slice(0, 20), ...place() })
      at += unknown.length
    }
  }
  if (problems.length >= mostSyntaxProblems) problems.push({ reason: 'tooManyProblems', subject: '', ...place() })
  return { tokens, problems }
}

type ReadString =
  { text: string; end: number } | { text: undefined; reason: 'unterminatedString' | 'badString'; end: number }

/**
 * A string ends on its line. dhcpd lets it run on, but then one forgotten quote swallows everything down to the next
 * one, and the error is shown far from where it is.
 */
function readString(source: string, start: number): ReadString {
  const bytes: number[] = []
  let plain = ''
  const flush = () => {
    if (plain) for (const byte of Buffer.from(plain, 'utf8')) bytes.push(byte)
    plain = ''
  }
  let at = start
  while (at < source.length && source[at] !== '\n') {
    const character = source[at] ?? ''
    if (character === '"') {
      flush()
      try {
        return { text: utf8.decode(Uint8Array.from(bytes)), end: at + 1 }
      } catch {
        return { text: undefined, reason: 'badString', end: at + 1 }
      }
    }
    if (character !== '\\') {
      plain += character
      at++
      continue
    }
    const numeric = /^(?:x([0-9a-f]{1,2})|([0-3]?[0-7]{1,2}))/i.exec(source.slice(at + 1, at + 4))
    const next = source[at + 1] ?? ''
    if (numeric) {
      flush()
      bytes.push(numeric[1] === undefined ? Number.parseInt(numeric[2] ?? '0', 8) : Number.parseInt(numeric[1], 16))
      at += 1 + numeric[0].length
    } else if (next === '\n' || next === '') {
      at++
    } else {
      const code = escapes[next]
      plain += code === undefined ? next : String.fromCharCode(code)
      at += 2
    }
  }
  return { text: undefined, reason: 'unterminatedString', end: at }
}
