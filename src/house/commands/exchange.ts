import type { exchangeCommands } from '../../contract/index.ts'
import type { CommandDeps, HandlersOf } from './deps.ts'

const endings = { csv: 'csv', xlsx: 'xlsx', glpi: 'json' } as const

/** Imports and exports. */
export const exchangeHandlers = ({
  exchange,
  rooms,
  desktop,
  settings,
}: CommandDeps): HandlersOf<typeof exchangeCommands> => ({
  'import.open': async () => {
    const paths = await desktop.chooseTable()
    return paths.length === 0 ? null : exchange.open(paths)
  },
  'import.read': (options) => exchange.read(options),
  'import.check': ({ mapping }) => exchange.check(mapping),
  'import.lines': (query) => exchange.lines(query),
  'import.apply': async () => {
    const record = await exchange.apply()
    rooms.inventory.settle()
    return record
  },
  'import.cancel': () => exchange.cancel(),
  'import.undo': (id) => exchange.undo(id),
  'import.history': () => exchange.history(),
  'import.templates': () => exchange.templates(),
  'import.saveTemplate': ({ name, mapping }) => exchange.saveTemplate(name, mapping),
  'import.removeTemplate': (name) => exchange.removeTemplate(name),
  'stock.export': async (request) => {
    const { language } = settings.current
    const path = await desktop.chooseSaveFile(`stock.${endings[request.format]}`)
    if (path === undefined) return null
    await exchange.export(request, path, language)
    return path
  },
})
