import type { CandidateView, RoomView, SittingView } from '../contract/index.ts'
import type { Block } from '../paper/index.ts'
import type { PaperWords } from './words.ts'

/** What a paper says of each candidate in one column. */
export interface RosterColumn {
  title: string
  /** Of the width, beside the others. */
  share: number
  align?: 'right'
  cell(candidate: CandidateView): string
}

/** The columns that papers have in common. */
export const rosterColumns = (room: RoomView | undefined, words: PaperWords) =>
  ({
    seat: { title: words.seat, share: 0.9, cell: (candidate) => seatOf(candidate, room) ?? words.noSeat },
    number: { title: words.number, share: 1.5, cell: ({ number }) => number },
    name: { title: words.name, share: 3.5, cell: fullName },
    extraTime: { title: words.extraTime, share: 1.5, align: 'right', cell: (candidate) => extraOf(candidate, words) },
  }) satisfies Record<string, RosterColumn>

/** Everybody, by name. */
export const rosterTable = (
  { candidates }: Pick<SittingView, 'candidates'>,
  words: PaperWords,
  columns: readonly RosterColumn[],
): Block => ({
  kind: 'table',
  columns: columns.map(({ title, share, align }) => ({ title, share, ...(align && { align }) })),
  rows: byName(candidates, words).map((candidate) => columns.map(({ cell }) => cell(candidate))),
})

export const fullName = ({ lastName, firstName }: CandidateView): string => `${lastName} ${firstName}`.trim()

export const seatOf = ({ seatId }: CandidateView, room: RoomView | undefined): string | undefined =>
  room?.seats.find(({ id }) => id === seatId)?.label

export const extraOf = ({ extraMinutes }: CandidateView, words: PaperWords): string =>
  extraMinutes > 0 ? `+ ${words.minutes(extraMinutes)}` : ''

export function byName(candidates: readonly CandidateView[], { locale }: PaperWords): CandidateView[] {
  const { compare } = new Intl.Collator(locale, { sensitivity: 'base', numeric: true })
  return [...candidates].sort((a, b) => compare(a.lastName, b.lastName) || compare(a.firstName, b.firstName))
}
