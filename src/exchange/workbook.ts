import { inflateRawSync } from 'node:zlib'
import * as xlsx from '@e965/xlsx'
import { CodedError } from '../contract/index.ts'
import { mostColumns } from './delimited.ts'

/** Of rows that are read; the first one is the heads. */
export const mostRows = 200_001
/** Of all parts of a workbook, unpacked. */
const largestUnpacked = 300 * 1024 * 1024
const mostParts = 2000

/** XLSX, ODS and other zipped workbooks. */
export const isWorkbook = (bytes: Uint8Array): boolean =>
  bytes[0] === 0x50 && bytes[1] === 0x4b && (bytes[2] === 3 || bytes[2] === 5)

/**
 * One sheet of a workbook as the texts that its cells show; dates as `YYYY-MM-DD`.
 * @throws CodedError `exchange.fileUnreadable`, `exchange.fileTooLarge` for one that would not fit in memory when unpacked
 */
export function readWorkbook(
  bytes: Uint8Array,
  wanted?: string,
): { rows: string[][]; sheets: string[]; sheet: string } {
  refuseBombs(bytes)
  let book: xlsx.WorkBook
  try {
    const options: xlsx.ParsingOptions = { type: 'array', dense: true, cellDates: true, cellHTML: false }
    book = xlsx.read(bytes, { ...options, cellFormula: false, cellStyles: false, bookVBA: false, sheetRows: mostRows })
  } catch (error) {
    throw new CodedError('exchange.fileUnreadable', String(error), {})
  }
  const sheet = wanted !== undefined && book.SheetNames.includes(wanted) ? wanted : (book.SheetNames[0] ?? '')
  const content = book.Sheets[sheet] as { '!data'?: (xlsx.CellObject | undefined)[][] } | undefined
  if (!content) throw new CodedError('exchange.fileUnreadable', 'a workbook without a sheet', {})
  const rows = Array.from(content['!data'] ?? [], (row) => {
    if (row && row.length > mostColumns)
      throw new CodedError('exchange.fileTooLarge', `more than ${mostColumns} columns`, { columns: mostColumns })
    return Array.from(row ?? [], textOf)
  })
  return { rows, sheets: book.SheetNames, sheet }
}

function textOf(cell: xlsx.CellObject | undefined): string {
  if (!cell || cell.v === undefined || cell.v === null || cell.t === 'e') return ''
  if (cell.v instanceof Date) return isoDay(cell.v)
  if (cell.t === 'b') return cell.v ? '1' : '0'
  return String(cell.v)
}

/** The day as it is written in the cell, whatever the time zone. */
function isoDay(date: Date): string {
  const rounded = new Date(date.getTime() - date.getTimezoneOffset() * 60_000 + 30_000)
  return Number.isNaN(rounded.getTime()) ? '' : rounded.toISOString().slice(0, 10)
}

/**
 * Unpacks every part of the zip with a limit before the workbook reader, which has none, sees it. Sizes that the archive
 * states are not believed (APPNOTE.TXT 4.3.12, the central directory).
 */
function refuseBombs(bytes: Uint8Array): void {
  const zip = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const unreadable = (reason: string): CodedError => new CodedError('exchange.fileUnreadable', reason, {})
  const end = zip.lastIndexOf(Buffer.from([0x50, 0x4b, 5, 6]))
  if (end < 0 || end + 20 > zip.length) throw unreadable('no end of central directory')
  const parts = zip.readUInt16LE(end + 10)
  let at = zip.readUInt32LE(end + 16)
  let unpacked = 0
  if (parts > mostParts) throw new CodedError('exchange.fileTooLarge', `${parts} parts`, {})
  for (let part = 0; part < parts; part++) {
    if (at + 46 > zip.length || zip.readUInt32LE(at) !== 0x02014b50) throw unreadable('broken central directory')
    const method = zip.readUInt16LE(at + 10)
    const packedSize = zip.readUInt32LE(at + 20)
    const header = zip.readUInt32LE(at + 42)
    at += 46 + zip.readUInt16LE(at + 28) + zip.readUInt16LE(at + 30) + zip.readUInt16LE(at + 32)
    if (header + 30 > zip.length) throw unreadable('a part outside the file')
    const start = header + 30 + zip.readUInt16LE(header + 26) + zip.readUInt16LE(header + 28)
    const packed = zip.subarray(start, start + packedSize)
    unpacked += method === 0 ? packed.length : unpackedSize(packed, largestUnpacked - unpacked)
    if (unpacked > largestUnpacked) throw new CodedError('exchange.fileTooLarge', 'too large when unpacked', {})
  }
}

function unpackedSize(packed: Buffer, limit: number): number {
  try {
    return inflateRawSync(packed, { maxOutputLength: Math.max(limit, 1) }).length
  } catch (error) {
    if ((error as { code?: string }).code === 'ERR_BUFFER_TOO_LARGE')
      throw new CodedError('exchange.fileTooLarge', 'too large when unpacked', {})
    throw new CodedError('exchange.fileUnreadable', String(error), {})
  }
}
