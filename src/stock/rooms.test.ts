import fc from 'fast-check'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { ManualClock } from '../base/index.ts'
import {
  consumablePatchSchema,
  interventionSortFields,
  type ConsumableInput,
  type InterventionInput,
  type InterventionQuery,
  type ItemInput,
  type LoanQuery,
  type WipeProof,
} from '../contract/index.ts'
import { openDatabase, type Database } from '../storage/index.ts'
import { createStockRooms, type StockRooms } from './rooms.ts'

let database: Database
let clock: ManualClock
let rooms: StockRooms

beforeEach(() => {
  database = openDatabase({ path: ':memory:', nativeBinding: process.env['AMORCE_SQLITE_BINDING'] })
  clock = new ManualClock()
  rooms = createStockRooms(database, clock, () => 'Ana')
})

const item = (assetTag: string, changes: Partial<ItemInput> = {}): ItemInput => ({
  ...{ assetTag, type: 'pc', manufacturer: 'HP', model: 'ProDesk', serial: '', macs: [], uuid: '' },
  ...{ location: 'B104', state: 'inService', notes: '' },
  ...changes,
})
const consumable = (changes: Partial<ConsumableInput> = {}): ConsumableInput => ({
  ...{
    reference: 'TN-3480',
    name: 'Toner',
    category: 'cartridge',
    manufacturer: 'Brother',
    barcode: '4977766',
    unit: '',
  },
  ...{ supplier: 'Bureau Vallée', supplierReference: 'X1', priceCents: 8990, threshold: 2, target: 6, pages: 8000 },
  ...{ printerModels: ['HL-L6400DW'], notes: '' },
  ...changes,
})
const bring = (consumableId: number, quantity: number, to = 'Réserve', expiresOn = ''): number =>
  rooms.movements.move({ consumableId, kind: 'in', quantity, to, expiresOn, reason: 'delivery', note: '' })[0]!.id
const take = (consumableId: number, quantity: number, from = 'Réserve') =>
  rooms.movements.move({ consumableId, kind: 'out', quantity, from, reason: 'use', note: '' })
const quantities = (id: number): Record<string, number> =>
  Object.fromEntries(
    rooms.consumables
      .levels(id)
      .map(({ location, expiresOn, quantity }) => [`${location} ${expiresOn}`.trim(), quantity]),
  )
const refusal = (code: string, details: object = {}): object =>
  expect.objectContaining({ code, details: expect.objectContaining(details) as object }) as object

describe('a consumable', () => {
  it('comes back as it was written, with what is in stock', () => {
    const { id } = rooms.consumables.add(consumable())
    bring(id, 5)
    expect(rooms.consumables.get(id)).toEqual({
      ...consumable(),
      id,
      quantity: 5,
      level: 'ok',
      updatedAt: clock.now(),
    })
    expect(() => rooms.consumables.add(consumable({ reference: 'tn-3480' }))).toThrow(
      refusal('stock.duplicateReference', { consumableId: id }),
    )
  })

  it('is ordered up to its target once it is at its threshold', () => {
    const { id } = rooms.consumables.add(consumable())
    bring(id, 3)
    expect(rooms.consumables.reorder()).toEqual([])
    take(id, 1)
    expect(rooms.consumables.reorder()).toMatchObject([
      { reference: 'TN-3480', quantity: 2, order: 4, supplier: 'Bureau Vallée' },
    ])
  })

  it('is found by level, category and words', () => {
    rooms.consumables.add(consumable())
    const other = rooms.consumables.add(
      consumable({ reference: 'A4', name: 'Papier 100 %', category: 'paper', barcode: '' }),
    )
    bring(other.id, 50)
    const found = (changes: object): string[] =>
      rooms.consumables
        .list({
          search: '',
          categories: [],
          levels: [],
          sort: 'name',
          descending: false,
          offset: 0,
          limit: 10,
          ...changes,
        })
        .consumables.map(({ reference }) => reference)
    expect(found({})).toEqual(['A4', 'TN-3480'])
    expect(found({ levels: ['out'] })).toEqual(['TN-3480'])
    expect(found({ categories: ['paper'] })).toEqual(['A4'])
    expect(found({ search: '100 %' })).toEqual(['A4'])
    expect(found({ search: 'vallée', descending: true })).toEqual(['TN-3480', 'A4'])
  })
})

describe('movements', () => {
  it('take what expires first, and say how much there is when it is not enough', () => {
    const { id } = rooms.consumables.add(consumable())
    bring(id, 2)
    bring(id, 2, 'Réserve', '2030-01-01')
    bring(id, 2, 'Réserve', '2029-01-01')
    expect(take(id, 3).map(({ expiresOn, quantity }) => [expiresOn, quantity])).toEqual([
      ['2029-01-01', 2],
      ['2030-01-01', 1],
    ])
    expect(quantities(id)).toEqual({ Réserve: 2, 'Réserve 2030-01-01': 1 })
    expect(() => take(id, 4)).toThrow(refusal('stock.notEnough', { quantity: 3 }))
    expect(() => take(id, 1, 'Ailleurs')).toThrow(refusal('stock.notEnough', { quantity: 0 }))
  })

  it('are undone by movements the other way round, once', () => {
    const { id } = rooms.consumables.add(consumable())
    const first = bring(id, 5)
    const [moved] = rooms.movements.move({
      consumableId: id,
      kind: 'transfer',
      quantity: 5,
      from: 'Réserve',
      to: 'B104',
      reason: 'move',
      note: '',
    })
    expect(() => rooms.movements.undo([first])).toThrow(refusal('stock.notEnough', { quantity: 0 }))
    rooms.movements.undo([first, moved!.id])
    expect(quantities(id)).toEqual({})
    expect(() => rooms.movements.undo([first])).toThrow(refusal('stock.alreadyUndone'))
  })

  it('are listed page by page, the newest first', () => {
    const { id } = rooms.consumables.add(consumable())
    for (let n = 1; n <= 5; n++) bring(id, n)
    const first = rooms.movements.list({ consumableId: id, limit: 3 })
    expect(first.movements.map(({ quantity }) => quantity)).toEqual([5, 4, 3])
    expect(
      rooms.movements
        .list({ consumableId: id, before: first.next, limit: 3 })
        .movements.map(({ quantity }) => quantity),
    ).toEqual([2, 1])
  })

  it('remember which cartridge a printer was given, at how many pages', () => {
    const printer = rooms.items.add(item('IMP-1', { type: 'printer', model: 'HL-L6400DW' }))
    const { id } = rooms.consumables.add(consumable())
    bring(id, 4)
    for (const pages of [1000, 8500])
      rooms.movements.move({
        consumableId: id,
        kind: 'out',
        quantity: 1,
        from: 'Réserve',
        reason: 'use',
        note: '',
        printerId: printer.id,
        pages,
      })
    expect(rooms.movements.cartridgeChanges(printer.id)).toMatchObject([
      { cartridge: 'Toner', pages: 8500, printed: 7500, who: 'Ana' },
      { pages: 1000 },
    ])
    expect(rooms.relations(printer.id).cartridges).toEqual([{ consumableId: id, name: 'Toner', quantity: 2 }])
  })

  it('always add up to the stock, whatever is done in whatever order', () => {
    const places = ['A', 'B', 'A / C']
    const place = fc.constantFrom(...places)
    const act = fc.oneof(
      fc.record({
        kind: fc.constant('in' as const),
        quantity: fc.integer({ min: 1, max: 9 }),
        to: place,
        expiresOn: fc.constantFrom('', '2030-01-01'),
      }),
      fc.record({ kind: fc.constant('out' as const), quantity: fc.integer({ min: 1, max: 9 }), from: place }),
      fc.record({
        kind: fc.constant('transfer' as const),
        quantity: fc.integer({ min: 1, max: 9 }),
        from: place,
        to: place,
      }),
      fc.record({ kind: fc.constant('count' as const), counted: fc.integer({ min: 0, max: 9 }), location: place }),
      fc.record({ kind: fc.constant('undo' as const), back: fc.integer({ min: 0, max: 6 }) }),
    )
    let n = 0
    fc.assert(
      fc.property(fc.array(act, { maxLength: 25 }), (acts) => {
        const { id } = rooms.consumables.add(consumable({ reference: `R${n++}` }))
        const ids: number[] = []
        let refused = 0
        for (const step of acts) {
          try {
            if (step.kind === 'count')
              ids.push(
                ...rooms.movements
                  .correct({ ...step, consumableId: id, expiresOn: '', note: '' })
                  .map((made) => made.id),
              )
            else if (step.kind === 'undo') {
              const target = ids.at(-1 - step.back)
              if (target !== undefined) rooms.movements.undo([target])
            } else
              ids.push(
                ...rooms.movements.move({ ...step, consumableId: id, reason: 'use', note: '' }).map((made) => made.id),
              )
          } catch (error) {
            refused++
            expect((error as { code: string }).code).toMatch(/^stock\.(notEnough|alreadyUndone|locationNotFound)$/)
          }
        }
        const { total } = database
          .prepare(
            'SELECT coalesce(sum(iif(to_id IS NULL, 0, quantity) - iif(from_id IS NULL, 0, quantity)), 0) AS total FROM movements WHERE consumable_id = ?',
          )
          .get(id) as { total: number }
        expect(rooms.consumables.get(id).quantity).toBe(total)
        const used = database
          .prepare('SELECT coalesce(sum(quantity), 0) AS used FROM consumption WHERE consumable_id = ?')
          .get(id) as { used: number }
        expect(used.used).toBeGreaterThanOrEqual(0)
        expect(refused).toBeLessThanOrEqual(acts.length)
      }),
      { numRuns: 60 },
    )
  })
})

describe('counting a place', () => {
  it('turns differences into corrections with their explanation, and finds items', () => {
    const { id } = rooms.consumables.add(consumable())
    bring(id, 5)
    const here = rooms.items.add(item('PC-1', { location: 'Réserve' }))
    const elsewhere = rooms.items.add(item('PC-2', { location: 'B104' }))
    rooms.items.add(item('PC-3', { location: 'Réserve' }))
    const count = rooms.counts.start('Réserve')
    expect(() => rooms.counts.start('réserve')).toThrow(refusal('stock.countOpen'))
    rooms.counts.record({
      countId: count.id,
      consumableId: id,
      expiresOn: '',
      counted: 3,
      explanation: 'deux prêtés au CDI',
    })
    rooms.counts.see(count.id, here.id)
    rooms.counts.see(count.id, elsewhere.id)
    expect(rooms.counts.get(count.id).items.map(({ assetTag, finding }) => [assetTag, finding])).toEqual([
      ['PC-1', 'seen'],
      ['PC-2', 'elsewhere'],
      ['PC-3', 'missing'],
    ])
    const finished = rooms.counts.finish(count.id)
    expect(finished.lines).toMatchObject([{ expected: 5, counted: 3, explanation: 'deux prêtés au CDI' }])
    expect(rooms.consumables.get(id).quantity).toBe(3)
    expect(rooms.movements.list({ consumableId: id, limit: 1 }).movements).toMatchObject([
      { kind: 'correction', reason: 'count', quantity: 2, from: 'Réserve', note: 'deux prêtés au CDI' },
    ])
    expect(rooms.items.get(elsewhere.id).location).toBe('Réserve')
    expect(() => rooms.counts.finish(count.id)).toThrow(refusal('stock.countNotFound'))
  })
})

describe('a loan', () => {
  it('takes items out, is overdue after its day, and puts them back as they were', () => {
    const laptop = rooms.items.add(item('PORT-1', { state: 'spare' }))
    const loan = rooms.loans.lend({ person: 'M. Diallo', itemIds: [laptop.id], dueOn: '2026-01-10', purpose: 'Cours' })
    expect(rooms.items.get(laptop.id).state).toBe('loaned')
    expect(() => rooms.loans.lend({ person: 'X', itemIds: [laptop.id], dueOn: '', purpose: '' })).toThrow(
      refusal('stock.notLendable', { assetTag: 'PORT-1' }),
    )
    expect(() => rooms.items.remove(laptop.id)).toThrow(refusal('stock.onLoan'))
    clock.advance(30 * 86_400_000)
    expect(rooms.loans.list({ search: 'diallo', filter: 'overdue', offset: 0, limit: 10 })).toMatchObject({
      total: 1,
      loans: [{ daysLate: 25 }],
    })
    expect(rooms.loans.overdue()).toMatchObject([{ id: loan.id, daysLate: 25 }])
    expect(rooms.dashboards.alarms()).toMatchObject([{ kind: 'overdueLoan', details: { name: 'M. Diallo' } }])
    expect(rooms.loans.giveBack({ loanId: loan.id, itemIds: [laptop.id], condition: 'écran rayé' }).endedAt).toBe(
      clock.now(),
    )
    expect(rooms.loans.overdue()).toEqual([])
    expect(rooms.items.get(laptop.id).state).toBe('spare')
    rooms.loans.takeBackReturn(loan.id, [laptop.id])
    expect(rooms.items.get(laptop.id).state).toBe('loaned')
    expect(rooms.loans.extend(loan.id, '2031-01-31')).toMatchObject({ dueOn: '2031-01-31' })
    expect(rooms.loans.extend(loan.id, '')).not.toHaveProperty('dueOn')
    expect(() => rooms.loans.extend(loan.id + 1, '')).toThrow(refusal('stock.loanNotFound'))
  })
})

it('loans and interventions are in the order that a person asks for, the usual one without', () => {
  const ids = ['PORT-1', 'PORT-2', 'PORT-3'].map((tag) => rooms.items.add(item(tag, { state: 'spare' })).id)
  const people = ['zoé', 'Ana', 'Moussa']
  const due = ['2026-02-01', '', '2026-01-20']
  for (const [n, person] of people.entries()) {
    clock.advance(1000)
    rooms.loans.lend({ person, itemIds: [ids[n]!], dueOn: due[n]!, purpose: `${n}` })
  }
  const loans = (order: Partial<LoanQuery>): string[] =>
    rooms.loans
      .list({ search: '', filter: 'open', offset: 0, limit: 9, ...order })
      .loans.map(({ person }) => person.name)
  expect(loans({})).toEqual(['Moussa', 'zoé', 'Ana'])
  expect(loans({ sort: 'person' })).toEqual(['Ana', 'Moussa', 'zoé'])
  expect(loans({ sort: 'lentAt', descending: true })).toEqual(['Moussa', 'Ana', 'zoé'])
  expect(loans({ sort: 'dueOn' })).toEqual(['Moussa', 'zoé', 'Ana'])
  expect(loans({ sort: 'dueOn', descending: true })).toEqual(['zoé', 'Moussa', 'Ana'])
  expect(loans({ sort: 'purpose' })).toEqual(['zoé', 'Ana', 'Moussa'])

  for (const [n, title] of ['b', 'C', 'a'].entries()) {
    clock.advance(1000)
    rooms.interventions.add({
      ...{ title, description: '', kind: 'failure', requester: '', location: '', itemId: ids[2 - n]!, assignee: '' },
      ...{ urgency: n + 1, impact: 1 },
    })
  }
  const titles = (order: Partial<InterventionQuery>): string =>
    rooms.interventions
      .list({ search: '', states: [], kinds: [], offset: 0, limit: 9, ...order })
      .interventions.map(({ title }) => title)
      .join('')
  expect(titles({})).toBe('aCb')
  expect(titles({ sort: 'title' })).toBe('abC')
  expect(titles({ sort: 'item' })).toBe('aCb')
  expect(titles({ sort: 'priority' })).toBe('bCa')
  expect(titles({ sort: 'openedAt', descending: true })).toBe('aCb')
  for (const sort of interventionSortFields) expect(titles({ sort }).length).toBe(3)
})

describe('an intervention', () => {
  const failure = (itemId: number | null): InterventionInput => ({
    ...{ title: 'Ne démarre plus', description: '', kind: 'failure', requester: 'Mme Roux', location: '', itemId },
    ...{ urgency: 3, impact: 2, assignee: '' },
  })

  it('has its priority, its place from its item, its time, and parts that leave the stock', () => {
    const pc = rooms.items.add(item('PC-1'))
    const part = rooms.consumables.add(consumable({ reference: 'PSU', category: 'part', printerModels: [] }))
    bring(part.id, 2)
    const { id } = rooms.interventions.add(failure(pc.id))
    rooms.movements.move({
      consumableId: part.id,
      kind: 'out',
      quantity: 1,
      from: 'Réserve',
      reason: 'repair',
      note: '',
      interventionId: id,
    })
    rooms.interventions.note({ id, text: 'Alimentation changée', minutes: 25, state: 'solved' })
    expect(rooms.interventions.get(id)).toMatchObject({
      priority: 4,
      location: 'B104',
      requester: 'Mme Roux',
      state: 'solved',
      solvedAt: clock.now(),
      minutes: 25,
      notes: [{ text: 'Alimentation changée', who: 'Ana', state: 'solved' }],
      parts: [{ name: 'Toner', quantity: 1 }],
    })
    rooms.interventions.note({ id, text: 'Encore', minutes: 0, state: 'new' })
    expect(rooms.interventions.get(id).solvedAt).toBeUndefined()
  })

  it('says when the same item failed again and again', () => {
    const pc = rooms.items.add(item('PC-1'))
    for (let n = 0; n < 2; n++) rooms.interventions.add(failure(pc.id))
    const third = rooms.interventions.add(failure(pc.id))
    expect(third.repeated).toEqual({ ofItem: 3, ofModel: 3, model: 'ProDesk' })
    clock.advance(400 * 86_400_000)
    expect(rooms.interventions.get(third.id).repeated).toBeUndefined()
  })
})

describe('a disposal batch', () => {
  it('wants a proof of wiping and a company, then disposes of all at once', () => {
    const pc = rooms.items.add(item('PC-1', { state: 'underRepair' }))
    const cable = rooms.items.add(item('CAB-1', { type: 'cable' }))
    const { id } = rooms.disposal.add({ name: '2026-1', company: '', slipNumber: '', collectedOn: '', notes: '' })
    rooms.disposal.addItems(id, [pc.id, cable.id])
    expect(rooms.items.get(pc.id).state).toBe('awaitingDisposal')
    expect(() => rooms.disposal.close(id)).toThrow(refusal('input.invalid'))
    rooms.disposal.update(id, {
      name: '2026-1',
      company: 'Ecologic',
      slipNumber: 'BE-77',
      collectedOn: '2026-01-05',
      notes: '',
    })
    expect(() => rooms.disposal.close(id)).toThrow(refusal('stock.notWiped', { count: 1, tags: 'PC-1' }))
    const proof: WipeProof = {
      ...{ kind: 'purge', method: 'nwipe, 1 passe', wipedOn: '2026-01-04', wipedBy: 'Moussa', reference: 'PV-7' },
    }
    rooms.disposal.wipe(id, [pc.id], proof)
    rooms.disposal.wipe(id, [pc.id], null)
    expect(() => rooms.disposal.close(id)).toThrow(refusal('stock.notWiped'))
    expect(rooms.disposal.wipe(id, [pc.id], proof).items).toMatchObject([
      { assetTag: 'CAB-1', holdsData: false, proofFiles: 0 },
      { assetTag: 'PC-1', holdsData: true, wipe: proof, proofFiles: 0 },
    ])
    rooms.disposal.close(id)
    expect([pc, cable].map((thing) => rooms.items.get(thing.id).state)).toEqual(['disposed', 'disposed'])
    expect(() => rooms.disposal.takeOut(id, [pc.id])).toThrow(refusal('stock.batchClosed'))
    expect(() => rooms.items.patch([pc.id], { state: 'spare' })).toThrow(
      refusal('stock.inBatch', { assetTag: pc.assetTag }),
    )
    expect(() => rooms.items.remove(pc.id)).toThrow(refusal('stock.inBatch', { assetTag: pc.assetTag }))
    rooms.disposal.reopen(id)
    rooms.disposal.takeOut(id, [pc.id])
    expect(rooms.items.get(pc.id).state).toBe('underRepair')
  })
})

it('a disposal batch keeps its proofs of wiping apart from the documents of its items', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'amorce-documents-'))
  try {
    const path = join(folder, 'nwipe.pdf')
    writeFileSync(path, 'all zeros')
    const { id: itemId } = rooms.items.add(item('PC-1'))
    const { id: batchId } = rooms.disposal.add({
      name: 'DEEE',
      company: '',
      slipNumber: '',
      collectedOn: '',
      notes: '',
    })
    const proof = await rooms.documents.add({ batchId }, 'wipeProof', path)
    const photo = await rooms.documents.add({ itemId }, 'photo', path)
    expect(rooms.documents.ofBatch(batchId)).toEqual([proof])
    expect(rooms.documents.ofItem(itemId)).toEqual([photo])
    rooms.documents.remove(proof.id)
    expect(rooms.documents.ofBatch(batchId)).toEqual([])
    rooms.documents.restore(proof.id)
    expect(rooms.documents.ofBatch(batchId)).toMatchObject([{ kind: 'wipeProof', name: 'nwipe.pdf', size: 9 }])
  } finally {
    rmSync(folder, { recursive: true })
  }
})

describe('what a machine reports', () => {
  const mac = '52:54:00:12:34:56'
  const report = (itemId: number, facts: object): void =>
    rooms.inventory.accept(itemId, { mac, facts, firmware: 'uefi-x64' })

  it('fills what is empty, follows the machine, and never writes over a person', () => {
    const { id } = rooms.items.add(item('PC-1', { model: 'Mon modèle' }))
    report(id, { product: 'OptiPlex', serial: 'To be filled by O.E.M.', memoryMiB: 16_000, cpu: 'i5' })
    expect(rooms.items.get(id)).toMatchObject({
      model: 'Mon modèle',
      serial: '',
      memoryMiB: 16_000,
      cpu: 'i5',
      macs: [mac],
    })
    expect(rooms.inventory.proposals(id)).toMatchObject([
      { field: 'model', current: 'Mon modèle', reported: 'OptiPlex', isAlarming: false },
    ])
    report(id, { product: 'OptiPlex', cpu: 'i7' })
    expect(rooms.items.get(id).cpu).toBe('i7')
    expect(rooms.items.history(id)[0]).toMatchObject({ field: 'cpu', source: 'machine', who: '' })
    rooms.inventory.refuseProposal(id, 'model')
    report(id, { product: 'OptiPlex' })
    expect(rooms.inventory.proposals(id)).toEqual([])
    report(id, { product: 'OptiPlex 2' })
    rooms.inventory.acceptProposal(id, 'model')
    expect(rooms.items.get(id).model).toBe('OptiPlex 2')
    expect(rooms.items.history(id)[0]).toMatchObject({ field: 'model', source: 'person', who: 'Ana' })
  })

  it('asks no more about what a person wrote down by hand', () => {
    const before = rooms.items.add(item('PC-1', { model: 'Mon modèle', cpu: 'i3' }))
    report(before.id, { product: 'OptiPlex', cpu: 'i5' })
    rooms.items.update(before.id, item('PC-1', { model: 'optiplex', cpu: 'i3' }))
    expect(rooms.inventory.proposals(before.id).map(({ field }) => field)).toEqual(['cpu'])
    const asked = (): number[] => rooms.items.ids({ search: '', types: [], states: [], withProposals: true })
    const other = rooms.items.add(item('PC-2', { cpu: 'i3' }))
    report(other.id, { cpu: 'i7' })
    rooms.inventory.settle([other.id])
    expect(asked()).toEqual([before.id, other.id])
    rooms.items.updateMany([other.id], { cpu: 'i7' })
    rooms.inventory.settle()
    expect(asked()).toEqual([before.id])
    // Changed once more: the machine has to say it anew.
    rooms.items.update(before.id, item('PC-1', { model: 'Autre', cpu: 'i3' }))
    expect(rooms.inventory.proposals(before.id).map(({ field }) => field)).toEqual(['cpu'])
  })

  it('proposes another asset tag, whoever wrote the one there is, and says when another item has it', () => {
    const { id } = rooms.items.addFromMachine({ mac, facts: {} })
    const proposals = (): object[] => rooms.inventory.proposals(id)
    for (const assetTag of ['To Be Filled By O.E.M.', 'Default string', 'No Asset Tag', '0', 'pc-0001', 'x'.repeat(65)])
      report(id, { assetTag })
    report(id, { serial: '5CG1234XYZ', assetTag: '5cg1234xyz' })
    expect(proposals()).toEqual([])

    report(id, { assetTag: 'UNI-7' })
    const proposal = { itemId: id, field: 'assetTag', current: 'PC-0001', reported: 'UNI-7', isAlarming: false }
    expect(proposals()).toEqual([{ ...proposal, firstAt: clock.now(), lastAt: clock.now() }])
    expect(rooms.items.get(id).assetTag).toBe('PC-0001')

    const other = rooms.items.add(item('uni-7'))
    expect(proposals()).toMatchObject([{ ...proposal, takenBy: other.id }])
    expect(() => rooms.inventory.acceptProposal(id, 'assetTag')).toThrow(refusal('stock.duplicateAssetTag'))
    expect(proposals()).toHaveLength(1)

    rooms.items.remove(other.id)
    rooms.inventory.refuseProposal(id, 'assetTag')
    expect(proposals()).toEqual([])
    rooms.inventory.askAgain(id, 'assetTag')
    rooms.inventory.acceptProposal(id, 'assetTag')
    expect(rooms.items.get(id).assetTag).toBe('UNI-7')
    expect(rooms.items.history(id)[0]).toMatchObject({ field: 'assetTag', before: 'PC-0001', source: 'person' })
    // The next one is another tag again: the one there is came from the machine, and stays all the same.
    report(id, { assetTag: 'UNI-8' })
    expect(rooms.items.get(id).assetTag).toBe('UNI-7')
  })

  it('flags memory that is missing, until it is back, and advises a spare that fits', () => {
    const { id } = rooms.items.add(item('PC-1', { memoryMiB: 16_384 }))
    rooms.items.add(item('R-SMALL', { state: 'spare', memoryMiB: 4096 }))
    rooms.items.add(item('R-OTHER', { state: 'spare', memoryMiB: 32_768, model: 'Autre' }))
    rooms.items.add(item('R-SAME', { state: 'spare', memoryMiB: 16_000 }))
    report(id, { memoryMiB: 8192 })
    expect(rooms.items.get(id).memoryMiB).toBe(16_384)
    expect(rooms.inventory.proposals(id)).toMatchObject([{ field: 'memoryMiB', isAlarming: true }])
    expect(rooms.dashboards.alarms()).toMatchObject([{ kind: 'memoryMissing', details: { name: 'PC-1', count: 8192 } }])
    expect(rooms.inventory.swaps({ minMemoryMiB: 0 })).toMatchObject([
      {
        item: { assetTag: 'PC-1' },
        reasons: ['memoryMissing'],
        spares: [{ assetTag: 'R-SAME', sameModel: true }, { assetTag: 'R-OTHER' }],
      },
    ])
    report(id, { memoryMiB: 16_200 })
    expect(rooms.inventory.proposals(id)).toEqual([])
    expect(rooms.inventory.swaps({ minMemoryMiB: 0 })).toEqual([])
  })

  it('puts a spare in the place of a PC, both or neither, with one way back', () => {
    const pc = rooms.items.add(item('PC-1', { location: 'B104' }))
    const spare = rooms.items.add(item('R-1', { state: 'spare', location: 'Réserve' }))
    const both = (): object[] =>
      [pc, spare].map(({ id }) => rooms.items.get(id)).map(({ state, location }) => ({ state, location }))
    const before = both()
    const { undo } = rooms.items.swap(pc.id, spare.id)
    const after = [
      { state: 'underRepair', location: 'Réserve' },
      { state: 'inService', location: 'B104' },
    ]
    expect(both()).toEqual(after)
    rooms.items.revertMany(undo)
    expect(both()).toEqual(before)

    const batch = rooms.disposal.add({ name: 'Lot', company: '', slipNumber: '', collectedOn: '', notes: '' })
    rooms.disposal.addItems(batch.id, [spare.id])
    const withBatch = both()
    expect(() => rooms.items.swap(pc.id, spare.id)).toThrow(expect.objectContaining({ code: 'stock.inBatch' }))
    expect(both()).toEqual(withBatch)
  })
})

describe('alarms', () => {
  it('are told once, and again when they come back', () => {
    const { id } = rooms.consumables.add(consumable())
    expect(rooms.dashboards.newAlarms()).toMatchObject([{ kind: 'outOfStock' }])
    expect(rooms.dashboards.newAlarms()).toEqual([])
    bring(id, 9)
    expect(rooms.dashboards.newAlarms()).toEqual([])
    take(id, 9)
    expect(rooms.dashboards.newAlarms()).toMatchObject([{ kind: 'outOfStock' }])
  })
})

it('the dashboard counts items by their age in whole years, and those of which it is not known', () => {
  const year = new Date(clock.now()).getFullYear()
  for (const [tag, purchasedOn] of Object.entries({
    A: `${year - 3}-01-01`,
    B: `${year - 3}-01-01`,
    C: '',
    D: `${year + 1}-12-31`,
  }))
    rooms.items.add(item(tag, { purchasedOn }))
  rooms.items.add(item('E', { purchasedOn: `${year - 9}-01-01`, state: 'disposed' }))
  const { ages, unknownAge } = rooms.dashboards.get()
  expect(ages).toEqual([
    { years: 0, count: 1 },
    { years: expect.toSatisfy((years: number) => years === 2 || years === 3) as number, count: 2 },
  ])
  expect(unknownAge).toBe(1)
})

describe('many at once', () => {
  it('are changed and changed back, what was empty being empty again', () => {
    const ids = ['A', 'B'].map((tag) => rooms.items.add(item(tag, { location: '' })).id)
    const { changed, undo } = rooms.items.updateMany(ids, {
      location: 'Réserve / Étagère 2',
      warrantyUntil: '2028-06-30',
    })
    expect(changed).toBe(2)
    expect(rooms.items.get(ids[0]!)).toMatchObject({ location: 'Réserve / Étagère 2', warrantyUntil: '2028-06-30' })
    rooms.items.revertMany(undo)
    expect(rooms.items.get(ids[1]!)).not.toHaveProperty('warrantyUntil')
    expect(rooms.items.get(ids[1]!).location).toBe('')
    expect(() => rooms.items.revertMany(undo)).toThrow(refusal('stock.nothingToUndo'))
  })

  it('are given a price or a value of their own field, or lose it, where their type has the field', () => {
    const { types } = rooms.items
    const everywhere = types.addField({ name: 'Couleur', kind: 'text', choices: [] }).id
    const ofPrinters = types.addField({ type: 'printer', name: 'Bac', kind: 'number', choices: [] }).id
    const custom = { [everywhere]: 'gris', [ofPrinters]: '2' }
    const pc = rooms.items.add(item('PC-1', { custom: { [everywhere]: 'noir', 99: 'of a field that is gone' } })).id
    const printer = rooms.items.add(item('IMP-1', { type: 'printer', priceCents: 100 })).id
    const both = () => [pc, printer].map((id) => rooms.items.get(id))
    const before = both()

    const { changed, undo } = rooms.items.updateMany([pc, printer], { custom, priceCents: 45_000 })
    expect(changed).toBe(2)
    expect(both()).toMatchObject([
      { priceCents: 45_000, custom: { [everywhere]: 'gris', 99: 'of a field that is gone' } },
      { priceCents: 45_000, custom },
    ])
    expect(both()[0]?.custom).not.toHaveProperty(String(ofPrinters))
    expect(rooms.items.updateMany([pc], { custom: { [ofPrinters]: '3' } }).changed).toBe(0)
    rooms.items.revertMany(undo)
    expect(both().map(({ custom, priceCents }) => ({ custom, priceCents }))).toEqual(
      before.map(({ custom, priceCents }) => ({ custom, priceCents })),
    )
    rooms.items.updateMany([pc, printer], { custom: { [everywhere]: '' }, priceCents: null })
    expect(both()[0]?.custom).toEqual({ 99: 'of a field that is gone' })
    expect(both()[1]).not.toHaveProperty('priceCents')
  })
})

it('no item has two fields of one name, but those that were there before may be changed and put back', () => {
  const { types } = rooms.items
  const add = (name: string, type?: string) =>
    types.addField({ name, kind: 'text', choices: [], ...(type && { type }) })
  const ofUps = add('Étage', 'ups')
  const ofPrinters = add('étage', 'printer')
  for (const [name, type] of [
    ['ETAGE', 'ups'],
    ['E\u0301tage', undefined],
  ] as const)
    expect(() => add(name, type)).toThrow(refusal('stock.duplicateName', { name }))
  const moved = { name: 'etage', kind: 'text' as const, choices: [] }
  expect(() => types.updateField(ofPrinters.id, { ...moved, type: 'ups' })).toThrow(refusal('stock.duplicateName'))
  expect(types.updateField(ofPrinters.id, { ...moved, type: 'printer' })).toMatchObject({ name: 'etage' })

  database.exec("INSERT INTO custom_fields (name, type, kind) VALUES ('Etage', 'ups', 'text')")
  expect(types.updateField(ofUps.id, { ...ofUps, kind: 'number' })).toMatchObject({ kind: 'number' })
  types.restoreField(types.removeField(ofUps.id))
  expect(types.fields().map(({ name }) => name)).toEqual(['Etage', 'etage', 'Étage'])
})

describe('many consumables at once', () => {
  const toner = (reference: string, changes: Partial<ConsumableInput> = {}): number =>
    rooms.consumables.add(consumable({ reference, ...changes })).id
  const said = (ids: readonly number[]) => ids.map((id) => rooms.consumables.get(id))

  it('are given a supplier, a price, a threshold, or lose it, with one way back', () => {
    const ids = [toner('A', { supplier: '', priceCents: null }), toner('B'), toner('C', { threshold: null })]
    bring(ids[0]!, 4)
    const before = said(ids)
    clock.advance(1000)
    const first = rooms.consumables.updateMany(ids, { supplier: 'Œuvre', priceCents: 100, notes: 'à grouper' })
    const second = rooms.consumables.updateMany(ids, { threshold: null })
    expect([first.changed, second.changed]).toEqual([3, 2])
    for (const one of said(ids)) {
      expect(one).toMatchObject({ supplier: 'Œuvre', priceCents: 100, notes: 'à grouper', target: 6 })
      expect(one).not.toHaveProperty('threshold')
      expect(one.printerModels).toEqual(['HL-L6400DW'])
    }
    expect(said(ids).map(({ quantity }) => quantity)).toEqual([4, 0, 0])
    expect(rooms.movements.list({ consumableId: ids[0]!, limit: 10 }).movements).toHaveLength(1)

    // What was written beside it since then stays.
    rooms.consumables.update(ids[1]!, { ...consumable({ reference: 'B', name: 'Toner noir' }), threshold: null })
    rooms.consumables.revertMany(second.undo)
    rooms.consumables.revertMany(first.undo)
    const bare = ({ updatedAt: _, ...rest }: object & { updatedAt: number }) => rest
    expect(said(ids).map(bare)).toEqual(before.map((one, n) => bare(n === 1 ? { ...one, name: 'Toner noir' } : one)))
    expect(() => rooms.consumables.revertMany(first.undo)).toThrow(refusal('stock.nothingToUndo'))
  })

  it('are all left as they were when one of them would have a target below its threshold, or is gone', () => {
    const ids = [toner('A', { threshold: 1 }), toner('B', { name: 'Papier', threshold: 5 })]
    const before = said(ids)
    expect(() => rooms.consumables.updateMany(ids, { target: 3 })).toThrow(
      refusal('stock.targetBelowThreshold', { id: ids[1], name: 'Papier', threshold: 5, target: 3 }),
    )
    expect(() => rooms.consumables.updateMany([...ids, 99], { notes: 'x' })).toThrow(
      refusal('stock.consumableNotFound', { id: 99 }),
    )
    expect(said(ids)).toEqual(before)
    expect(rooms.consumables.updateMany(ids, { threshold: 3, target: 3 }).changed).toBe(2)
  })

  it('are the ids of all that a filter leaves', () => {
    const [paper] = [toner('A4', { category: 'paper' }), toner('B')]
    const all = { search: '', categories: [], levels: [] }
    expect(rooms.consumables.ids(all)).toHaveLength(2)
    expect(rooms.consumables.ids({ ...all, categories: ['paper'] })).toEqual([paper])
    expect(rooms.consumables.ids({ ...all, search: 'a4' })).toEqual([paper])
  })

  it('have no quantity to be given: that is what movements are for', () => {
    for (const patch of [{ quantity: 3 }, { reference: 'X' }, { threshold: -1 }, { target: 1.5 }, { priceCents: '1' }])
      expect(consumablePatchSchema.safeParse(patch).success, JSON.stringify(patch)).toBe(false)
    expect(consumablePatchSchema.safeParse({ threshold: null, supplier: '' }).success).toBe(true)
  })
})

it('knows what was scanned', () => {
  const { id } = rooms.items.add(item('PC-1', { serial: 'CZC1' }))
  const toner = rooms.consumables.add(consumable())
  expect(rooms.scan('pc-1')).toEqual({ kind: 'item', id, assetTag: 'PC-1' })
  expect(rooms.scan('czc1')).toMatchObject({ kind: 'item', id })
  expect(rooms.scan('4977766')).toEqual({ kind: 'consumable', id: toner.id, name: 'Toner' })
  expect(rooms.scan('')).toEqual({ kind: 'none' })
})
