import { lex, mostSyntaxProblems, type Place, type SyntaxProblem, type Token } from './iscLexer.ts'

/** `head;` or `head { block }`. */
export interface Statement extends Place {
  /** At least one. */
  head: Token[]
  block?: Statement[]
  /** The line it ends on. */
  endLine: number
}

/** Deeper than any configuration is, and far from where the machine's own stack ends. */
const deepest = 48

/** Statements that end with a semicolon; on a new line, each of them shows that the one before lacks its own. */
const simpleStatements: ReadonlySet<string> = new Set(
  `option range range6 default-lease-time min-lease-time max-lease-time next-server filename server-name hardware
  fixed-address authoritative deny allow ignore include`.split(/\s+/),
)
const blockStatements: ReadonlySet<string> = new Set(['subnet', 'host', 'group', 'pool', 'shared-network', 'class'])

interface OpenBlock {
  statements: Statement[]
  /** Whose block it is; none for the file itself. */
  owner?: Statement
}

/** The file as statements within statements, without knowing what they mean. Never throws, never recurses. */
export function parseStatements(source: string): { statements: Statement[]; problems: SyntaxProblem[] } {
  const { tokens, problems } = lex(source)
  const file: OpenBlock = { statements: [] }
  const open: OpenBlock[] = [file]
  let head: Token[] = []
  let tooDeep = 0

  const innermost = (): OpenBlock => open[open.length - 1] ?? file
  const report = (reason: SyntaxProblem['reason'], { line, column }: Place, subject = ''): void => {
    problems.push({ reason, subject, line, column })
  }
  const finish = (endLine: number, block?: Statement[]): Statement | undefined => {
    const [first] = head
    if (!first) return undefined
    const statement: Statement = { head, endLine, line: first.line, column: first.column, ...(block && { block }) }
    innermost().statements.push(statement)
    head = []
    return statement
  }

  for (const token of tokens) {
    if (problems.length >= mostSyntaxProblems) {
      if (!problems.some(({ reason }) => reason === 'tooManyProblems')) report('tooManyProblems', token)
      break
    }
    if (tooDeep > 0) {
      if (token.kind === 'mark' && token.text === '{') tooDeep++
      if (token.kind === 'mark' && token.text === '}') tooDeep--
      continue
    }
    if (isRecordType(head, token)) {
      head.push(token)
    } else if (token.kind === 'mark' && token.text === ';') {
      finish(token.line)
    } else if (token.kind === 'mark' && token.text === '{') {
      if (open.length > deepest) {
        report('tooDeep', token)
        head = []
        tooDeep = 1
        continue
      }
      const owner = finish(token.line, [])
      if (owner?.block) {
        open.push({ statements: owner.block, owner })
      } else {
        report('unexpectedBrace', token, '{')
        // Its content is read as if the brace were not there, so that what is in it is not lost.
        open.push({ statements: innermost().statements })
      }
    } else if (token.kind === 'mark' && token.text === '}') {
      if (head.length > 0) {
        report('semicolonExpected', endOf(head), subjectOf(head))
        finish(token.line)
      }
      if (open.length === 1) report('unexpectedBrace', token, '}')
      else {
        const closed = open.pop()
        if (closed?.owner) closed.owner.endLine = token.line
      }
    } else {
      if (lacksSemicolon(head, token)) {
        report('semicolonExpected', endOf(head), subjectOf(head))
        finish(token.line)
      }
      head.push(token)
    }
  }
  if (head.length > 0) {
    report('semicolonExpected', endOf(head), subjectOf(head))
    finish(endOf(head).line)
  }
  for (const { owner } of open) if (owner) report('unclosedBlock', owner, subjectOf(owner.head))
  problems.sort((a, b) => a.line - b.line || a.column - b.column)
  return { statements: file.statements, problems }
}

export const subjectOf = (head: readonly Token[]): string => {
  const words = head.map(({ kind, text }) => (kind === 'string' ? `"${text}"` : text)).join(' ')
  const compact = words.replace(/ ([,:)])/g, '$1').replace(/([:(]) /g, '$1')
  return compact.length > 80 ? `${compact.slice(0, 79)}…` : compact
}

/** Where the semicolon would have been. */
export function endOf(head: readonly Token[]): Place {
  const last = head[head.length - 1]
  if (!last) return { line: 1, column: 1 }
  return { line: last.line, column: last.endColumn }
}

/** `option contact code 250 = { boolean, ip-address };`: braces that hold no statements. */
function isRecordType(head: readonly Token[], next: Token): boolean {
  if (head[0]?.text !== 'option') return false
  const last = head[head.length - 1]
  if (next.text === '{') return last?.text === '=' || last?.text === 'of'
  return next.text === '}' && head.some(({ kind, text }) => kind === 'mark' && text === '{')
}

function lacksSemicolon(head: readonly Token[], next: Token): boolean {
  const [first] = head
  const last = head[head.length - 1]
  if (!first || !last || next.kind !== 'word' || next.line === last.line || last.kind === 'mark') return false
  if (!simpleStatements.has(first.text) || !(simpleStatements.has(next.text) || blockStatements.has(next.text)))
    return false
  if (head.length === 1 && first.text !== 'authoritative') return false
  return !head.some(({ kind, text }) => kind === 'mark' && (text === '=' || text === '('))
}
