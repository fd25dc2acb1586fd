import PDFDocument from 'pdfkit'
import { drawShapes, millimetres, type Drawing, type Shape } from './drawing.ts'
import { fontOf } from './fonts.ts'

/** One part of a printed document, from top to bottom. Words are the caller's, in the language of whoever reads them. */
export type Block =
  | { kind: 'heading'; text: string }
  | { kind: 'text'; text: string; isMuted?: boolean }
  /** Pairs of a label and its value. */
  | { kind: 'facts'; rows: readonly (readonly [label: string, value: string])[] }
  /** A table that goes on over as many pages as it needs, its head on each. */
  | { kind: 'table'; columns: readonly TableColumn[]; rows: readonly (readonly string[])[] }
  /** Boxes to sign in, side by side. */
  | { kind: 'signatures'; labels: readonly string[] }
  /** As wide as the page, no higher than what a page has room for. */
  | { kind: 'drawing'; drawing: Drawing }
  | { kind: 'gap'; height: number }
  | { kind: 'newPage' }

export interface TableColumn {
  title: string
  /** Of the width, in proportion to the other columns' shares. */
  share: number
  align?: 'left' | 'right'
}

export interface PaperDocument {
  /** At the top of the first page, and in the file's properties. */
  title: string
  /** Under the title: a date, a place, a number. */
  subtitle?: string
  /** At the foot of each page, beside its number. */
  footer?: string
  orientation?: 'portrait' | 'landscape'
  blocks: readonly Block[]
  /** Written into the file; the same content with the same date gives the same bytes. */
  createdAt: number
}

const margin = 48
const footerRoom = 28
const ink = '#1b1d22'
const muted = '#5c616b'
const line = '#c9ccd3'
const textSize = 9.5
const rowPadding = 4
/** Letters; more is no table any more, and would take seconds to lay out. */
const longestCell = 2000

/** The document as a PDF on A4, fonts embedded. */
export function renderDocument(paper: PaperDocument): Promise<Uint8Array> {
  const doc = openPdf({
    size: 'A4',
    layout: paper.orientation ?? 'portrait',
    title: paper.title,
    createdAt: paper.createdAt,
    margins: { top: margin, left: margin, right: margin, bottom: margin + footerRoom },
  })
  const finished = collect(doc)
  doc.addPage()
  doc.font('bold').fontSize(18).fillColor(ink).text(paper.title)
  if (paper.subtitle) doc.moveDown(0.2).font('regular').fontSize(textSize).fillColor(muted).text(paper.subtitle)
  doc.moveDown(1)
  for (const [index, block] of paper.blocks.entries()) {
    ensureRoom(doc, heightToSignatures(doc, paper.blocks.slice(index)))
    draw(doc, block, paper.blocks[index + 1]?.kind === 'signatures')
  }
  numberPages(doc, paper.footer ?? paper.title)
  doc.end()
  return finished
}

export interface PdfOptions {
  size: string | [number, number]
  layout?: 'portrait' | 'landscape'
  title: string
  createdAt: number
  margins: { top: number; left: number; right: number; bottom: number }
}

/** An empty PDF with the fonts known; pages are kept until the end, so that they can be numbered. */
export function openPdf({ size, layout, title, createdAt, margins }: PdfOptions): PDFKit.PDFDocument {
  const date = new Date(createdAt)
  const doc = new PDFDocument({
    size,
    layout,
    margins,
    autoFirstPage: false,
    bufferPages: true,
    info: { Title: title, Producer: 'Amorce', Creator: 'Amorce', CreationDate: date, ModDate: date },
  })
  doc.registerFont('regular', fontOf('regular'))
  doc.registerFont('bold', fontOf('bold'))
  return doc
}

/** All bytes of a PDF, once it was ended. */
export const collect = (doc: PDFKit.PDFDocument): Promise<Uint8Array> =>
  new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    doc.on('data', (chunk: Buffer) => chunks.push(chunk))
    doc.on('end', () => resolve(Buffer.concat(chunks)))
    doc.on('error', reject)
  })

type Doc = PDFKit.PDFDocument

const contentWidth = (doc: Doc): number => doc.page.width - 2 * margin
const contentBottom = (doc: Doc): number => doc.page.height - margin - footerRoom

/** Begins a new page unless that much height is left on this one. */
function ensureRoom(doc: Doc, height: number): void {
  if (doc.y + height > contentBottom(doc)) doc.addPage()
}

const headingHeight = 30
const signatureBox = 90
const signaturesHeight = signatureBox + 12

/**
 * What is signed stands above the boxes: they are never alone on the last page. How high it all is from the first of these
 * blocks to its boxes, and what is written under them; 0 where no boxes follow, or none without a table or a picture first.
 */
function heightToSignatures(doc: Doc, blocks: readonly Block[]): number {
  const until = blocks.findIndex(({ kind }) => kind === 'signatures')
  if (until < 1) return 0
  const after = blocks.slice(until + 1)
  const closing = after.every(({ kind }) => kind === 'text') ? after : []
  let total = 0
  for (const [index, block] of [...blocks.slice(0, until + 1), ...closing].entries()) {
    const height = index > 0 && block.kind === 'heading' ? undefined : heightOfBlock(doc, block)
    if (height === undefined) return 0
    total += height
  }
  // More would leave half a page empty before it.
  return total <= doc.page.height / 2 ? total : 0
}

/** Undefined for what may go over several pages. */
function heightOfBlock(doc: Doc, block: Block): number | undefined {
  switch (block.kind) {
    case 'heading':
      return headingHeight
    case 'text':
      doc.font('regular').fontSize(textSize)
      return doc.heightOfString(block.text, { width: contentWidth(doc) }) + 8
    case 'facts':
      return block.rows.reduce((sum, row) => sum + heightOfFact(doc, row) + 3, 8)
    case 'gap':
      return block.height
    case 'signatures':
      return signaturesHeight
    default:
      return undefined
  }
}

/** @param isSigned boxes to sign in come right after it */
function draw(doc: Doc, block: Block, isSigned: boolean): void {
  doc.x = margin
  switch (block.kind) {
    case 'heading':
      ensureRoom(doc, 100)
      doc.moveDown(0.4).font('bold').fontSize(12.5).fillColor(ink).text(block.text, margin)
      doc.moveDown(0.4)
      return
    case 'text':
      doc
        .font('regular')
        .fontSize(textSize)
        .fillColor(block.isMuted ? muted : ink)
      doc.text(block.text, margin, doc.y, { width: contentWidth(doc) })
      doc.moveDown(0.6)
      return
    case 'facts':
      return drawFacts(doc, block.rows)
    case 'table':
      return drawTable(doc, block.columns, block.rows, isSigned ? signaturesHeight : 0)
    case 'signatures':
      return drawSignatures(doc, block.labels)
    case 'drawing':
      return drawDrawing(doc, block.drawing)
    case 'gap':
      doc.y += block.height
      return
    case 'newPage':
      doc.addPage()
  }
}

const labelWidthOf = (doc: Doc): number => Math.min(150, contentWidth(doc) / 3)

function heightOfFact(doc: Doc, [label, value]: readonly [string, string]): number {
  const labelWidth = labelWidthOf(doc)
  doc.fontSize(textSize)
  return Math.max(
    doc.font('regular').heightOfString(label || ' ', { width: labelWidth - 8 }),
    doc.font('bold').heightOfString(value || ' ', { width: contentWidth(doc) - labelWidth }),
  )
}

function drawFacts(doc: Doc, rows: readonly (readonly [string, string])[]): void {
  const labelWidth = labelWidthOf(doc)
  const valueWidth = contentWidth(doc) - labelWidth
  for (const [label, value] of rows) {
    const height = heightOfFact(doc, [label, value])
    ensureRoom(doc, height)
    const top = doc.y
    doc
      .font('regular')
      .fillColor(muted)
      .text(label, margin, top, { width: labelWidth - 8 })
    doc
      .font('bold')
      .fillColor(ink)
      .text(value, margin + labelWidth, top, { width: valueWidth })
    doc.y = top + height + 3
  }
  doc.moveDown(0.6)
}

/** @param kept how much room is left under the last row: it goes over with what follows. */
function drawTable(
  doc: Doc,
  columns: readonly TableColumn[],
  rows: readonly (readonly string[])[],
  kept: number,
): void {
  const shares = columns.reduce((sum, { share }) => sum + share, 0)
  const widths = columns.map(({ share }) => (contentWidth(doc) * share) / shares)
  const lefts = widths.map((_, index) => margin + widths.slice(0, index).reduce((sum, width) => sum + width, 0))
  const optionsOf = (index: number): PDFKit.Mixins.TextOptions => ({
    width: (widths[index] ?? 0) - 2 * rowPadding,
    align: columns[index]?.align ?? 'left',
  })
  const heightOf = (cells: readonly string[], face: string): number => {
    doc.font(face).fontSize(textSize)
    const heights = cells.map((cell, index) => doc.heightOfString(cell || ' ', optionsOf(index)))
    // A cell that is longer than a page would be cut by the page's end.
    return Math.min(Math.max(...heights) + 2 * rowPadding, contentBottom(doc) - margin - 60)
  }
  const drawRow = (cells: readonly string[], face: string, color: string): void => {
    const height = heightOf(cells, face)
    const top = doc.y
    doc.font(face).fontSize(textSize).fillColor(color)
    for (const [index, cell] of cells.entries())
      doc.text(cell, (lefts[index] ?? margin) + rowPadding, top + rowPadding, {
        ...optionsOf(index),
        height: height - 2 * rowPadding + 1,
        ellipsis: true,
      })
    doc.y = top + height
    doc
      .moveTo(margin, doc.y)
      .lineTo(margin + contentWidth(doc), doc.y)
      .lineWidth(0.5)
      .strokeColor(line)
      .stroke()
  }
  const drawHead = (): void =>
    drawRow(
      columns.map(({ title }) => title),
      'bold',
      muted,
    )

  ensureRoom(doc, 50)
  drawHead()
  for (const [index, row] of rows.entries()) {
    const cells = columns.map((_, column) => (row[column] ?? '').slice(0, longestCell))
    // Under a table is a little room.
    const below = index === rows.length - 1 && kept > 0 ? kept + 12 : 0
    if (doc.y + heightOf(cells, 'regular') + below > contentBottom(doc)) {
      doc.addPage()
      drawHead()
    }
    drawRow(cells, 'regular', ink)
  }
  doc.x = margin
  doc.moveDown(0.8)
}

function drawDrawing(doc: Doc, { width, height, shapes }: Drawing): void {
  const room = contentBottom(doc) - margin - 40
  const scale = Math.min(contentWidth(doc) / Math.max(width, 1), room / Math.max(height, 1))
  ensureRoom(doc, height * scale)
  const top = doc.y
  drawShapes(doc, shapes, { x: margin + (contentWidth(doc) - width * scale) / 2, y: top, scale })
  doc.x = margin
  doc.y = top + height * scale + 12
}

/** Pages of shapes in millimetres from each A4 page's corner, to be printed at 100% and cut. */
export function renderSheets(
  pages: readonly (readonly Shape[])[],
  { title, createdAt }: { title: string; createdAt: number },
): Promise<Uint8Array> {
  const doc = openPdf({ size: 'A4', title, createdAt, margins: { top: 0, left: 0, right: 0, bottom: 0 } })
  const finished = collect(doc)
  for (const shapes of pages) {
    doc.addPage()
    drawShapes(doc, shapes, { x: 0, y: 0, scale: millimetres.scale })
  }
  doc.end()
  return finished
}

function drawSignatures(doc: Doc, labels: readonly string[]): void {
  const gap = 16
  const height = signatureBox
  const width = (contentWidth(doc) - gap * (labels.length - 1)) / Math.max(labels.length, 1)
  ensureRoom(doc, height)
  const top = doc.y
  for (const [index, label] of labels.entries()) {
    const left = margin + index * (width + gap)
    doc.rect(left, top, width, height).lineWidth(0.7).strokeColor(line).stroke()
    doc
      .font('regular')
      .fontSize(textSize)
      .fillColor(muted)
      .text(label, left + 8, top + 7, { width: width - 16, height: 30, ellipsis: true })
  }
  doc.x = margin
  doc.y = top + height + 12
}

function numberPages(doc: Doc, footer: string): void {
  const { start, count } = doc.bufferedPageRange()
  for (let index = start; index < start + count; index++) {
    doc.switchToPage(index)
    const top = doc.page.height - margin - 8
    // Below the bottom margin, where pdfkit would begin another page.
    doc.page.margins.bottom = 0
    doc.font('regular').fontSize(8).fillColor(muted)
    doc.text(footer, margin, top, { width: contentWidth(doc) - 80, height: 10, ellipsis: true, lineBreak: false })
    doc.text(`${index - start + 1} / ${count}`, doc.page.width - margin - 80, top, { width: 80, align: 'right' })
  }
}
