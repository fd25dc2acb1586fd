import type {
  CustomFieldInput,
  CustomFieldView,
  ItemTypeInput,
  ItemTypeView,
  LocationInput,
  LocationView,
  PersonInput,
  PersonView,
  Reply,
  SupplierInput,
  SupplierView,
} from '../../src/contract/index.ts'
import type { Client } from './client.ts'
import { ListLayout } from './listLayout.svelte.ts'
import { WordSearch } from './wordSearch.svelte.ts'

export const referenceLists = ['locations', 'types', 'fields', 'suppliers', 'people'] as const
export type ReferenceList = (typeof referenceLists)[number]

/** The entry whose sheet is open; without an entry, a new one. */
export type OpenReference =
  | { list: 'locations'; entry?: LocationView }
  | { list: 'types'; entry?: ItemTypeView }
  | { list: 'fields'; entry?: CustomFieldView }
  | { list: 'suppliers'; entry?: SupplierView }
  | { list: 'people'; entry?: PersonView }

/** What items are described by: places, types, fields of their own, suppliers, people. */
export class StockReferences {
  list = $state<ReferenceList>('locations')
  readonly search: WordSearch
  suppliers = $state.raw<readonly SupplierView[]>([])
  open = $state.raw<OpenReference | null>(null)
  /** What was made of each of them: its columns, and what was looked for in it. */
  readonly layouts: Readonly<Record<ReferenceList, ListLayout<{ search: string }>>>
  readonly #client: Client

  constructor(client: Client) {
    this.#client = client
    const kinds = {
      locations: 'location',
      suppliers: 'supplier',
      people: 'person',
      types: undefined,
      fields: undefined,
    } as const
    this.search = new WordSearch(client, () => kinds[this.list])
    const layoutOf = (list: ReferenceList): ListLayout<{ search: string }> =>
      new ListLayout(
        client,
        list,
        () => ({ search: this.search.typed.trim() }),
        ({ search }) => this.search.type(search),
      )
    this.layouts = {
      locations: layoutOf('locations'),
      types: layoutOf('types'),
      fields: layoutOf('fields'),
      suppliers: layoutOf('suppliers'),
      people: layoutOf('people'),
    }
  }

  async refresh(): Promise<void> {
    const reply = await this.#client.call('supplier.list', undefined)
    if (reply.ok) this.suppliers = reply.value
    await this.search.refresh()
  }

  show(list: ReferenceList): void {
    this.list = list
    this.search.type('')
  }

  /** Opens the sheet of one of them. */
  async openContact(list: 'suppliers' | 'people', id: number): Promise<void> {
    this.show(list)
    if (list === 'suppliers') {
      const entry = (await this.#client.ask('supplier.list', undefined))?.value.find((each) => each.id === id)
      if (entry) this.open = { list, entry }
    } else {
      const entry = (await this.#client.ask('person.list', undefined))?.value.find((each) => each.id === id)
      if (entry) this.open = { list, entry }
    }
  }

  saveLocation(location: LocationInput, id?: number): Promise<Reply<LocationView>> {
    return id === undefined
      ? this.#client.call('location.add', location)
      : this.#client.call('location.update', { id, location })
  }

  saveType(type: ItemTypeInput, id?: string): Promise<Reply<ItemTypeView>> {
    return id === undefined
      ? this.#client.call('itemType.add', type)
      : this.#client.call('itemType.update', { id, type })
  }

  saveField(field: CustomFieldInput, id?: number): Promise<Reply<CustomFieldView>> {
    return id === undefined
      ? this.#client.call('customField.add', field)
      : this.#client.call('customField.update', { id, field })
  }

  saveSupplier(supplier: SupplierInput, id?: number): Promise<Reply<SupplierView>> {
    return id === undefined
      ? this.#client.call('supplier.add', supplier)
      : this.#client.call('supplier.update', { id, supplier })
  }

  savePerson(person: PersonInput, id?: number): Promise<Reply<PersonView>> {
    return id === undefined
      ? this.#client.call('person.add', person)
      : this.#client.call('person.update', { id, person })
  }

  /**
   * Takes an entry away that nothing refers to; answers what brings it back, undefined when it was refused. What is told
   * of it is told by then.
   */
  async remove({ list, entry }: OpenReference): Promise<(() => Promise<unknown>) | undefined> {
    if (!entry) return undefined
    const client = this.#client
    switch (list) {
      case 'locations': {
        const { name, kind, notes, parentId } = entry
        const location = { name, kind, notes, ...(parentId === undefined ? {} : { parentId }) }
        return (await client.ask('location.remove', entry.id)) && (() => client.ask('location.add', location))
      }
      case 'types': {
        const { name, tagPattern } = entry
        return (
          (await client.ask('itemType.remove', entry.id)) && (() => client.ask('itemType.add', { name, tagPattern }))
        )
      }
      case 'fields': {
        const removed = await client.ask('customField.remove', entry.id)
        return removed && (() => client.ask('customField.restore', removed.value))
      }
      case 'suppliers': {
        const { id, ...supplier } = entry
        return (await client.ask('supplier.remove', id)) && (() => client.ask('supplier.add', supplier))
      }
      case 'people': {
        const { id, ...person } = entry
        return (await client.ask('person.remove', id)) && (() => client.ask('person.add', person))
      }
    }
  }
}
