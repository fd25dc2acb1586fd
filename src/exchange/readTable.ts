import { CodedError, separators, type Separator, type TextEncodingName } from '../contract/index.ts'
import { readDelimited } from './delimited.ts'
import { decodeText, detectEncoding } from './encoding.ts'
import { readInventories } from './glpiInventory.ts'
import { isWorkbook, mostRows, readWorkbook } from './workbook.ts'

/** How a file is to be read, where it is not to be told from the file itself. */
export interface ReadOptions {
  encoding?: TextEncodingName
  separator?: Separator
  sheet?: string
}

export interface Table {
  kind: 'text' | 'workbook' | 'inventory'
  /** The first row that says anything. */
  heads: string[]
  /** The others that say anything, each with its number in a spreadsheet. */
  rows: { line: number; cells: string[] }[]
  encoding?: TextEncodingName
  separator?: Separator
  sheet?: string
  sheets?: string[]
}

/** Bytes. */
export const largestFile = 64 * 1024 * 1024

/**
 * What a file says, as a table: delimited text, XLSX, ODS or GLPI's inventories.
 * @throws CodedError `exchange.fileUnreadable`, `exchange.fileTooLarge`, `exchange.fileEmpty`
 */
export function readTable(bytes: Uint8Array, options: ReadOptions = {}): Table {
  if (bytes.length > largestFile) throw new CodedError('exchange.fileTooLarge', `${bytes.length} bytes`, {})
  if (isWorkbook(bytes)) {
    const { rows, ...rest } = readWorkbook(bytes, options.sheet)
    return { kind: 'workbook', ...tableOf(rows), ...rest }
  }
  const encoding = options.encoding ?? detectEncoding(bytes)
  const text = decodeText(bytes, encoding)
  if (text.includes('\0')) throw new CodedError('exchange.fileUnreadable', 'not a text', {})
  if (/^\s*[[{]/.test(text)) return { kind: 'inventory', ...tableOf(readInventories(text)), encoding }
  const { rows, separator } = readDelimited(text, options.separator)
  return { kind: 'text', ...tableOf(rows), encoding, separator }
}

/**
 * The rows of a list of which nothing is known yet, not even whether it has heads: delimited text, XLSX or ODS. A row's
 * place is its line, less one; empty ones are among them.
 * @throws CodedError `exchange.fileUnreadable`, `exchange.fileTooLarge`, `exchange.fileEmpty`
 */
export function readRows(
  bytes: Uint8Array,
  { sheet: wanted }: Pick<ReadOptions, 'sheet'> = {},
): { rows: string[][]; sheet?: string; sheets?: string[] } {
  if (bytes.length > largestFile) throw new CodedError('exchange.fileTooLarge', `${bytes.length} bytes`, {})
  let read: { rows: string[][]; sheet?: string; sheets?: string[] }
  if (isWorkbook(bytes)) read = readWorkbook(bytes, wanted)
  else {
    const text = decodeText(bytes, detectEncoding(bytes))
    if (text.includes('\0')) throw new CodedError('exchange.fileUnreadable', 'not a text', {})
    read = { rows: readPasted(text) }
  }
  const { rows } = read
  if (rows.length > mostRows) throw new CodedError('exchange.fileTooLarge', `${rows.length} lines`, {})
  if (rows.every((row) => row.every((cell) => cell.trim() === '')))
    throw new CodedError('exchange.fileEmpty', 'nothing in it', {})
  return read
}

/** The same of a text that was pasted. */
export const readPasted = (text: string): string[][] => {
  const plain = text.replace(/^\uFEFF/, '')
  // What stands above a list (its title, a date) has other signs: what most lines have parts them.
  const lines = plain.split(/\r\n|\r|\n/)
  const counts = separators.map((separator) => lines.filter((line) => line.includes(separator)).length)
  const separator = separators[counts.indexOf(Math.max(...counts))]
  return readDelimited(plain, separator).rows
}

function tableOf(all: readonly string[][]): Pick<Table, 'heads' | 'rows'> {
  const rows = all
    .map((cells, index) => ({ line: index + 1, cells: cells.map((cell) => cell.trim()) }))
    .filter(({ cells }) => cells.some((cell) => cell !== ''))
  const [head, ...rest] = rows
  if (!head || rest.length === 0) throw new CodedError('exchange.fileEmpty', 'no line below the heads', {})
  if (rest.length >= mostRows) throw new CodedError('exchange.fileTooLarge', `${rest.length} lines`, {})
  return { heads: head.cells, rows: rest }
}
