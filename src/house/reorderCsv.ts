import { writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { CodedError, type Language, type ReorderLine } from '../contract/index.ts'

const columns = [
  'supplier',
  'supplierReference',
  'reference',
  'name',
  'order',
  'unit',
  'quantity',
  'threshold',
  'target',
  'price',
] as const

/** What a spreadsheet of that language opens as columns. */
const separators: Record<Language, string> = { fr: ';', en: ',' }

/** The order list as a spreadsheet takes it, by supplier. @throws CodedError `file.notWritten` */
export async function saveReorderCsv(path: string, lines: readonly ReorderLine[], language: Language): Promise<void> {
  const separator = separators[language]
  const rows = lines.map((line) =>
    columns
      .map((column) =>
        cell(
          column === 'price'
            ? line.priceCents === undefined
              ? ''
              : (line.priceCents / 100).toFixed(2)
            : String(line[column]),
        ),
      )
      .join(separator),
  )
  const text = `\ufeff${[columns.join(separator), ...rows].map((row) => `${row}\r\n`).join('')}`
  await writeFile(path, text).catch((error: unknown) => {
    const reason = error instanceof Error ? error.message : String(error)
    throw new CodedError('file.notWritten', reason, { file: basename(path), reason })
  })
}

/** A name that a spreadsheet would take for a formula is made a text. */
function cell(text: string): string {
  const harmless = /^[=+\-@\t\r]/.test(text) ? `'${text}` : text
  return /[;,"\r\n]/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}
