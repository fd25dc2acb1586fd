import { CodedError, type Separator, type TextEncodingName } from '../contract/index.ts'
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

function tableOf(all: readonly string[][]): Pick<Table, 'heads' | 'rows'> {
  const rows = all
    .map((cells, index) => ({ line: index + 1, cells: cells.map((cell) => cell.trim()) }))
    .filter(({ cells }) => cells.some((cell) => cell !== ''))
  const [head, ...rest] = rows
  if (!head || rest.length === 0) throw new CodedError('exchange.fileEmpty', 'no line below the heads', {})
  if (rest.length >= mostRows) throw new CodedError('exchange.fileTooLarge', `${rest.length} lines`, {})
  return { heads: head.cells, rows: rest }
}
