import type {
  ConsumableView,
  ItemView,
  labelLinesOf,
  LabelLine,
  LabelSource,
  LabelSubject,
  Labelled,
  LocationView,
} from '../contract/index.ts'
import { placeCode, type StockRooms } from '../stock/index.ts'

const perPage = 500

/** What is written on the label of one thing. */
interface Writing<Kind extends Labelled, Row> {
  /** As `StockRooms.scan` knows it again. */
  code(row: Row): string
  title(row: Row): string
  lines: Record<(typeof labelLinesOf)[Kind][number], (row: Row) => string>
}

/**
 * What labels of the stock say.
 * @param most no more than these are made; `total` is how many there would be
 */
export function labelSubjects(
  source: LabelSource,
  lines: readonly LabelLine[],
  rooms: StockRooms,
  most: number,
): { subjects: LabelSubject[]; total: number } {
  switch (source.of) {
    case 'items': {
      const { filter, sort, descending } = source
      const { rows, total } = gather(most, (page) => {
        const { items, total } = rooms.items.list({ ...filter, sort, descending, ...page })
        return { rows: items, total }
      })
      return { subjects: rows.map(subjectIn(itemWriting, lines)), total }
    }
    case 'consumables': {
      const { query, id } = source
      const { rows, total } =
        id === undefined
          ? gather(most, (page) => {
              const { consumables, total } = rooms.consumables.list({ ...query, ...page })
              return { rows: consumables, total }
            })
          : { rows: [rooms.consumables.get(id)], total: 1 }
      return { subjects: rows.map(subjectIn(consumableWriting(rooms), lines)), total }
    }
    case 'locations': {
      const places = new Map(rooms.items.locations.list().map((place) => [place.id, place]))
      const rows = source.ids.flatMap((id) => places.get(id) ?? [])
      return { subjects: rows.slice(0, most).map(subjectIn(placeWriting, lines)), total: rows.length }
    }
  }
}

/** The first rows of a list that is read by pages. */
function gather<Row>(
  most: number,
  read: (page: { offset: number; limit: number }) => { rows: Row[]; total: number },
): { rows: Row[]; total: number } {
  const rows: Row[] = []
  for (;;) {
    const page = read({ offset: rows.length, limit: Math.min(perPage, most - rows.length) })
    rows.push(...page.rows)
    if (page.rows.length === 0 || rows.length >= Math.min(page.total, most)) return { rows, total: page.total }
  }
}

const subjectIn =
  <Row>(writing: Writing<never, Row>, wanted: readonly LabelLine[]) =>
  (row: Row): LabelSubject => {
    const lines = writing.lines as Partial<Record<LabelLine, (row: Row) => string>>
    return {
      code: writing.code(row),
      title: writing.title(row),
      lines: wanted.map((line) => lines[line]?.(row) ?? '').filter((text) => text !== ''),
    }
  }

const itemWriting: Writing<'items', ItemView> = {
  code: ({ assetTag }) => assetTag,
  title: ({ assetTag }) => assetTag,
  lines: {
    model: ({ manufacturer, model }) => [manufacturer, model].filter(Boolean).join(' '),
    serial: ({ serial }) => serial && `S/N ${serial}`,
    location: ({ location }) => location,
    name: ({ name }) => name ?? '',
  },
}

const consumableWriting = ({ consumables }: StockRooms): Writing<'consumables', ConsumableView> => ({
  code: ({ reference }) => reference,
  title: ({ name }) => name,
  lines: {
    reference: ({ reference, name }) => (reference === name ? '' : reference),
    manufacturer: ({ manufacturer }) => manufacturer,
    location: ({ id }) =>
      [...new Set(consumables.levels(id).flatMap(({ location, quantity }) => (quantity > 0 ? location : [])))].join(
        ', ',
      ),
    printers: ({ printerModels }) => printerModels.join(', '),
  },
})

const placeWriting: Writing<'locations', LocationView> = {
  code: ({ id }) => placeCode(id),
  title: ({ name }) => name,
  lines: {
    within: ({ path, name }) => path.slice(0, -name.length).replace(/ \/ $/, ''),
    placeCode: ({ id }) => placeCode(id),
    notes: ({ notes }) => notes,
  },
}
