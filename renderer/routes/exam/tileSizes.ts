/** How large tiles are drawn: few machines are read across the room, three hundred must fit on a screen or two. */
export interface TileSize {
  name: 'huge' | 'large' | 'roomy' | 'medium' | 'small' | 'dense'
  /** Pixels. The width is the least one; tiles share what is left of the row. */
  minWidth: number
  height: number
  gap: number
}

const sizes: readonly [TileSize, ...TileSize[]] = [
  { name: 'huge', minWidth: 320, height: 232, gap: 20 },
  { name: 'large', minWidth: 264, height: 176, gap: 16 },
  { name: 'roomy', minWidth: 192, height: 136, gap: 14 },
  { name: 'medium', minWidth: 152, height: 112, gap: 12 },
  { name: 'small', minWidth: 124, height: 80, gap: 8 },
  { name: 'dense', minWidth: 98, height: 60, gap: 6 },
]

/** The largest tiles with which so many machines fit in a space, in pixels, without scrolling; else the densest. */
export function tileSizeFor(machines: number, width: number, height: number): TileSize {
  const fits = (size: TileSize): boolean =>
    Math.ceil(machines / columnsIn(width, size)) * (size.height + size.gap) <= height
  return sizes.find(fits) ?? sizes.at(-1) ?? sizes[0]
}

/** The largest tiles with which a plan of so many columns and rows fits without scrolling; else the densest. */
export function seatTileSize(columns: number, rows: number, width: number, height: number): TileSize {
  const fits = (size: TileSize): boolean =>
    columns * (size.minWidth + size.gap) - size.gap <= width && rows * (size.height + size.gap) <= height
  return sizes.find(fits) ?? sizes.at(-1) ?? sizes[0]
}

export const columnsIn = (width: number, { minWidth, gap }: TileSize): number =>
  Math.max(Math.floor((width + gap) / (minWidth + gap)), 1)
