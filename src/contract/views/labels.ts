export const codeKinds = ['qr', 'code128', 'dataMatrix'] as const
export type CodeKind = (typeof codeKinds)[number]

/** Avery's sheets by their number, and label rolls by their width and height in millimetres. */
export const labelFormatIds = [
  'L7160',
  'L7159',
  'L7163',
  'L7651',
  'roll-62x29',
  'roll-57x32',
  'roll-50x25',
  'roll-89x36',
] as const
export type LabelFormatId = (typeof labelFormatIds)[number]

/** Millimetres. */
export interface LabelFormatView {
  id: LabelFormatId
  pageWidth: number
  pageHeight: number
  columns: number
  rows: number
  width: number
  height: number
  gapX: number
  gapY: number
  isRoll: boolean
}

/** What bears labels, and what may be said of each under its title, in this order. */
export const labelLinesOf = {
  items: ['model', 'serial', 'location', 'name'],
  consumables: ['reference', 'manufacturer', 'location', 'printers'],
  locations: ['within', 'placeCode', 'notes'],
} as const
export type Labelled = keyof typeof labelLinesOf
export type LabelLine = (typeof labelLinesOf)[Labelled][number]
export const labelLines = [...new Set(Object.values(labelLinesOf).flat())] as readonly LabelLine[]

export interface LabelDesign {
  format: LabelFormatId
  code: CodeKind
  /** What is said under the title, in this order; those that what is labelled does not have are left out. */
  lines: LabelLine[]
  /** On top of each label: whose it is. Nothing when empty. */
  owner: string
  /** Labels of the first sheet that are used up already. */
  skip: number
}

/** What one label is of. */
export interface LabelSubject {
  /** What the code says. */
  code: string
  title: string
  lines: readonly string[]
}

/** Something printed, in millimetres from its label's corner; a text's size is in points. */
export type LabelMark =
  | { kind: 'bars'; bars: [x: number, y: number, width: number, height: number][] }
  | { kind: 'text'; text: string; isBold: boolean; size: number; x: number; baseline: number; width: number }

export interface LabelPageView {
  width: number
  height: number
  labels: {
    x: number
    y: number
    width: number
    height: number
    marks: LabelMark[]
    /** Its bars are narrower than most printers and scanners can do. */
    isTooSmall: boolean
  }[]
}

/** The first page as it will be printed, and how many there are. */
export interface LabelPreview {
  page: LabelPageView | null
  pages: number
  labels: number
  /** Those that are too many for one run. */
  leftOut: number
  isTooSmall: boolean
}
