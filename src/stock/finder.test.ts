import { beforeEach, expect, it } from 'vitest'
import { ManualClock } from '../base/index.ts'
import type { ConsumableInput, ItemInput } from '../contract/index.ts'
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
  expect(found('pc-00')).toEqual(['item PC-0001', 'intervention Écran noir'])
  expect(found('b104')).toEqual(['item PC-0001', 'location Bât. B / B104'])
  expect(found('vallee')).toEqual(['supplier Bureau Vallée'])
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
  expect(found('b205')).toEqual(['item UC-9', 'location Bât. B / B205'].slice(1))
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
