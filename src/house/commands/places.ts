import type { placesCommands } from '../../contract/index.ts'
import type { CommandDeps, HandlersOf } from './deps.ts'

/** What items are described by: places, types, fields, suppliers, people. */
export function placesHandlers({ stock, rooms: { people } }: CommandDeps): HandlersOf<typeof placesCommands> {
  const { locations, types, suppliers } = stock
  const told = <T>(result: T): T => {
    stock.changed()
    return result
  }

  return {
    'location.list': () => locations.list(),
    'location.revision': () => locations.revision,
    'location.add': (location) => told(locations.add(location)),
    'location.update': ({ id, location }) => {
      const { location: updated, movedItems } = locations.update(id, location)
      stock.reindex(movedItems)
      return told(updated)
    },
    'location.remove': (id) => told(locations.remove(id)),

    'itemType.list': () => types.list(),
    'itemType.add': (type) => told(types.add(type)),
    'itemType.update': ({ id, type }) => told(types.update(id, type)),
    'itemType.remove': (id) => told(types.remove(id)),

    'customField.list': () => types.fields(),
    'customField.add': (field) => told(types.addField(field)),
    'customField.update': ({ id, field }) => told(types.updateField(id, field)),
    'customField.remove': (id) => told(types.removeField(id)),
    'customField.restore': (field) => told(types.restoreField(field)),

    'supplier.list': () => suppliers.list(),
    'supplier.add': (supplier) => told(suppliers.add(supplier)),
    'supplier.update': ({ id, supplier }) => told(suppliers.update(id, supplier)),
    'supplier.remove': (id) => told(suppliers.remove(id)),

    'person.list': () => people.list(),
    'person.add': (person) => told(people.add(person)),
    'person.update': ({ id, person }) => told(people.update(id, person)),
    'person.remove': (id) => told(people.remove(id)),
  }
}
