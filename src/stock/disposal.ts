import type { Clock } from '../base/index.ts'
import {
  CodedError,
  type BatchInput,
  type DisposalBatchView,
  type DisposalItemView,
  type ItemState,
  type ItemType,
  type WipeKind,
  type WipeProof,
} from '../contract/index.ts'
import type { Database } from '../storage/index.ts'
import type { Stock } from './stock.ts'

interface BatchRow {
  id: number
  name: string
  company: string
  slip_number: string
  collected_on: string | null
  notes: string
  created_at: number
  closed_at: number | null
  who: string
}
interface BatchItemRow {
  itemId: number
  assetTag: string
  type: ItemType
  model: string
  serial: string
  disks: string
  wipe_kind: WipeKind | ''
  wipe_method: string
  wiped_on: string | null
  wiped_by: string
  wipe_reference: string
  proofFiles: number
  state_before: ItemState
}

/** What is thrown away goes in batches, each collected by a company. */
export interface Disposal {
  /** What is open first, then the newest. */
  list(): DisposalBatchView[]
  /** @throws CodedError `stock.batchNotFound` */
  get(id: number): DisposalBatchView
  /** @throws CodedError `stock.duplicateName` */
  add(batch: BatchInput): DisposalBatchView
  /** @throws CodedError `stock.batchNotFound`, `stock.duplicateName` */
  update(id: number, batch: BatchInput): DisposalBatchView
  /** They wait for disposal from now on. @throws CodedError `stock.batchClosed`, `stock.onLoan`, `stock.entryInUse` when in another batch */
  addItems(id: number, itemIds: readonly number[]): DisposalBatchView
  /** They are again what they were. @throws CodedError `stock.batchClosed` */
  takeOut(id: number, itemIds: readonly number[]): DisposalBatchView
  /** How the data of these was wiped; null for what is not true after all. @throws CodedError `stock.batchClosed` */
  wipe(id: number, itemIds: readonly number[], proof: WipeProof | null): DisposalBatchView
  /**
   * It was collected: everything in it is disposed of.
   * @throws CodedError `stock.batchClosed`, `stock.notWiped` (`details: { count, tags }`), `input.invalid` without company or date
   */
  close(id: number): DisposalBatchView
  /** Undoes a closing. */
  reopen(id: number): DisposalBatchView
  /** The batch that an item is in. */
  ofItem(itemId: number): { id: number; name: string } | undefined
}

/** What has a disk, or may keep what was printed; so does whatever is known to have one (see migration 031). */
const typesWithData: ReadonlySet<string> = new Set(['pc', 'laptop', 'server', 'copier', 'printer'])

const noProof = { kind: '', method: '', wipedOn: null, wipedBy: '', reference: '', at: null }
/** Of what keeps a batch from being collected. */
const tagsTold = 8

export function createDisposal(database: Database, clock: Clock, who: () => string, stock: Stock): Disposal {
  const selectAll = database.prepare<[], BatchRow>(
    'SELECT * FROM disposal_batches ORDER BY closed_at IS NOT NULL, id DESC LIMIT 200',
  )
  const selectOne = database.prepare<[number], BatchRow>('SELECT * FROM disposal_batches WHERE id = ?')
  const selectByName = database
    .prepare<[string], number>('SELECT id FROM disposal_batches WHERE name = ? COLLATE NOCASE')
    .pluck()
  const selectItems = database.prepare<[number], BatchItemRow>(`
    SELECT item_id AS itemId, asset_tag AS assetTag, type, trim(manufacturer || ' ' || model) AS model, serial, disks,
      wipe_kind, wipe_method, wiped_on, wiped_by, wipe_reference, state_before,
      (SELECT count(*) FROM documents
        WHERE documents.item_id = items.id AND kind = 'wipeProof' AND documents.removed_at IS NULL) AS proofFiles
    FROM disposal_items JOIN items ON items.id = item_id WHERE batch_id = ? ORDER BY asset_tag COLLATE NOCASE`)
  const insert = database.prepare(`
    INSERT INTO disposal_batches (name, company, slip_number, collected_on, notes, created_at, who)
    VALUES (@name, @company, @slipNumber, @collectedOn, @notes, @at, @who)`)
  const change = database.prepare(`
    UPDATE disposal_batches SET name = @name, company = @company, slip_number = @slipNumber,
      collected_on = @collectedOn, notes = @notes WHERE id = @id`)
  const insertItem = database.prepare<[number, number, ItemState]>(
    'INSERT INTO disposal_items (batch_id, item_id, state_before) VALUES (?, ?, ?)',
  )
  const selectBatchOf = database.prepare<[number], { id: number; name: string }>(
    `SELECT disposal_batches.id, name FROM disposal_items JOIN disposal_batches ON disposal_batches.id = batch_id
     WHERE item_id = ?`,
  )
  const deleteItem = database.prepare<[number, number]>('DELETE FROM disposal_items WHERE batch_id = ? AND item_id = ?')
  const setWiped = database.prepare<[object]>(`
    UPDATE disposal_items SET wipe_kind = @kind, wipe_method = @method, wiped_on = @wipedOn, wiped_by = @wipedBy,
      wipe_reference = @reference, wiped_at = @at WHERE batch_id = @id AND item_id = @itemId`)
  const setClosed = database.prepare<[number | null, number]>('UPDATE disposal_batches SET closed_at = ? WHERE id = ?')

  const rowOf = (id: number): BatchRow => {
    const row = selectOne.get(id)
    if (!row) throw new CodedError('stock.batchNotFound', `no batch ${id}`, { id })
    return row
  }
  const openRow = (id: number): BatchRow => {
    const row = rowOf(id)
    if (row.closed_at !== null)
      throw new CodedError('stock.batchClosed', `batch ${id} was collected`, { name: row.name })
    return row
  }
  const itemsOf = (id: number): DisposalItemView[] =>
    selectItems.all(id).map(({ itemId, assetTag, type, model, serial, disks, proofFiles, ...row }) => ({
      ...{ itemId, assetTag, type, model, serial, proofFiles },
      holdsData: typesWithData.has(type) || disks !== '',
      ...(row.wipe_kind === '' || row.wiped_on === null
        ? {}
        : {
            wipe: {
              kind: row.wipe_kind,
              method: row.wipe_method,
              wipedOn: row.wiped_on,
              wipedBy: row.wiped_by,
              reference: row.wipe_reference,
            },
          }),
    }))
  const viewOf = (row: BatchRow): DisposalBatchView => ({
    id: row.id,
    name: row.name,
    company: row.company,
    slipNumber: row.slip_number,
    ...(row.collected_on === null ? {} : { collectedOn: row.collected_on }),
    notes: row.notes,
    createdAt: row.created_at,
    ...(row.closed_at === null ? {} : { closedAt: row.closed_at }),
    who: row.who,
    items: itemsOf(row.id),
  })
  const refuseTakenName = (name: string, id?: number): void => {
    const holder = selectByName.get(name)
    if (holder !== undefined && holder !== id) throw new CodedError('stock.duplicateName', `batch ${name}`, { name })
  }
  const valuesOf = ({ collectedOn, ...batch }: BatchInput): object => ({
    ...batch,
    collectedOn: collectedOn || null,
    at: clock.now(),
    who: who(),
  })
  const get = (id: number): DisposalBatchView => viewOf(rowOf(id))
  const setStates = (rows: readonly BatchItemRow[], state?: ItemState): void => {
    for (const { itemId, state_before: before } of rows) stock.patch([itemId], { state: state ?? before })
  }

  return {
    list: () => selectAll.all().map(viewOf),
    get,
    add(batch) {
      refuseTakenName(batch.name)
      return get(Number(insert.run(valuesOf(batch)).lastInsertRowid))
    },
    update(id, batch) {
      rowOf(id)
      refuseTakenName(batch.name, id)
      change.run({ ...valuesOf(batch), id })
      return get(id)
    },
    addItems: database.transaction((id: number, itemIds: readonly number[]) => {
      openRow(id)
      for (const itemId of itemIds) {
        const { state, assetTag } = stock.get(itemId)
        const other = selectBatchOf.get(itemId)
        if (other?.id === id) continue
        if (other) throw new CodedError('stock.entryInUse', `${assetTag} is in ${other.name}`, { name: other.name })
        stock.patch([itemId], { state: 'awaitingDisposal' })
        insertItem.run(id, itemId, state)
      }
      return get(id)
    }),
    takeOut: database.transaction((id: number, itemIds: readonly number[]) => {
      openRow(id)
      const rows = selectItems.all(id).filter(({ itemId }) => itemIds.includes(itemId))
      for (const { itemId } of rows) deleteItem.run(id, itemId)
      setStates(rows)
      return get(id)
    }),
    wipe: database.transaction((id: number, itemIds: readonly number[], proof: WipeProof | null) => {
      openRow(id)
      const said = proof ? { ...proof, at: clock.now() } : noProof
      for (const itemId of itemIds) setWiped.run({ ...said, id, itemId })
      return get(id)
    }),
    close: database.transaction((id: number) => {
      const row = openRow(id)
      if (row.company === '' || row.collected_on === null)
        throw new CodedError('input.invalid', 'who collected it and when is not said', { field: 'company' })
      const unwiped = itemsOf(id).filter(({ holdsData, wipe }) => holdsData && !wipe)
      if (unwiped.length > 0) {
        const tags = unwiped.slice(0, tagsTold).map(({ assetTag }) => assetTag)
        throw new CodedError('stock.notWiped', `${unwiped.length} not wiped`, {
          count: unwiped.length,
          tags: [...tags, ...(unwiped.length > tagsTold ? ['…'] : [])].join(', '),
        })
      }
      setClosed.run(clock.now(), id)
      setStates(selectItems.all(id), 'disposed')
      return get(id)
    }),
    reopen: database.transaction((id: number) => {
      rowOf(id)
      setClosed.run(null, id)
      setStates(selectItems.all(id), 'awaitingDisposal')
      return get(id)
    }),
    ofItem: (itemId) => selectBatchOf.get(itemId),
  }
}
