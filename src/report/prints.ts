import type { CandidateView, Language, PrintKind, RoomView, SittingView } from '../contract/index.ts'
import { renderDocument, renderSheets, type Block, type PaperDocument, type Shape } from '../paper/index.ts'
import { planDrawing } from './plan.ts'
import { extraOf, rosterColumns, rosterTable, seatOf, type RosterColumn } from './roster.ts'
import { dateTimeOf, paperWords, type PaperWords } from './words.ts'

export interface PrintInput {
  sitting: SittingView
  room: RoomView | undefined
  language: Language
  now: number
}

/** One of the papers of a sitting, as a PDF on A4. */
export function renderPrint(kind: PrintKind, input: PrintInput): Promise<Uint8Array> {
  switch (kind) {
    case 'doorList':
      return renderDocument(doorList(input))
    case 'signInSheet':
      return renderDocument(signInSheet(input))
    case 'seatLabels':
      return renderSheets(seatLabels(input), { title: titleOf(kind, input), createdAt: input.now })
    case 'tickets':
      return renderSheets(tickets(input), { title: titleOf(kind, input), createdAt: input.now })
  }
}

/** For the door: who sits where, by name, and the plan. */
export function doorList(input: PrintInput): PaperDocument {
  const { sitting, room } = input
  const words = paperWords(input.language)
  const { seat, extraTime } = rosterColumns(room, words)
  return {
    ...headOf('doorList', input),
    blocks: [
      { kind: 'text', text: words.seated(sitting.candidates.length), isMuted: true },
      rosterTable(sitting, words, [
        seat,
        { title: words.name, share: 3, cell: ({ lastName }) => lastName },
        { title: words.firstName, share: 2.5, cell: ({ firstName }) => firstName },
        { title: words.group, share: 1.3, cell: ({ group }) => group },
        extraTime,
      ]),
      ...(room
        ? ([
            { kind: 'newPage' },
            { kind: 'heading', text: words.plan },
            { kind: 'drawing', drawing: planDrawing(room, sitting, words, { withPresence: false }) },
          ] satisfies Block[])
        : []),
    ],
  }
}

export function signInSheet(input: PrintInput): PaperDocument {
  const { sitting, room } = input
  const words = paperWords(input.language)
  const { seat, number, name } = rosterColumns(room, words)
  const byHand = (title: string): RosterColumn => ({ title, share: 2.6, cell: () => '' })
  return {
    ...headOf('signInSheet', input),
    blocks: [
      rosterTable(sitting, words, [
        seat,
        number,
        // A second, empty line in the row leaves room for a hand.
        { ...name, cell: (candidate) => `${name.cell(candidate)}\n${extraOf(candidate, words) || ' '}` },
        byHand(words.signature),
        byHand(words.signOut),
      ]),
      { kind: 'signatures', labels: words.signatures },
    ],
  }
}

/** Two by four on a page, with lines to cut along. */
export function tickets(input: PrintInput): Shape[][] {
  const { sitting, room, language } = input
  const words = paperWords(language)
  const card = { columns: 2, rows: 4, width: 105, height: 74.25 }
  const seated = [...sitting.candidates].sort(bySeatIn(room))
  return inPages(seated, card.columns * card.rows).map((page) => [
    ...cutLines(card),
    ...page.flatMap((candidate, i): Shape[] => {
      const x = (i % card.columns) * card.width + 8
      const y = Math.floor(i / card.columns) * card.height + 7
      const width = card.width - 16
      const seat = seatOf(candidate, room) ?? words.noSeat
      const muted = '#5c616b'
      const beside = (
        text: string,
        top: number,
        size: number,
        look: { isBold?: boolean; rows?: number } = {},
      ): Shape => ({
        ...{ kind: 'text', x, y: y + top, width: width - 34, text, size, ...look },
      })
      const below = (text: string, top: number, size: number, color?: string): Shape => ({
        ...{ kind: 'text', x, y: y + top, width, text, size, color, rows: 2 },
      })
      return [
        beside(whenOf(sitting, words), 0, 2.7),
        beside(sitting.title, 4, 4, { isBold: true, rows: 2 }),
        beside([candidate.number, candidate.group].filter(Boolean).join(' · '), 16, 3.1),
        beside(`${candidate.firstName} ${candidate.lastName}`.trim(), 20.5, 4.6, { isBold: true, rows: 2 }),
        // The seat by itself: whatever the room is called, it is whole.
        beside(seat, 34, 6.4, { isBold: true }),
        below(room?.name ?? '', 43, 3.4),
        below(extraOf(candidate, words) && `${words.extraTime} ${extraOf(candidate, words)}`, 47.5, 3),
        { kind: 'qr', x: x + width - 32, y: y - 2, side: 34, text: candidate.ticket },
        {
          ...{ kind: 'text', x: x + width - 32, y: y + 33, width: 34 },
          text: candidate.ticket,
          size: 4.4,
          isBold: true,
        },
        below(words.ticketHint, 53, 2.7, muted),
      ]
    }),
  ])
}

/** Two by seven on a page: what lies on each seat. No ticket's code is on it. */
export function seatLabels(input: PrintInput): Shape[][] {
  const { sitting, room, language } = input
  const words = paperWords(language)
  const card = { columns: 2, rows: 7, width: 105, height: 297 / 7 }
  const seated = sitting.candidates.filter(({ seatId }) => seatId !== undefined).sort(bySeatIn(room))
  return inPages(seated, card.columns * card.rows).map((page) => [
    ...cutLines(card),
    ...page.flatMap((candidate, i): Shape[] => {
      const x = (i % card.columns) * card.width + 8
      const y = Math.floor(i / card.columns) * card.height + 6
      const at = (text: string, top: number, size: number, look: { isBold?: boolean; rows?: number } = {}): Shape => ({
        ...{ kind: 'text', x: x + 34, y: y + top, width: card.width - 16 - 34, text, size, ...look },
      })
      return [
        {
          ...{ kind: 'text', x, y: y + 4, width: 34, size: 14, isBold: true },
          text: seatOf(candidate, room) ?? '',
        },
        at([candidate.number, candidate.group].filter(Boolean).join(' · '), 1, 3.4),
        at(`${candidate.firstName} ${candidate.lastName}`.trim(), 6.5, 4.8, { isBold: true, rows: 2 }),
        at([sitting.title, room?.name].filter(Boolean).join(' · '), 19.5, 3, { rows: 2 }),
        at(extraOf(candidate, words) && `${words.extraTime} ${extraOf(candidate, words)}`, 28.5, 3),
      ]
    }),
  ])
}

const titleOf = (kind: PrintKind, { sitting, language }: PrintInput): string =>
  `${paperWords(language).page[kind]} – ${sitting.title}`

function headOf(
  kind: PrintKind,
  input: PrintInput,
): Pick<PaperDocument, 'title' | 'subtitle' | 'footer' | 'createdAt'> {
  const { sitting, room, language, now } = input
  const words = paperWords(language)
  return {
    title: titleOf(kind, input),
    subtitle: [
      sitting.module,
      room && `${words.room} ${room.name}`,
      whenOf(sitting, words),
      words.candidates(sitting.candidates.length),
    ]
      .filter(Boolean)
      .join(' · '),
    footer: [sitting.title, room?.name].filter(Boolean).join(' · '),
    createdAt: now,
  }
}

export const whenOf = ({ plannedAt, durationMinutes }: SittingView, words: PaperWords): string =>
  `${plannedAt === undefined ? words.noDate : dateTimeOf(plannedAt, words)}, ${words.minutes(durationMinutes)}`

const bySeatIn = (room: RoomView | undefined): ((a: CandidateView, b: CandidateView) => number) => {
  const places = new Map(room?.seats.map(({ id }, index) => [id, index]))
  return (a, b) => (places.get(a.seatId ?? -1) ?? Infinity) - (places.get(b.seatId ?? -1) ?? Infinity) || a.id - b.id
}

function inPages<T>(all: readonly T[], count: number): T[][] {
  return Array.from({ length: Math.ceil(all.length / count) }, (_, i) => all.slice(i * count, (i + 1) * count))
}

function cutLines(card: { columns: number; rows: number; width: number; height: number }): Shape[] {
  const stroke = '#c9ccd3'
  const right = card.columns * card.width
  const bottom = card.rows * card.height
  const across = Array.from({ length: card.rows - 1 }, (_, i): Shape => {
    const y = (i + 1) * card.height
    return {
      ...{ kind: 'line', stroke, width: 0.4 },
      points: [
        [0, y],
        [right, y],
      ],
    }
  })
  const down = Array.from({ length: card.columns - 1 }, (_, i): Shape => {
    const x = (i + 1) * card.width
    return {
      ...{ kind: 'line', stroke, width: 0.4 },
      points: [
        [x, 0],
        [x, bottom],
      ],
    }
  })
  return [...across, ...down]
}
