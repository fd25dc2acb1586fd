import type { LabelDesign, LabelFormatView, LabelMark, LabelPageView, LabelSubject } from '../contract/index.ts'
import { codeShape, type CodeShape } from './codes.ts'
import { collect, openPdf } from './document.ts'
import { createRuler, type Face, type Ruler } from './fonts.ts'
import { labelFormats } from './labelFormats.ts'

const pointsPerMm = 72 / 25.4
/** Printers and scanners of an office make out bars from here on. */
const narrowestBarMm = 0.19
const paddingMm = 2
const lineHeight = 1.25

/** How many labels there are on a page, and where each one lies, in millimetres. */
export function labelPlaces({ columns, rows, width, height, gapX, gapY, pageWidth, pageHeight }: Sheet): Place[] {
  const left = (pageWidth - columns * width - (columns - 1) * gapX) / 2
  const top = (pageHeight - rows * height - (rows - 1) * gapY) / 2
  return Array.from({ length: rows * columns }, (_, index) => ({
    x: left + (index % columns) * (width + gapX),
    y: top + Math.floor(index / columns) * (height + gapY),
  }))
}
type Sheet = Omit<LabelFormatView, 'id' | 'isRoll'>
interface Place {
  x: number
  y: number
}

/**
 * The pages of a run of labels, each mark in millimetres from the page's corner: the picture on the screen and the PDF are
 * both drawn from this.
 * @throws CodedError `label.notEncodable`
 */
export function layOutLabels(design: LabelDesign, subjects: readonly LabelSubject[]): LabelPageView[] {
  const format = labelFormats[design.format]
  const places = labelPlaces(format)
  const ruler = createRuler()
  const skipped = format.isRoll ? 0 : design.skip % places.length
  const pages: LabelPageView[] = []
  for (const [index, subject] of subjects.entries()) {
    const slot = skipped + index
    const pageIndex = Math.floor(slot / places.length)
    const page = (pages[pageIndex] ??= { width: format.pageWidth, height: format.pageHeight, labels: [] })
    const place = places[slot % places.length]
    if (!place) continue
    page.labels.push({
      ...place,
      width: format.width,
      height: format.height,
      ...marksOf(design, subject, format, ruler),
    })
  }
  return pages
}

/** What is on one label, from its own corner. */
function marksOf(
  design: LabelDesign,
  subject: LabelSubject,
  { width, height }: { width: number; height: number },
  ruler: Ruler,
): { marks: LabelMark[]; isTooSmall: boolean } {
  const shape = codeShape(design.code, subject.code)
  const inner = { width: width - 2 * paddingMm, height: height - 2 * paddingMm }
  return design.code === 'code128'
    ? belowTexts(shape, subject, design, inner, ruler)
    : besideCode(shape, subject, design, inner, ruler)
}

interface Size {
  width: number
  height: number
}

/** A square code at the left, the texts at its right. */
function besideCode(shape: CodeShape, subject: LabelSubject, design: LabelDesign, inner: Size, ruler: Ruler) {
  const side = Math.min(inner.height, inner.width * 0.45)
  const module = side / (Math.max(shape.width, shape.height) + 2 * Math.max(shape.quietZone - 1, 0))
  const quiet = Math.max(shape.quietZone - 1, 0) * module
  const marks: LabelMark[] = [
    {
      kind: 'bars',
      bars: shape.bars.map(([x, y, w, h]) => [
        paddingMm + quiet + x * module,
        paddingMm + (inner.height - side) / 2 + quiet + y * module,
        w * module,
        h * module,
      ]),
    },
  ]
  const left = paddingMm + side + 1.5
  marks.push(...texts(subject, design, { x: left, y: paddingMm }, { ...inner, width: inner.width - side - 1.5 }, ruler))
  return { marks, isTooSmall: module < narrowestBarMm }
}

/** A linear code over the whole width, the texts above it. */
function belowTexts(shape: CodeShape, subject: LabelSubject, design: LabelDesign, inner: Size, ruler: Ruler) {
  const codeHeight = inner.height * 0.42
  // The quiet zone may reach into the label's padding.
  const module = (inner.width + 2 * paddingMm) / (shape.width + 2 * shape.quietZone)
  const used = Math.min(module, 0.5)
  const left = paddingMm + (inner.width - shape.width * used) / 2
  const top = paddingMm + inner.height - codeHeight
  const marks: LabelMark[] = [
    { kind: 'bars', bars: shape.bars.map(([x, , w]) => [left + x * used, top, w * used, codeHeight]) },
    ...texts(
      subject,
      design,
      { x: paddingMm, y: paddingMm },
      { ...inner, height: inner.height - codeHeight - 1 },
      ruler,
    ),
  ]
  return { marks, isTooSmall: used < narrowestBarMm }
}

/** What is said on a label: in how large letters, in parts of the label's own, and on how many lines, the best first. */
interface Saying {
  text: string
  face: Face
  ways: readonly { scale: number; lines: number }[]
  /** It may take the room of those below it. */
  goesFirst?: boolean
}

const ownerWays = [1, 2].map((lines) => ({ scale: 0.75, lines }))
/** Whoever stands before the cupboard has to tell it from the next one: it is made smaller, and then broken, before it is cut. */
const titleWays = [
  ...[1.35, 1.2, 1.05].map((scale) => ({ scale, lines: 1 })),
  ...[1.35, 1.2, 1.05, 0.9].map((scale) => ({ scale, lines: 2 })),
  ...[0.9, 0.75].map((scale) => ({ scale, lines: 3 })),
]
const lineWays = [1, 2, 3].map((lines) => ({ scale: 0.85, lines }))

/**
 * Texts in a box, the tag largest. Each takes more lines where the others have room for theirs; the tag before the others,
 * which are left out where there is no room, from the last one on.
 */
function texts(subject: LabelSubject, design: LabelDesign, at: Place, box: Size, ruler: Ruler): LabelMark[] {
  const sayings: Saying[] = [
    ...(design.owner ? [{ text: design.owner, face: 'regular' as const, ways: ownerWays }] : []),
    { text: subject.title, face: 'bold', ways: titleWays, goesFirst: true },
    ...subject.lines.filter(Boolean).map((text) => ({ text, face: 'regular' as const, ways: lineWays })),
  ]
  const usual = ({ ways }: Saying): number => ways[0]?.scale ?? 1
  const wanted = sayings.reduce((sum, saying) => sum + usual(saying) * lineHeight, 0)
  const basePoints = Math.min(10, Math.max(5, (box.height * pointsPerMm) / Math.max(wanted, 3)))
  const heightOf = (scale: number): number => (basePoints * scale * lineHeight) / pointsPerMm
  const width = box.width * pointsPerMm

  const marks: LabelMark[] = []
  let y = at.y
  const end = at.y + box.height + 0.2
  for (const [index, saying] of sayings.entries()) {
    const { text, face, ways, goesFirst } = saying
    const others = sayings.slice(index + 1).reduce((sum, other) => sum + heightOf(usual(other)), 0)
    const fitting = (room: number) => ways.filter(({ scale, lines }) => lines * heightOf(scale) <= room)
    const spelled = ({ scale, lines }: Saying['ways'][number]) =>
      ruler.lines(text, face, basePoints * scale, width, lines)
    const isWhole = (way: Saying['ways'][number]): boolean => !spelled(way).some((line) => line.endsWith('…'))
    const beside = fitting(end - y - others)
    const alone = fitting(end - y)
    const way = beside.find(isWhole) ?? (goesFirst ? alone.find(isWhole) : undefined) ?? beside.at(-1) ?? alone[0]
    if (!way) break
    const size = basePoints * way.scale
    for (const shown of spelled(way)) {
      marks.push({
        ...{
          kind: 'text',
          text: shown,
          isBold: face === 'bold',
          size,
          x: at.x,
          baseline: y + heightOf(way.scale) * 0.78,
        },
        width: ruler.widthOf(shown, face, size) / pointsPerMm,
      })
      y += heightOf(way.scale)
    }
  }
  return marks
}

/** A run of labels as a PDF whose pages have the sheet's or the label's own size, to be printed at 100%. */
export function renderLabels(
  design: LabelDesign,
  subjects: readonly LabelSubject[],
  { title, createdAt }: { title: string; createdAt: number },
): Promise<Uint8Array> {
  const format = labelFormats[design.format]
  const none = { top: 0, left: 0, right: 0, bottom: 0 }
  const size: [number, number] = [format.pageWidth * pointsPerMm, format.pageHeight * pointsPerMm]
  const doc = openPdf({ size, title, createdAt, margins: none })
  const finished = collect(doc)
  for (const page of layOutLabels(design, subjects)) {
    doc.addPage()
    for (const label of page.labels) for (const mark of label.marks) drawMark(doc, mark, label)
  }
  doc.end()
  return finished
}

function drawMark(doc: PDFKit.PDFDocument, mark: LabelMark, { x: left, y: top }: Place): void {
  doc.fillColor('#000000')
  if (mark.kind === 'bars') {
    for (const [x, y, width, height] of mark.bars)
      doc.rect((left + x) * pointsPerMm, (top + y) * pointsPerMm, width * pointsPerMm, height * pointsPerMm)
    doc.fill()
    return
  }
  doc
    .font(mark.isBold ? 'bold' : 'regular')
    .fontSize(mark.size)
    .text(mark.text, (left + mark.x) * pointsPerMm, (top + mark.baseline) * pointsPerMm, {
      lineBreak: false,
      baseline: 'alphabetic',
    })
}
