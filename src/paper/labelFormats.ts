import type { LabelFormatId, LabelFormatView } from '../contract/index.ts'

const a4 = { pageWidth: 210, pageHeight: 297 }
const roll = (width: number, height: number) => ({
  ...{ pageWidth: width, pageHeight: height, width, height, columns: 1, rows: 1, gapX: 0, gapY: 0 },
  isRoll: true,
})

/**
 * Sheets and label rolls, in millimetres. A sheet's labels lie in its middle, so its margins follow from the rest.
 * The sheets' numbers are Avery's, which other makers quote.
 */
export const labelFormats: Record<LabelFormatId, Omit<LabelFormatView, 'id'>> = {
  L7160: { ...a4, columns: 3, rows: 7, width: 63.5, height: 38.1, gapX: 2.54, gapY: 0, isRoll: false },
  L7159: { ...a4, columns: 3, rows: 8, width: 63.5, height: 33.9, gapX: 2.54, gapY: 0, isRoll: false },
  L7163: { ...a4, columns: 2, rows: 7, width: 99.1, height: 38.1, gapX: 2.5, gapY: 0, isRoll: false },
  L7651: { ...a4, columns: 5, rows: 13, width: 38.1, height: 21.2, gapX: 2.5, gapY: 0, isRoll: false },
  'roll-62x29': roll(62, 29),
  'roll-57x32': roll(57, 32),
  'roll-50x25': roll(50, 25),
  'roll-89x36': roll(89, 36),
}
