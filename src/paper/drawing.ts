import { codeShape } from './codes.ts'

/** A picture made of shapes, in units of its own: it is drawn as wide as the page has room for. */
export interface Drawing {
  width: number
  height: number
  shapes: readonly Shape[]
}

export type Shape =
  | {
      kind: 'box'
      x: number
      y: number
      width: number
      height: number
      fill?: string
      stroke?: string
      isDashed?: boolean
      /** One below the other, cut short where they do not fit; the first is bold. */
      lines?: readonly string[]
      /** Of the lines, in the drawing's units. */
      size?: number
      align?: 'left' | 'center'
    }
  | { kind: 'line'; points: readonly [x: number, y: number][]; stroke: string; width?: number }
  | {
      kind: 'text'
      x: number
      y: number
      width: number
      text: string
      size: number
      color?: string
      isBold?: boolean
      /** Over how many lines it may go; one when absent. */
      rows?: number
    }
  /** A QR code in a square. */
  | { kind: 'qr'; x: number; y: number; side: number; text: string }

interface TextLook {
  size: number
  isBold?: boolean
  color?: string
  align?: 'left' | 'center'
  rows?: number
}

const ink = '#1b1d22'

/** @param at the picture's corner, and how many points one of its units is */
export function drawShapes(
  doc: PDFKit.PDFDocument,
  shapes: readonly Shape[],
  at: { x: number; y: number; scale: number },
): void {
  const { scale } = at
  const x = (value: number): number => at.x + value * scale
  const y = (value: number): number => at.y + value * scale
  const write = (
    text: string,
    place: { x: number; y: number; width: number },
    { size, isBold, color, align, rows = 1 }: TextLook,
  ): void => {
    const width = place.width * scale
    doc
      .font(isBold ? 'bold' : 'regular')
      .fontSize(size * scale)
      .fillColor(color ?? ink)
    doc.text(rows > 1 ? text : cutShort(doc, text, width), x(place.x), y(place.y), {
      ...{ width, height: size * scale * 1.25 * rows, align: align ?? 'left', ellipsis: true },
    })
  }
  for (const shape of shapes)
    switch (shape.kind) {
      case 'box': {
        doc.rect(x(shape.x), y(shape.y), shape.width * scale, shape.height * scale).lineWidth(0.6)
        if (shape.isDashed) doc.dash(2, { space: 2 })
        if (shape.fill && shape.stroke) doc.fillAndStroke(shape.fill, shape.stroke)
        else if (shape.fill) doc.fill(shape.fill)
        else doc.strokeColor(shape.stroke ?? ink).stroke()
        doc.undash()
        const size = shape.size ?? 3
        const pad = size * 0.45
        for (const [i, line] of (shape.lines ?? []).entries()) {
          const top = shape.y + pad + i * size * 1.3
          if (line === '' || top + size > shape.y + shape.height) continue
          const place = { x: shape.x + pad, y: top, width: shape.width - 2 * pad }
          write(line, place, { size, isBold: i === 0, align: shape.align })
        }
        break
      }
      case 'line': {
        const [first, ...rest] = shape.points
        if (!first) break
        doc.moveTo(x(first[0]), y(first[1]))
        for (const [px, py] of rest) doc.lineTo(x(px), y(py))
        doc
          .lineWidth(shape.width ?? 0.6)
          .strokeColor(shape.stroke)
          .stroke()
        break
      }
      case 'text':
        write(shape.text, shape, shape)
        break
      case 'qr': {
        const code = codeShape('qr', shape.text)
        const module = (shape.side * scale) / (code.width + 2 * code.quietZone)
        for (const [left, top, width, height] of code.bars)
          doc.rect(
            x(shape.x) + (left + code.quietZone) * module,
            y(shape.y) + (top + code.quietZone) * module,
            width * module,
            height * module,
          )
        doc.fill('#000000')
      }
    }
}

/** What fits on one line, to the letter: a line that is broken would lose all behind the first hyphen of a name. */
function cutShort(doc: PDFKit.PDFDocument, text: string, width: number): string {
  if (doc.widthOfString(text) <= width) return text
  const letters = [...text]
  while (letters.length > 0 && doc.widthOfString(`${letters.join('').trimEnd()}…`) > width) letters.pop()
  return `${letters.join('').trimEnd()}…`
}

const pointsPerMm = 72 / 25.4

/** A4 pages of shapes in millimetres, for what is cut out: tickets, seat cards. */
export const millimetres = { width: 210, height: 297, scale: pointsPerMm } as const
