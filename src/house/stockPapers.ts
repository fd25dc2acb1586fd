import type { DisposalBatchView, LoanView, ReorderLine } from '../contract/index.ts'
import type { Block, PaperDocument } from '../paper/index.ts'
import type { StockWords } from './stockWords.ts'

/** What is to be ordered, a table for each supplier. */
export function reorderPaper(lines: readonly ReorderLine[], words: StockWords, at: number): PaperDocument {
  const bySupplier = new Map<string, ReorderLine[]>()
  for (const line of lines) bySupplier.set(line.supplier, [...(bySupplier.get(line.supplier) ?? []), line])
  return {
    title: words.of('reorderTitle'),
    subtitle: words.of('reorderOn', { date: words.day(at) }),
    createdAt: at,
    blocks: [...bySupplier].flatMap(([supplier, ofSupplier]): Block[] => [
      { kind: 'heading', text: supplier || words.of('noSupplier') },
      {
        kind: 'table',
        columns: [
          { title: words.of('reference'), share: 1.9 },
          { title: words.of('supplierReference'), share: 2 },
          { title: words.of('name'), share: 3.2 },
          { title: words.of('quantity'), share: 1.1, align: 'right' },
          { title: words.of('order'), share: 1.9, align: 'right' },
          { title: words.of('price'), share: 1.6, align: 'right' },
          // As wide as millions: a figure that goes on in the next line is read as another.
          { title: words.of('amount'), share: 2, align: 'right' },
        ],
        rows: [
          ...ofSupplier.map((line) => [
            line.reference,
            line.supplierReference,
            line.name,
            String(line.quantity),
            [line.order, line.unit].filter(Boolean).join(' '),
            words.money(line.priceCents),
            words.money(line.priceCents === undefined ? undefined : line.priceCents * line.order),
          ]),
          ...totalOf(ofSupplier, words),
        ],
      },
    ]),
  }
}

/** A last line with what it costs, where every price is known. */
function totalOf(lines: readonly ReorderLine[], words: StockWords): string[][] {
  const total = lines.reduce((sum, { priceCents = Number.NaN, order }) => sum + priceCents * order, 0)
  return Number.isNaN(total) ? [] : [['', '', words.of('total'), '', '', '', words.money(total)]]
}

/** What a borrower signs, when something goes out and when it is back. */
export function loanPaper(loan: LoanView, words: StockWords, at: number): PaperDocument {
  return {
    title: words.of('loanTitle', { number: loan.id }),
    subtitle: words.of('loanSubtitle', { date: words.day(at) }),
    createdAt: at,
    blocks: [
      {
        kind: 'facts',
        rows: [
          [words.of('borrower'), [loan.person.name, loan.person.department].filter(Boolean).join(', ')],
          [words.of('lentAt'), words.day(loan.lentAt)],
          [words.of('dueOn'), words.day(loan.dueOn) || words.of('untilFurtherNotice')],
          ...(loan.purpose ? [[words.of('purpose'), loan.purpose] as const] : []),
          ...(loan.who ? [[words.of('lender'), loan.who] as const] : []),
        ],
      },
      {
        kind: 'table',
        columns: [
          { title: words.of('assetTag'), share: 2 },
          { title: words.of('model'), share: 4 },
          { title: words.of('returnedAt'), share: 1.6 },
          { title: words.of('condition'), share: 3 },
        ],
        rows: loan.items.map((item) => [item.assetTag, item.model, words.day(item.returnedAt), item.condition]),
      },
      { kind: 'text', text: words.of('loanText') },
      { kind: 'gap', height: 8 },
      {
        kind: 'signatures',
        labels: [words.of('signatureOut'), words.of('signatureLender'), words.of('signatureBack')],
      },
    ],
  }
}

/**
 * What is not back in time, by whoever has it, the longest late first, with how to reach them.
 * @param loans overdue ones, of which only what is still out is listed
 */
export function overduePaper(loans: readonly LoanView[], words: StockWords, at: number): PaperDocument {
  const byPerson = new Map<number, LoanView[]>()
  for (const loan of [...loans].sort((a, b) => (b.daysLate ?? 0) - (a.daysLate ?? 0)))
    byPerson.set(loan.person.id, [...(byPerson.get(loan.person.id) ?? []), loan])
  const outOf = ({ items }: LoanView): LoanView['items'] => items.filter(({ returnedAt }) => returnedAt === undefined)
  const count = loans.reduce((sum, loan) => sum + outOf(loan).length, 0)
  return {
    title: words.of('overdueTitle'),
    subtitle: words.of('overdueOn', {
      date: words.day(at),
      items: words.of(count === 1 ? 'itemsOne' : 'itemsMany', { count }),
      people: words.of(byPerson.size === 1 ? 'peopleOne' : 'peopleMany', { count: byPerson.size }),
    }),
    createdAt: at,
    blocks: [
      ...(byPerson.size === 0 ? [{ kind: 'text', text: words.of('nothingOverdue') } as const] : []),
      ...[...byPerson.values()].flatMap((ofPerson): Block[] => {
        const { name, department, email, phone } = ofPerson[0]!.person
        return [
          { kind: 'heading', text: [name, department].filter(Boolean).join(', ') },
          { kind: 'text', text: [email, phone].filter(Boolean).join(' · ') || words.of('noContact'), isMuted: true },
          {
            kind: 'table',
            columns: [
              { title: words.of('assetTag'), share: 2 },
              { title: words.of('model'), share: 3.4 },
              { title: words.of('purpose'), share: 2.6 },
              { title: words.of('lentAt'), share: 1.5 },
              { title: words.of('dueOn'), share: 1.6 },
              { title: words.of('daysLate'), share: 1.4, align: 'right' },
            ],
            rows: ofPerson.flatMap((loan) =>
              outOf(loan).map(({ assetTag, model }) => [
                ...[assetTag, model, loan.purpose, words.day(loan.lentAt), words.day(loan.dueOn)],
                String(loan.daysLate ?? ''),
              ]),
            ),
          },
        ]
      }),
    ],
  }
}

/** What a company signs that collects what is thrown away. */
export function collectionPaper(
  batch: DisposalBatchView,
  typeName: (type: string) => string,
  words: StockWords,
  at: number,
): PaperDocument {
  const wipingOf = ({ wipe, holdsData }: DisposalBatchView['items'][number]): string => {
    if (!wipe) return words.of(holdsData ? 'notWiped' : 'withoutData')
    const kind = wipe.kind === 'other' ? '' : words.of(wipe.kind)
    const what = kind.toLowerCase() === wipe.method.toLowerCase() ? [kind] : [kind, wipe.method]
    return [...what, words.day(wipe.wipedOn), wipe.wipedBy, wipe.reference].filter(Boolean).join(', ')
  }
  return {
    title: words.of('collectionTitle'),
    subtitle: batch.name,
    createdAt: at,
    blocks: [
      {
        kind: 'facts',
        rows: [
          [words.of('company'), batch.company],
          [words.of('slipNumber'), batch.slipNumber],
          [words.of('collectedOn'), words.day(batch.collectedOn)],
          [words.of('itemCount'), String(batch.items.length)],
        ],
      },
      ...(batch.notes ? [{ kind: 'text', text: batch.notes } as const] : []),
      {
        kind: 'table',
        columns: [
          { title: words.of('assetTag'), share: 2 },
          { title: words.of('type'), share: 1.6 },
          { title: words.of('model'), share: 2.9 },
          { title: words.of('serial'), share: 2 },
          { title: words.of('wipeMethod'), share: 3.5 },
        ],
        rows: batch.items.map((item) => [item.assetTag, typeName(item.type), item.model, item.serial, wipingOf(item)]),
      },
      { kind: 'text', text: words.of('collectionText') },
      { kind: 'gap', height: 8 },
      { kind: 'signatures', labels: [words.of('signatureSchool'), words.of('signatureCompany')] },
    ],
  }
}
