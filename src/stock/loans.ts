import type { Clock } from '../base/index.ts'
import {
  CodedError,
  type GiveBackInput,
  type ItemState,
  type LoanInput,
  type LoanPage,
  type LoanQuery,
  type LoanView,
} from '../contract/index.ts'
import { isConstraintError, type Database } from '../storage/index.ts'
import { daysBetween, today } from './days.ts'
import { orderedBy } from './orderedBy.ts'
import type { People } from './parties.ts'
import type { RecordSearch } from './recordSearch.ts'
import type { Stock } from './stock.ts'

interface LoanRow {
  id: number
  person_id: number
  person: string
  department: string
  email: string
  phone: string
  lent_at: number
  due_on: string | null
  purpose: string
  who: string
}
interface LoanItemRow {
  loan_id: number
  itemId: number
  assetTag: string
  model: string
  state_before: ItemState
  returned_at: number | null
  condition: string
}

export interface Loans {
  list(query: LoanQuery): LoanPage
  /** @throws CodedError `stock.loanNotFound` */
  get(id: number): LoanView
  /** All that are not back in time, the longest late first. */
  overdue(): LoanView[]
  /** Those of one item, the newest first. */
  ofItem(itemId: number): LoanView[]
  /** @throws CodedError `stock.notLendable` (`details: { assetTag }`), `stock.itemNotFound` */
  lend(loan: LoanInput): LoanView
  /** @throws CodedError `stock.loanNotFound` */
  giveBack(input: GiveBackInput): LoanView
  /** Undoes a return. @throws CodedError `stock.loanNotFound`, `stock.notLendable` when it was lent again or thrown away meanwhile */
  takeBackReturn(loanId: number, itemIds: readonly number[]): LoanView
  /** @param dueOn empty: until whenever. @throws CodedError `stock.loanNotFound` */
  extend(loanId: number, dueOn: string): LoanView
}

export function createLoans(
  database: Database,
  clock: Clock,
  who: () => string,
  stock: Stock,
  people: Pick<People, 'ensure'>,
  search: RecordSearch,
): Loans {
  const columns = 'loans.*, people.name AS person, people.department, people.email, people.phone'
  const from = 'FROM loans JOIN people ON people.id = loans.person_id'
  const selectOne = database.prepare<[number], LoanRow>(`SELECT ${columns} ${from} WHERE loans.id = ?`)
  const selectItems = database.prepare<[number], LoanItemRow>(`
    SELECT loan_id, item_id AS itemId, asset_tag AS assetTag, trim(manufacturer || ' ' || model) AS model, state_before,
      returned_at, condition
    FROM loan_items JOIN items ON items.id = item_id WHERE loan_id = ? ORDER BY asset_tag COLLATE NOCASE`)
  const selectOfItem = database.prepare<[number], LoanRow>(
    `SELECT ${columns} ${from} WHERE loans.id IN (SELECT loan_id FROM loan_items WHERE item_id = ?) ORDER BY loans.id DESC LIMIT 50`,
  )
  const isOut = 'EXISTS (SELECT 1 FROM loan_items WHERE loan_id = loans.id AND returned_at IS NULL)'
  const filters = {
    open: `${isOut}`,
    overdue: `due_on < @today AND ${isOut}`,
    ended: `NOT ${isOut}`,
  }
  const usualOrders = { open: 'due_on IS NULL, due_on, loans.id', overdue: 'due_on, loans.id', ended: 'loans.id DESC' }
  const selectOverdue = database.prepare<[object], LoanRow>(
    `SELECT ${columns} ${from} WHERE ${filters.overdue} ORDER BY ${usualOrders.overdue}`,
  )
  const orders: Record<NonNullable<LoanQuery['sort']>, string> = {
    person: 'people.name COLLATE NOCASE',
    lentAt: 'lent_at',
    dueOn: 'due_on',
    purpose: 'purpose COLLATE NOCASE',
  }
  const insert = database.prepare<[number, number, string | null, string, string]>(
    'INSERT INTO loans (person_id, lent_at, due_on, purpose, who) VALUES (?, ?, ?, ?, ?)',
  )
  const insertItem = database.prepare<[number, number, ItemState]>(
    'INSERT INTO loan_items (loan_id, item_id, state_before) VALUES (?, ?, ?)',
  )
  const setReturned = database.prepare<[number | null, string, number, number]>(
    'UPDATE loan_items SET returned_at = ?, condition = ? WHERE loan_id = ? AND item_id = ?',
  )
  const setDue = database.prepare<[string | null, number]>('UPDATE loans SET due_on = ? WHERE id = ?')

  const viewOf = (row: LoanRow): LoanView => {
    const rows = selectItems.all(row.id)
    const returns = rows.map(({ returned_at: at }) => at)
    const daysLate = row.due_on === null ? 0 : daysBetween(row.due_on, today(clock))
    const endedAt = returns.includes(null) ? undefined : Math.max(...returns.map((at) => at ?? 0))
    return {
      id: row.id,
      person: {
        id: row.person_id,
        name: row.person,
        department: row.department,
        email: row.email,
        phone: row.phone,
      },
      lentAt: row.lent_at,
      ...(row.due_on === null ? {} : { dueOn: row.due_on }),
      purpose: row.purpose,
      who: row.who,
      items: rows.map(({ itemId, assetTag, model, returned_at: at, condition }) => ({
        itemId,
        assetTag,
        model,
        condition,
        ...(at === null ? {} : { returnedAt: at }),
      })),
      ...(endedAt === undefined ? {} : { endedAt }),
      ...(endedAt === undefined && daysLate > 0 ? { daysLate } : {}),
    }
  }
  const get = (id: number): LoanView => {
    const row = selectOne.get(id)
    if (!row) throw new CodedError('stock.loanNotFound', `no loan ${id}`, { id })
    return viewOf(row)
  }
  const itemsIn = (loanId: number, itemIds: readonly number[]): LoanItemRow[] => {
    get(loanId)
    return selectItems.all(loanId).filter(({ itemId }) => itemIds.includes(itemId))
  }

  return {
    list({ search: typed, filter, sort, descending = false, offset, limit }) {
      const order = sort ? orderedBy(orders[sort], descending, 'loans.id') : usualOrders[filter]
      const rows = database
        .prepare<[object], LoanRow & { total: number }>(
          `SELECT ${columns}, count(*) OVER () AS total ${from} WHERE ${filters[filter]}
             AND (@found IS NULL OR loans.id IN (SELECT value FROM json_each(@found)))
           ORDER BY ${order} LIMIT @limit OFFSET @offset`,
        )
        .all({
          found: search.json('loan', typed),
          today: today(clock),
          offset,
          limit,
        })
      return { loans: rows.map(viewOf), total: rows[0]?.total ?? 0 }
    },
    get,
    overdue: () => selectOverdue.all({ today: today(clock) }).map(viewOf),
    ofItem: (itemId) => selectOfItem.all(itemId).map(viewOf),
    lend: database.transaction(({ person, itemIds, dueOn, purpose }: LoanInput) => {
      const items = [...new Set(itemIds)].map((id) => stock.get(id))
      for (const { state, assetTag } of items)
        if (!['inService', 'spare', 'underRepair'].includes(state))
          throw new CodedError('stock.notLendable', `${assetTag} is ${state}`, { assetTag })
      const personId = people.ensure(person)
      if (personId === undefined) throw new CodedError('input.invalid', 'nobody borrows', {})
      const id = Number(insert.run(personId, clock.now(), dueOn || null, purpose, who()).lastInsertRowid)
      for (const item of items) insertItem.run(id, item.id, item.state)
      stock.patch(
        items.map((item) => item.id),
        { state: 'loaned' },
      )
      return get(id)
    }),
    giveBack: database.transaction(({ loanId, itemIds, condition, state }: GiveBackInput) => {
      for (const item of itemsIn(loanId, itemIds)) {
        if (item.returned_at !== null) continue
        setReturned.run(clock.now(), condition, loanId, item.itemId)
        // One that was said to be lost meanwhile is found again.
        stock.patch([item.itemId], { state: state ?? item.state_before })
      }
      return get(loanId)
    }),
    takeBackReturn: database.transaction((loanId: number, itemIds: readonly number[]) => {
      for (const { itemId, assetTag } of itemsIn(loanId, itemIds)) {
        try {
          setReturned.run(null, '', loanId, itemId)
        } catch (error) {
          if (!isConstraintError(error)) throw error
          throw new CodedError('stock.notLendable', `${assetTag} is out again`, { assetTag })
        }
        stock.patch([itemId], { state: 'loaned' })
      }
      return get(loanId)
    }),
    extend(loanId, dueOn) {
      get(loanId)
      setDue.run(dueOn || null, loanId)
      return get(loanId)
    },
  }
}
