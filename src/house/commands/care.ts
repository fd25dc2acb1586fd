import type { careCommands } from '../../contract/index.ts'
import type { CommandDeps, HandlersOf } from './deps.ts'

/** What happens to items: loans, interventions, disposal, reports of machines, documents, alarms. */
export function careHandlers({ rooms, desktop }: CommandDeps): HandlersOf<typeof careCommands> {
  const { items, loans, interventions, disposal, inventory, documents, dashboards, savedLists } = rooms
  const told = <T>(result: T): T => {
    items.changed()
    return result
  }

  return {
    'stock.relations': (id) => rooms.relations(id),

    'loan.list': (query) => loans.list(query),
    'loan.lend': (loan) => told(loans.lend(loan)),
    'loan.giveBack': (input) => told(loans.giveBack(input)),
    'loan.takeBackReturn': ({ loanId, itemIds }) => told(loans.takeBackReturn(loanId, itemIds)),
    'loan.extend': ({ loanId, dueOn }) => told(loans.extend(loanId, dueOn)),

    'intervention.list': (query) => interventions.list(query),
    'intervention.get': (id) => interventions.get(id),
    'intervention.add': (input) => told(interventions.add(input)),
    'intervention.update': ({ id, intervention }) => told(interventions.update(id, intervention)),
    'intervention.note': (note) => told(interventions.note(note)),

    'disposal.list': () => disposal.list(),
    'disposal.get': (id) => disposal.get(id),
    'disposal.add': (batch) => told(disposal.add(batch)),
    'disposal.update': ({ id, batch }) => told(disposal.update(id, batch)),
    'disposal.addItems': ({ batchId, itemIds }) => told(disposal.addItems(batchId, itemIds)),
    'disposal.takeOut': ({ batchId, itemIds }) => told(disposal.takeOut(batchId, itemIds)),
    'disposal.wipe': ({ batchId, itemIds, proof }) => told(disposal.wipe(batchId, itemIds, proof)),
    'disposal.close': (id) => told(disposal.close(id)),
    'disposal.reopen': (id) => told(disposal.reopen(id)),

    'proposal.accept': ({ itemId, field }) => inventory.acceptProposal(itemId, field),
    'proposal.refuse': ({ itemId, field }) => inventory.refuseProposal(itemId, field),
    'proposal.askAgain': ({ itemId, field }) => inventory.askAgain(itemId, field),
    'inventory.swaps': (query) => inventory.swaps(query),
    'inventory.swap': ({ itemId, spareId }) => items.swap(itemId, spareId),

    'document.add': async ({ itemId, batchId, kind }) => {
      const added = []
      for (const path of await desktop.chooseFiles('documents'))
        added.push(await documents.add({ itemId, batchId }, kind, path))
      return told(added)
    },
    'document.ofBatch': (id) => documents.ofBatch(id),
    'document.bytes': (id) => documents.bytes(id).toString('base64'),
    'document.save': async (id) => {
      const path = await desktop.chooseSaveFile(documents.nameOf(id))
      if (path === undefined) return null
      await documents.save(id, path)
      return path
    },
    'document.remove': (id) => told(documents.remove(id)),
    'document.restore': (id) => told(documents.restore(id)),

    'stock.dashboard': () => dashboards.get(),
    'stock.alarms': () => dashboards.alarms(),

    'savedList.list': (list) => savedLists.list(list),
    'savedList.save': ({ list, name, content }) => savedLists.save(list, name, content),
    'savedList.remove': ({ list, name }) => savedLists.remove(list, name),
  }
}
