import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join, dirname } from 'node:path'
import PDFDocument from 'pdfkit'

/** DejaVu Sans: whole Latin, Greek and Cyrillic, so that no name on a label comes out as empty boxes. */
export type Face = 'regular' | 'bold'

const files: Record<Face, string> = {
  regular: 'DejaVuSansCondensed.ttf',
  bold: 'DejaVuSansCondensed-Bold.ttf',
}

const loaded = new Map<Face, Buffer>()

/** The font file of a face; what of it is used is embedded in each document. */
export function fontOf(face: Face): Buffer {
  const known = loaded.get(face)
  if (known) return known
  const folder = dirname(createRequire(import.meta.url).resolve('dejavu-fonts-ttf/package.json'))
  const font = readFileSync(join(folder, 'ttf', files[face]))
  loaded.set(face, font)
  return font
}

/** How wide a text is in points, and the part of it that fits. */
export interface Ruler {
  widthOf(text: string, face: Face, size: number): number
  /** The text, or its beginning with an ellipsis, no wider than `width` points. */
  fit(text: string, face: Face, size: number, width: number): string
  /** The text on `most` lines at most, broken after spaces, hyphens and strokes; what does not fit ends with an ellipsis. */
  lines(text: string, face: Face, size: number, width: number, most: number): string[]
}

export function createRuler(): Ruler {
  const document = new PDFDocument({ autoFirstPage: false })
  for (const face of ['regular', 'bold'] as const) document.registerFont(face, fontOf(face))
  const widthOf = (text: string, face: Face, size: number): number =>
    document.font(face).fontSize(size).widthOfString(text)
  const fit = (text: string, face: Face, size: number, width: number): string => {
    if (widthOf(text, face, size) <= width) return text
    const letters = [...text]
    let fits = 0
    let tooMany = letters.length
    while (tooMany - fits > 1) {
      const middle = Math.floor((fits + tooMany) / 2)
      if (widthOf(`${letters.slice(0, middle).join('').trimEnd()}…`, face, size) <= width) fits = middle
      else tooMany = middle
    }
    return fits === 0 ? '' : `${letters.slice(0, fits).join('').trimEnd()}…`
  }
  return {
    widthOf,
    fit,
    lines(text, face, size, width, most) {
      const lines: string[] = []
      let line = ''
      const pieces = text.split(/(?<=[\s/-])/)
      for (const [index, piece] of pieces.entries()) {
        const longer = line + piece
        if (line !== '' && widthOf(longer.trimEnd(), face, size) > width) {
          if (lines.length === most - 1) {
            line += pieces.slice(index).join('')
            break
          }
          lines.push(line)
          line = piece
        } else line = longer
      }
      return [...lines, line].map((one) => fit(one.trim(), face, size, width)).filter((one) => one !== '')
    },
  }
}
