import type { consumablesCommands } from '../../contract/index.ts'
import type { CommandDeps, HandlersOf } from './deps.ts'

/** Consumables, their movements, counting. */
export function consumablesHandlers({ rooms }: CommandDeps): HandlersOf<typeof consumablesCommands> {
  const { items, consumables, movements, counts } = rooms
  const told = <T>(result: T): T => {
    items.changed()
    return result
  }

  return {
    'consumable.list': (query) => consumables.list(query),
    'consumable.ids': (filter) => consumables.ids(filter),
    'consumable.get': (id) => consumables.get(id),
    'consumable.add': (consumable) => told(consumables.add(consumable)),
    'consumable.update': ({ id, consumable }) => told(consumables.update(id, consumable)),
    'consumable.updateMany': ({ ids, patch }) => told(consumables.updateMany(ids, patch)),
    'consumable.revertMany': (undo) => told(consumables.revertMany(undo)),
    'consumable.remove': (id) => told(consumables.remove(id)),
    'consumable.restore': (id) => told(consumables.restore(id)),
    'consumable.levels': (id) => consumables.levels(id),
    'consumable.move': (input) => told(movements.move(input)),
    'consumable.correct': (input) => told(movements.correct(input)),
    'movement.undo': (ids) => told(movements.undo(ids)),
    'movement.list': (query) => movements.list(query),
    'consumable.reorder': () => consumables.reorder(),
    'printer.changes': (id) => movements.cartridgeChanges(id),

    'count.start': (path) => told(counts.start(path)),
    'count.list': () => counts.list(),
    'count.get': (id) => counts.get(id),
    'count.record': (line) => told(counts.record(line)),
    'count.see': ({ countId, itemId }) => told(counts.see(countId, itemId)),
    'count.finish': (id) => told(counts.finish(id)),
    'count.abandon': (id) => told(counts.abandon(id)),

    'stock.scan': (code) => rooms.scan(code),
  }
}
