import { extname, resolve } from 'node:path'
import { CodedError, interventionStates, type ListExport, type StockExportFormat } from '../../contract/index.ts'
import { copyOfFolder, type House } from '../../house/index.ts'
import { dataFolderOf, nativeBindingIn, openHome, withTemporaryFolder } from '../home.ts'
import { exitCodes, type ExitCode, type ExportedList } from '../table.ts'
import { textOption, type Command, type Task } from '../task.ts'

const formatOfEnding: Readonly<Record<string, StockExportFormat>> = { '.csv': 'csv', '.xlsx': 'xlsx', '.json': 'glpi' }

/** Everything in a list; of loans, what is out. */
const wholeLists: Record<Exclude<ExportedList, 'items'>, ListExport['what']> = {
  consumables: {
    list: 'consumables',
    query: { search: '', categories: [], levels: [], sort: 'name', descending: false },
  },
  reorder: { list: 'reorder' },
  movements: { list: 'movements' },
  loans: { list: 'loans', query: { search: '', filter: 'open' } },
  interventions: { list: 'interventions', query: { search: '', states: [...interventionStates], kinds: [] } },
  disposal: { list: 'disposal' },
  locations: { list: 'locations' },
  types: { list: 'types' },
  fields: { list: 'fields' },
  suppliers: { list: 'suppliers' },
  people: { list: 'people' },
}

/** `amorce export <file>`: every item of the stock, or another of its lists. */
export const exportList: Command = async (task) => {
  const path = resolve(task.arguments.operands[0] ?? '')
  const format = (textOption(task, 'format') as StockExportFormat | undefined) ?? formatOfEnding[extname(path)]
  const list = (textOption(task, 'list') ?? 'items') as ExportedList
  const misused = (why: string): ExitCode => {
    task.world.err(`${why}\n`)
    return exitCodes.misused
  }
  if (!format) return misused(task.said.formatUnknown(path))
  if (list !== 'items' && format === 'glpi') return misused(task.said.onlyItems(list))
  await withHouseToRead(task, path, async ({ commands }) => {
    await commands['settings.save']({ language: task.language })
    if (list !== 'items')
      await commands['list.export']({ what: wholeLists[list], format: format as ListExport['format'] })
    else
      await commands['stock.export']({
        ...{ format, sort: 'assetTag', descending: false },
        filter: { search: '', states: [], types: [] },
      })
  })
  task.tell({ ok: true, file: path, list, format })
  task.say(task.said.exported(path))
  return exitCodes.done
}

/** A copy of the data is opened: a window may have the data itself open, and nothing that is done here is to stay. */
const withHouseToRead = (task: Task, saveTo: string, work: (house: House) => Promise<void>): Promise<void> =>
  withTemporaryFolder(async (folder) => {
    copyOfFolder(dataFolderOf(task), folder, nativeBindingIn(task.world))
    const house = await openHome(task, folder, { saveTo })
    try {
      await work(house)
    } catch (error) {
      throw error instanceof CodedError ? error : new CodedError('internal', String(error))
    } finally {
      await house.close()
    }
  })
