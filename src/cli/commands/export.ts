import { extname, resolve } from 'node:path'
import { CodedError, type StockExportFormat } from '../../contract/index.ts'
import { copyOfFolder, type House } from '../../house/index.ts'
import { dataFolderOf, nativeBindingIn, openHome, withTemporaryFolder } from '../home.ts'
import { exitCodes } from '../table.ts'
import { textOption, type Command, type Task } from '../task.ts'

const formatOfEnding: Readonly<Record<string, StockExportFormat>> = { '.csv': 'csv', '.xlsx': 'xlsx', '.json': 'glpi' }

/** `amorce export <file>`: every item of the stock. */
export const exportItems: Command = async (task) => {
  const path = resolve(task.arguments.operands[0] ?? '')
  const format = (textOption(task, 'format') as StockExportFormat | undefined) ?? formatOfEnding[extname(path)]
  if (!format) {
    task.world.err(`${task.said.formatUnknown(path)}\n`)
    return exitCodes.misused
  }
  await withHouseToRead(task, path, async (house) => {
    await house.commands['settings.save']({ language: task.language })
    await house.commands['stock.export']({
      ...{ format, sort: 'assetTag', descending: false },
      filter: { search: '', states: [], types: [] },
    })
  })
  task.tell({ ok: true, file: path, format })
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
