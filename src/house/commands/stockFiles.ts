import { createWriteStream } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { CodedError, type stockFilesCommands } from '../../contract/index.ts'
import { byteOrderMark, csvLine, typeName, writeXlsx } from '../../exchange/index.ts'
import { renderDocument, type PaperDocument } from '../../paper/index.ts'
import { listOfRows, type ListOfRows } from '../stockLists.ts'
import { collectionPaper, loanPaper, overduePaper, reorderPaper } from '../stockPapers.ts'
import { stockWords, type StockWords } from '../stockWords.ts'
import type { CommandDeps, HandlersOf } from './deps.ts'

/** Between two of these everything else gets its turn. */
const linesAtOnce = 500
/** Of one sheet of a workbook, its head included. */
const mostSheetRows = 1_048_576

/** Lists and papers of the stock, as files. */
export function stockFilesHandlers({
  stock,
  rooms,
  desktop,
  settings,
  clock,
}: CommandDeps): HandlersOf<typeof stockFilesCommands> {
  const words = (): StockWords => stockWords(settings.current.language)

  async function save(name: string, write: (path: string) => Promise<void>): Promise<string | null> {
    const path = await desktop.chooseSaveFile(name)
    if (path === undefined) return null
    try {
      await write(path)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      throw new CodedError('file.notWritten', reason, { file: basename(path), reason })
    }
    return path
  }
  const savePaper = (name: string, paper: PaperDocument): Promise<string | null> =>
    save(`${name}.pdf`, async (path) => writeFile(path, await renderDocument(paper)))

  return {
    'list.export': ({ what, format }) => {
      const list = listOfRows(what, stock, rooms, words())
      return save(`${list.name}.${format}`, (path) =>
        format === 'csv' ? saveCsv(path, list, words()) : saveXlsx(path, list),
      )
    },
    'paper.reorder': () =>
      savePaper(words().of('fileReorder'), reorderPaper(rooms.consumables.reorder(), words(), clock.now())),
    'paper.loan': (id) =>
      savePaper(`${words().of('fileLoan')}-${id}`, loanPaper(rooms.loans.get(id), words(), clock.now())),
    'paper.overdue': () =>
      savePaper(words().of('fileOverdue'), overduePaper(rooms.loans.overdue(), words(), clock.now())),
    'paper.collection': (id) => {
      const batch = rooms.disposal.get(id)
      const types = stock.types.list()
      const nameOf = (type: string): string => typeName(type, settings.current.language, types)
      return savePaper(
        `${words().of('fileCollection')}-${batch.slipNumber || batch.id}`.replace(/[^\p{L}\p{N}.-]+/gu, '-'),
        collectionPaper(batch, nameOf, words(), clock.now()),
      )
    },
  }
}

async function saveCsv(path: string, { heads, rows }: ListOfRows, { language }: StockWords): Promise<void> {
  async function* lines(): AsyncGenerator<string> {
    let text = byteOrderMark + csvLine(heads, language)
    let count = 0
    for (const row of rows) {
      text += csvLine(row, language)
      if (++count % linesAtOnce !== 0) continue
      yield text
      text = ''
      await new Promise((resolve) => setImmediate(resolve))
    }
    yield text
  }
  try {
    await pipeline(Readable.from(lines()), createWriteStream(path))
  } catch (error) {
    await rm(path, { force: true })
    throw error
  }
}

async function saveXlsx(path: string, { name, heads, rows }: ListOfRows): Promise<void> {
  const all = [heads]
  for (const row of rows) {
    all.push(row)
    if (all.length >= mostSheetRows) break
    if (all.length % linesAtOnce === 0) await new Promise((resolve) => setImmediate(resolve))
  }
  await writeFile(path, writeXlsx(all, name))
}
