import { CodedError, type stockCommands } from '../../contract/index.ts'
import type { CommandDeps, HandlersOf } from './deps.ts'

/** The stock. */
export const stockHandlers = ({ stock, journeys }: CommandDeps): HandlersOf<typeof stockCommands> => ({
  'stock.list': (query) => stock.list(query),
  'stock.get': (id) => stock.get(id),
  'stock.add': (item) => stock.add(item),
  'stock.update': ({ id, item }) => stock.update(id, item),
  'stock.remove': (id) => stock.remove(id),
  'stock.restore': (id) => stock.restore(id),
  'stock.addFromMachine': (mac) => {
    const journey = journeys.get(mac)
    if (!journey) throw new CodedError('stock.machineUnknown', `machine ${mac} was not heard in this exam`, { mac })
    const { id } = stock.addFromMachine({ mac, uuid: journey.uuid, facts: journey.facts })
    stock.markSeen(id, journey.lastHeardAt)
    return stock.get(id)
  },
})
