import type { Ipv4 } from '../../contract/index.ts'
import { parseIpv4 } from '../../network/index.ts'
import type { Token } from './iscLexer.ts'
import { numberRange, type OptionShapeName, type OptionValue } from './optionValue.ts'

/** How the values of an option are spelled, from dhcpd's own table or from the file. */
export interface OptionDefinition {
  name: string
  code: number
  shape: OptionShapeName
  single?: boolean
  pairs?: boolean
  /** Why its values cannot be taken. */
  untranslatable?: 'optionSpace' | 'recordOption' | 'ipv6'
}

/** `option foo code 250 = array of ip-address`; undefined for anything else, a definition dhcpd would refuse among it. */
export function defineOption(head: readonly Token[]): OptionDefinition | undefined {
  const [option, nameToken, code, codeToken, equals, ...type] = head
  if (option?.text !== 'option' || code?.text !== 'code' || equals?.text !== '=' || !nameToken) return undefined
  const name = nameToken.text
  const number = Number(codeToken?.text)
  if (!/^\d{1,5}$/.test(codeToken?.text ?? '')) return undefined
  const words = type.map(({ text }) => text.toLowerCase())
  const isArray = words[0] === 'array' && words[1] === 'of'
  const shape = shapeNamed(isArray ? words.slice(2) : words)
  if (!shape) return undefined
  const definition = { name, code: number, single: !isArray, ...shape }
  if (name.includes('.') || number < 1 || number > 254) return { ...definition, untranslatable: 'optionSpace' }
  return definition
}

const opaque = { shape: { type: 'bytes' } } as const

function shapeNamed(words: readonly string[]): Pick<OptionDefinition, 'shape' | 'untranslatable'> | undefined {
  const text = words.join(' ')
  const integer = /^(unsigned |signed )?integer (8|16|32)$/.exec(text)
  if (integer) {
    const size = (Number(integer[2]) / 8) as 1 | 2 | 4
    return { shape: { type: 'numbers', size, signed: integer[1] === 'signed ' } }
  }
  if (words[0] === '{' && words.at(-1) === '}') return { ...opaque, untranslatable: 'recordOption' }
  if (words[0] === 'encapsulate' && words.length === 2) return { ...opaque, untranslatable: 'optionSpace' }
  switch (text) {
    case 'ip-address':
      return { shape: { type: 'addresses' } }
    case 'ip6-address':
      return { ...opaque, untranslatable: 'ipv6' }
    case 'boolean':
      return { shape: { type: 'flag' } }
    case 'text':
      return { shape: { type: 'text' } }
    case 'string':
      return opaque
    case 'domain-name':
    case 'domain-list':
    case 'domain-list compressed':
      return { shape: { type: 'domains' } }
    default:
      return undefined
  }
}

export type ReadOptionValue =
  | { ok: true; value: OptionValue }
  | {
      ok: false
      reason:
        | 'needsDns'
        | 'expression'
        | 'missingValue'
        | 'unexpectedWord'
        | 'badAddress'
        | 'badNumber'
        | 'badText'
        | 'badFlag'
        | 'badHex'
      /** None: it would have come at the end. */
      token?: Token
    }

/** Reads what stands behind an option's name. */
export function readOptionValue(given: readonly Token[], definition: OptionDefinition): ReadOptionValue {
  const tokens = given[0]?.kind === 'mark' && given[0].text === '=' ? given.slice(1) : given
  const { shape, single, pairs } = definition
  // `= "text"` is an expression too, but one whose value stands there.
  if (tokens !== given && (tokens.length !== 1 || tokens[0]?.kind !== 'string')) return fail('expression')
  const [first] = tokens
  if (!first) return fail('missingValue')
  if (first.text === 'concat' || first.text === 'pick-first-value') return fail('expression', first)
  switch (shape.type) {
    case 'bytes': {
      const hex = first.kind === 'string' && tokens.length === 1 ? hexOfText(first.text) : hexPairs(tokens)
      return hex ? succeed({ type: 'bytes', hex }) : fail('badHex', first)
    }
    case 'text':
      if (first.kind !== 'string') return fail('badText', first)
      return tokens[1] ? fail('unexpectedWord', tokens[1]) : succeed({ type: 'text', text: first.text })
    case 'flag':
      if (!/^(on|true|off|false)$/i.test(first.text)) return fail('badFlag', first)
      return tokens[1]
        ? fail('unexpectedWord', tokens[1])
        : succeed({ type: 'flag', flag: /^(on|true)$/i.test(first.text) })
    case 'addresses':
      return pairs
        ? readPairs(tokens)
        : readList(tokens, single, readAddress, (addresses) => ({ type: 'addresses', addresses }))
    case 'domains':
      return readList(tokens, false, readDomain, (domains) => ({ type: 'domains', domains }))
    case 'numbers':
      return readList(tokens, single, readNumber(shape.size, shape.signed), (numbers) => ({ ...shape, numbers }))
  }
}

type ReadItem<Item> = (token: Token) => { item: Item } | Extract<ReadOptionValue, { ok: false }>

function readList<Item>(
  tokens: readonly Token[],
  single: boolean | undefined,
  read: ReadItem<Item>,
  make: (items: Item[]) => OptionValue,
): ReadOptionValue {
  const items: Item[] = []
  for (const [i, token] of tokens.entries()) {
    if (i % 2 === 1) {
      if (token.kind !== 'mark' || token.text !== ',' || single) return fail('unexpectedWord', token)
      continue
    }
    const result = read(token)
    if (!('item' in result)) return result
    items.push(result.item)
  }
  return tokens.length % 2 === 0 ? fail('missingValue') : succeed(make(items))
}

/** `static-routes 10.0.0.0 192.168.0.1, 10.1.0.0 192.168.0.2` */
function readPairs(tokens: readonly Token[]): ReadOptionValue {
  const addresses: Ipv4[] = []
  for (const [i, token] of tokens.entries()) {
    if (i % 3 === 2) {
      if (token.text !== ',') return fail('unexpectedWord', token)
      continue
    }
    const result = readAddress(token)
    if (!('item' in result)) return result
    addresses.push(result.item)
  }
  return tokens.length % 3 === 2 ? succeed({ type: 'addresses', addresses }) : fail('missingValue')
}

const readAddress: ReadItem<Ipv4> = (token) => {
  if (token.kind === 'word' && parseIpv4(token.text) !== undefined) return { item: token.text }
  return fail(token.kind === 'word' && /[a-z]/i.test(token.text) ? 'needsDns' : 'badAddress', token)
}

const readDomain: ReadItem<string> = (token) => {
  const labels = token.text.replace(/\.$/, '').split('.')
  const isName = labels.every((label) => /^[a-z0-9_-]{1,63}$/i.test(label)) && token.text.length <= 253
  return token.kind === 'mark' || !isName ? fail('badText', token) : { item: labels.join('.') }
}

const readNumber =
  (size: 1 | 2 | 4, signed: boolean): ReadItem<number> =>
  (token) => {
    if (token.kind !== 'word' || !/^(-?\d{1,10}|0x[0-9a-f]{1,8})$/i.test(token.text)) return fail('badNumber', token)
    const number = Number(token.text)
    const { min, max } = numberRange(size, signed)
    // Bare `integer` is neither signed nor unsigned: what is written below zero is sent as two's complement.
    const value = !signed && number < 0 ? number + max + 1 : number
    return value >= min && value <= max ? { item: value } : fail('badNumber', token)
  }

const hexOfText = (text: string): string => Buffer.from(text, 'utf8').toString('hex')

/** `00:1b:c` is `001b0c`; undefined for anything else. */
export function hexPairs(tokens: readonly Token[]): string | undefined {
  if (tokens.length % 2 === 0) return undefined
  let hex = ''
  for (const [i, { kind, text }] of tokens.entries()) {
    if (i % 2 === 1 ? text !== ':' : kind !== 'word' || !/^[0-9a-f]{1,2}$/i.test(text)) return undefined
    if (i % 2 === 0) hex += text.toLowerCase().padStart(2, '0')
  }
  return hex
}

const succeed = (value: OptionValue): ReadOptionValue => ({ ok: true, value })
const fail = (
  reason: Extract<ReadOptionValue, { ok: false }>['reason'],
  token?: Token,
): Extract<ReadOptionValue, { ok: false }> => ({ ok: false, reason, token })
