import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { ManualClock } from '../base/index.ts'
import { listedKinds, type ConsumableInput, type ItemInput, type ListedKind } from '../contract/index.ts'
import { openDatabase, type Database } from '../storage/index.ts'
import { createStockRooms, type StockRooms } from './rooms.ts'

let database: Database
let rooms: StockRooms

beforeEach(() => {
  database = openDatabase({ path: ':memory:', nativeBinding: process.env['AMORCE_SQLITE_BINDING'] })
  rooms = createStockRooms(database, new ManualClock(), () => 'Ana')
})

const item = (assetTag: string, changes: Partial<ItemInput> = {}): ItemInput => ({
  ...{ assetTag, type: 'pc', manufacturer: 'HP', model: 'ProDesk', serial: '', macs: [], uuid: '' },
  ...{ location: 'Bât. B / B104', state: 'spare', notes: '' },
  ...changes,
})
const toner: ConsumableInput = {
  ...{ reference: 'TN-3480', name: 'Toner Hélène', category: 'cartridge', manufacturer: 'Brother', barcode: '497' },
  ...{ unit: '', supplier: 'Bureau Vallée', supplierReference: '', priceCents: null, threshold: null, target: null },
  ...{ pages: null, printerModels: [], notes: '' },
}
const found = (typed: string): string[] => rooms.finder.find(typed).map(({ kind, title }) => `${kind} ${title}`)

it('finds everything that has the words, accents folded, by their beginnings', () => {
  const { id } = rooms.items.add(item('PC-0001', { notes: 'rendu par Hélène' }))
  rooms.consumables.add(toner)
  rooms.people.add({ name: 'Hélène Morel', email: '', phone: '', department: 'Maths', notes: '' })
  rooms.loans.lend({ person: 'Hélène Morel', itemIds: [id], dueOn: '', purpose: 'cours du soir' })
  const { id: interventionId } = rooms.interventions.add({
    ...{ title: 'Écran noir', description: '', kind: 'failure', requester: 'Hélène Morel', location: '' },
    ...{ itemId: id, urgency: 2, impact: 1, assignee: '' },
  })
  rooms.interventions.note({ id: interventionId, text: 'appelé Hélène, câble changé', minutes: 5 })
  rooms.disposal.add({ name: 'Lot Hélène', company: '', slipNumber: '', collectedOn: '', notes: '' })

  expect(found('helene').sort()).toEqual([
    'batch Lot Hélène',
    'consumable Toner Hélène',
    'intervention Écran noir',
    'item PC-0001',
    'loan Hélène Morel',
    'note Écran noir',
    'person Hélène Morel',
  ])
  expect(found('HEL mor')).toEqual(['loan Hélène Morel', 'intervention Écran noir', 'person Hélène Morel'])
  expect(found('cours soir')).toEqual(['loan Hélène Morel'])
  expect(found('pc-00')).toEqual(['item PC-0001', 'loan Hélène Morel', 'intervention Écran noir'])
  expect(found('b104')).toEqual(['item PC-0001', 'intervention Écran noir', 'location Bât. B / B104'])
  expect(found('vallee')).toEqual(['consumable Toner Hélène', 'supplier Bureau Vallée'])
  expect(found('   ')).toEqual([])
  expect(found('"*: kind:kindperson NEAR(')).toEqual([])
})

it('goes with what is renamed and removed', () => {
  const { id } = rooms.items.add(item('PC-0001'))
  rooms.interventions.add({
    ...{ title: 'Panne', description: '', kind: 'failure', requester: 'Ana Diaz', location: '' },
    ...{ itemId: id, urgency: 1, impact: 1, assignee: '' },
  })
  const [person] = rooms.people.list()
  rooms.people.update(person!.id, { ...person!, name: 'Ana Ruiz' })
  expect(found('diaz')).toEqual([])
  expect(found('ruiz')).toEqual(['intervention Panne', 'person Ana Ruiz'])
  rooms.items.update(id, item('UC-9'))
  expect(found('uc-9')).toEqual(['item UC-9', 'intervention Panne'])

  const consumable = rooms.consumables.add(toner)
  rooms.consumables.remove(consumable.id)
  expect(found('tn-3480')).toEqual([])
  rooms.consumables.restore(consumable.id)
  expect(found('tn-3480')).toEqual(['consumable Toner Hélène'])

  const place = rooms.items.locations.list().find(({ name }) => name === 'B104')!
  rooms.items.locations.update(place.id, { ...place, name: 'B205' })
  expect(found('b205')).toEqual(['intervention Panne', 'location Bât. B / B205'])
  rooms.items.remove(id)
  expect(found('uc-9')).toEqual(['intervention Panne'])
})

it('puts what is called so before what only mentions it, and shows a few of each kind', () => {
  for (let n = 0; n < 20; n++)
    rooms.people.add({ name: `Personne ${n}`, email: '', phone: '', department: 'Zinc', notes: '' })
  rooms.people.add({ name: 'Zinc Alloy', email: '', phone: '', department: '', notes: '' })
  for (let n = 20; n < 30; n++)
    rooms.people.add({ name: `Personne ${n}`, email: '', phone: '', department: 'Zinc', notes: '' })
  expect(found('zinc')).toHaveLength(6)
  expect(found('zinc')[0]).toBe('person Zinc Alloy')
})

it('finds sittings and candidates, and forgets names that are taken out of them', () => {
  database.exec(`
    INSERT INTO rooms (id, name, columns, rows, created_at, updated_at) VALUES (1, 'Amphi Curie', 4, 4, 0, 0);
    INSERT INTO sittings (id, title, module, duration_minutes, state, secret, created_at)
      VALUES (7, 'Algorithmique', 'INF101', 60, 'draft', x'00', 0);
    INSERT INTO candidates (sitting_id, number, last_name, first_name) VALUES (7, '20231', 'Durand', 'Zoé');`)
  expect(found('curie')).toEqual(['room Amphi Curie'])
  expect(rooms.finder.find('zoe')).toEqual([
    { kind: 'candidate', id: 7, title: 'Durand Zoé', note: '20231 · Algorithmique' },
  ])
  expect(found('inf101')).toEqual(['sitting Algorithmique'])
  database.exec("UPDATE candidates SET last_name = 'Candidat 1', first_name = ''")
  expect(found('durand')).toEqual([])
  const kept = database.prepare('SELECT count(*) FROM records_search_data WHERE instr(block, ?) > 0').pluck()
  expect(kept.get(Buffer.from('durand'))).toBe(0)
  database.exec('DELETE FROM sittings')
  expect(found('candidat')).toEqual([])
  expect(database.prepare('SELECT count(*) FROM records_search').pluck().get()).toBe(1)
})

describe('every list', () => {
  const lists: Record<ListedKind, (search: string) => number[]> = {
    consumable: (search) =>
      rooms.consumables
        .list({ search, categories: [], levels: [], sort: 'name', descending: false, offset: 0, limit: 100 })
        .consumables.map(({ id }) => id),
    loan: (search) => rooms.loans.list({ search, filter: 'open', offset: 0, limit: 100 }).loans.map(({ id }) => id),
    intervention: (search) =>
      rooms.interventions
        .list({ search, states: [], kinds: [], offset: 0, limit: 100 })
        .interventions.map(({ id }) => id),
    batch: (search) => [...(rooms.search.ids('batch', search) ?? rooms.disposal.list().map(({ id }) => id))],
    supplier: (search) => [
      ...(rooms.search.ids('supplier', search) ?? rooms.items.suppliers.list().map(({ id }) => id)),
    ],
    person: (search) => [...(rooms.search.ids('person', search) ?? rooms.people.list().map(({ id }) => id))],
    location: (search) => [
      ...(rooms.search.ids('location', search) ?? rooms.items.locations.list().map(({ id }) => id)),
    ],
  }
  const left = (search: string): string[] => listedKinds.filter((kind) => lists[kind](search).length > 0)
  let ids: { pc: number; thrown: number; place: number }

  beforeEach(() => {
    const pc = rooms.items.add(item('PC-0042', { manufacturer: 'Société Générale', model: 'Élite 100 %_x' }))
    const thrown = rooms.items.add(item('VIEUX-7', { location: '' }))
    rooms.consumables.add({ ...toner, reference: 'TN_3480', notes: '100 % recyclé' })
    rooms.people.add({ name: 'Hélène Morel', email: '', phone: '', department: 'Génie', notes: '' })
    rooms.loans.lend({ person: 'Hélène Morel', itemIds: [pc.id], dueOn: '', purpose: '' })
    const { id } = rooms.interventions.add({
      ...{ title: 'Écran noir', description: '', kind: 'failure', requester: 'Zoé', location: 'Bât. B / B104' },
      ...{ itemId: pc.id, urgency: 2, impact: 1, assignee: '' },
    })
    rooms.interventions.note({ id, text: 'câble changé', minutes: 5 })
    const batch = rooms.disposal.add({ name: 'Été', company: '', slipNumber: 'BSD-9', collectedOn: '', notes: '' })
    rooms.disposal.addItems(batch.id, [thrown.id])
    ids = { pc: pc.id, thrown: thrown.id, place: rooms.items.get(pc.id).locationId! }
  })

  it('is searched by beginnings of words without accents, also by what its rows refer to', () => {
    expect(left('')).toEqual([...listedKinds])
    expect(left('HELENE')).toEqual(['consumable', 'loan', 'person'])
    expect(left('mor genie')).toEqual(['loan', 'person'])
    expect(left('pc0042')).toEqual(['loan', 'intervention'])
    expect(left('elite morel')).toEqual(['loan'])
    expect(left('ecran b104')).toEqual(['intervention'])
    expect(left('cable')).toEqual(['intervention'])
    expect(left('vallee')).toEqual(['consumable', 'supplier'])
    expect(left('ete')).toEqual(['batch'])
    expect(left('vieux')).toEqual(['batch'])
    expect(left('bsd-9')).toEqual(['batch'])
    expect(left('bat')).toEqual(['intervention', 'location'])
    // The middle of a word is none of its beginnings, and marks stand for nothing else.
    expect(left('orel')).toEqual([])
    expect(left('%')).toEqual([])
    expect(left('tn_3480')).toEqual(['consumable'])
  })

  it('goes with what is renamed elsewhere, put in and taken out', () => {
    const { suppliers, locations } = rooms.items
    const supplier = suppliers.list()[0]!
    suppliers.update(supplier.id, { ...supplier, name: 'Papeterie' })
    expect(left('vallee')).toEqual([])
    expect(left('papeterie')).toEqual(['consumable', 'supplier'])
    locations.update(ids.place, { name: 'C200', kind: 'room', notes: '' })
    expect(left('c200')).toEqual(['intervention', 'location'])
    rooms.items.update(ids.pc, item('PC-0099', { model: 'ProDesk', state: 'loaned', location: 'C200' }))
    expect(left('pc-0042')).toEqual([])
    expect(left('prodesk')).toEqual(['loan'])
    expect(left('pc-0099')).toEqual(['loan', 'intervention'])
    const [batch] = rooms.disposal.list()
    rooms.items.update(ids.thrown, item('NEUF-7', { state: 'awaitingDisposal', location: '' }))
    expect([left('vieux'), left('neuf')]).toEqual([[], ['batch']])
    expect(rooms.finder.find('neuf').map(({ kind, title, note }) => [kind, title, note])).toEqual([
      ['item', 'NEUF-7', 'HP ProDesk'],
      ['batch', 'Été', 'NEUF-7'],
    ])
    rooms.disposal.takeOut(batch!.id, [ids.thrown])
    expect(left('neuf')).toEqual([])
  })

  it('agrees with the one box, whatever is typed', () => {
    const kindOf = { note: 'intervention' } as Partial<Record<string, ListedKind>>
    fc.assert(
      fc.property(
        fc.oneof(
          fc.constantFrom('h', 'e', 'pc', 'b', 'bat b104', 'el', 'cable', '100', '"', "l'été", 'AND', 'kindloan', 'n*'),
          fc.string({ maxLength: 12 }),
        ),
        (typed) => {
          if (typed.trim() === '') return
          const inBox = new Set(
            rooms.finder.find(typed).flatMap(({ kind, id }) => {
              const listed = kindOf[kind] ?? listedKinds.find((one) => one === kind)
              return listed ? [`${listed} ${id}`] : []
            }),
          )
          const inLists = listedKinds.flatMap((kind) => lists[kind](typed).map((id) => `${kind} ${id}`))
          expect([...inBox].sort()).toEqual(inLists.sort())
        },
      ),
    )
  })
})
