import { CodedError, type stockCommands } from '../../contract/index.ts'
import type { CommandDeps, HandlersOf } from './deps.ts'

/** The items of the stock. */
export const stockHandlers = ({ stock, rooms, journeys }: CommandDeps): HandlersOf<typeof stockCommands> => ({
  'stock.list': (query) => stock.list(query),
  'stock.ids': (filter) => stock.ids(filter),
  'stock.get': (id) => stock.get(id),
  'stock.add': (item) => stock.add(item),
  'stock.update': ({ id, item }) => {
    const updated = stock.update(id, item)
    rooms.inventory.settle([id])
    return updated
  },
  'stock.updateMany': ({ ids, patch }) => {
    const undo = stock.updateMany(ids, patch)
    rooms.inventory.settle()
    return undo
  },
  'stock.revertMany': (undo) => stock.revertMany(undo),
  'stock.remove': (id) => stock.remove(id),
  'stock.removeMany': (ids) => stock.removeMany(ids),
  'stock.restore': (id) => stock.restore(id),
  'stock.restoreMany': (ids) => stock.restoreMany(ids),
  'stock.history': (id) => stock.history(id),
  'stock.proposeTag': (type) => stock.proposeTag(type),
  'stock.words': () => stock.words(),
  'stock.addFromMachine': (mac) => {
    const journey = journeys.get(mac)
    if (!journey) throw new CodedError('stock.machineUnknown', `machine ${mac} was not heard in this exam`, { mac })
    const { id } = stock.addFromMachine({ mac, uuid: journey.uuid, facts: journey.facts })
    stock.markSeen(id, journey.lastHeardAt)
    return stock.get(id)
  },
})
