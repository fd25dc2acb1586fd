import { expect, it } from 'vitest'
import type { LoanView } from '../contract/index.ts'
import { renderDocument } from '../paper/index.ts'
import { overduePaper } from './stockPapers.ts'
import { stockWords } from './stockWords.ts'

const day = 86_400_000
const at = Date.UTC(2026, 1, 10, 12)
const person = { id: 1, name: 'Hélène Morel', department: 'Physique', email: 'h.morel@example.org', phone: '0102' }
const loan = (changes: Partial<LoanView>): LoanView => ({
  ...{ id: 1, person, lentAt: at - 40 * day, dueOn: '2026-02-01', purpose: 'cours', who: 'Ana', daysLate: 9 },
  items: [{ itemId: 1, assetTag: 'PORT-1', model: 'ThinkPad', condition: '' }],
  ...changes,
})
const loans: LoanView[] = [
  loan({
    items: [
      { itemId: 1, assetTag: 'PORT-1', model: 'ThinkPad', condition: '' },
      { itemId: 2, assetTag: 'PORT-2', model: 'ThinkPad', condition: '', returnedAt: at - day },
    ],
  }),
  loan({
    ...{ id: 2, dueOn: '2026-01-11', daysLate: 30 },
    person: { ...person, id: 2, name: 'M. Diallo', department: '', email: '', phone: '' },
    items: [{ itemId: 3, assetTag: 'VP-1', model: 'Epson', condition: '' }],
  }),
  loan({
    id: 3,
    dueOn: '2026-02-09',
    daysLate: 1,
    items: [{ itemId: 4, assetTag: 'PORT-4', model: 'X', condition: '' }],
  }),
]

it('overdue loans are listed by whoever has them, the longest late first, with only what is still out', () => {
  const { title, subtitle, blocks } = overduePaper(loans, stockWords('fr'), at)
  expect([title, subtitle]).toEqual(['Prêts en retard', 'Au 10/02/2026 : 3 matériels chez 2 emprunteurs'])
  const table = (rows: string[][]) => expect.objectContaining({ kind: 'table', rows }) as object
  expect(blocks).toEqual([
    { kind: 'heading', text: 'M. Diallo' },
    { kind: 'text', text: 'Ni courriel ni téléphone connus', isMuted: true },
    table([['VP-1', 'Epson', 'cours', '01/01/2026', '11/01/2026', '30']]),
    { kind: 'heading', text: 'Hélène Morel, Physique' },
    { kind: 'text', text: 'h.morel@example.org · 0102', isMuted: true },
    table([
      ['PORT-1', 'ThinkPad', 'cours', '01/01/2026', '01/02/2026', '9'],
      ['PORT-4', 'X', 'cours', '01/01/2026', '09/02/2026', '1'],
    ]),
  ])
})

it('are said in English, and where nothing is overdue, that', async () => {
  const paper = overduePaper(loans.slice(0, 1), stockWords('en'), at)
  expect([paper.title, paper.subtitle]).toEqual(['Overdue loans', 'On 10/02/2026: 1 item with 1 borrower'])
  expect(Buffer.from(await renderDocument(paper)).toString('latin1')).toMatch(/^%PDF-/)
  expect(overduePaper([], stockWords('en'), at).blocks).toEqual([{ kind: 'text', text: 'No loan is overdue.' }])
})
