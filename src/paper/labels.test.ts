import { describe, expect, it } from 'vitest'
import { codeKinds, labelFormatIds, type LabelDesign, type LabelPageView } from '../contract/index.ts'
import { readCodes, type Pixels } from './testdata/barcodes.ts'
import { labelFormats } from './labelFormats.ts'
import { labelPlaces, layOutLabels, renderLabels } from './labels.ts'

const design = (changes: Partial<LabelDesign> = {}): LabelDesign => ({
  format: 'L7160',
  code: 'qr',
  lines: ['model', 'location'],
  owner: 'Lycée Évariste-Galois',
  skip: 0,
  ...changes,
})
const subject = (code: string, lines = ['OptiPlex 7010', 'Salle B104']) => ({ code, title: code, lines })
const subjects = (count: number) => Array.from({ length: count }, (_, index) => subject(`PC-${1000 + index}`))

/** The first label's bars, black on white. */
function rasterise(page: LabelPageView, pixelsPerMm = 20): Pixels {
  const [label] = page.labels
  if (!label) throw new Error('there is no label on this page')
  const px = (mm: number): number => Math.round(mm * pixelsPerMm)
  const [width, height] = [px(label.width), px(label.height)]
  const data = new Uint8ClampedArray(width * height * 4).fill(255)
  for (const mark of label.marks) {
    if (mark.kind !== 'bars') continue
    for (const [x, y, w, h] of mark.bars)
      for (let row = px(y); row < px(y + h); row++)
        for (let column = px(x); column < px(x + w); column++)
          data.fill(0, (row * width + column) * 4, (row * width + column) * 4 + 3)
  }
  return { data, width, height }
}

describe('sheets', () => {
  it.each(labelFormatIds)('%s holds its labels within its page, none over another', (id) => {
    const format = labelFormats[id]
    const places = labelPlaces(format)
    expect(places).toHaveLength(format.columns * format.rows)
    for (const { x, y } of places) {
      expect(x).toBeGreaterThanOrEqual(-0.001)
      expect(y).toBeGreaterThanOrEqual(-0.001)
      expect(x + format.width).toBeLessThanOrEqual(format.pageWidth + 0.001)
      expect(y + format.height).toBeLessThanOrEqual(format.pageHeight + 0.001)
    }
    const corners = new Set(places.map(({ x, y }) => `${x.toFixed(2)} ${y.toFixed(2)}`))
    expect(corners.size).toBe(places.length)
  })

  it('begin where the used labels end, and go on over pages', () => {
    const pages = layOutLabels(design({ skip: 19 }), subjects(4))
    expect(pages.map(({ labels }) => labels.length)).toEqual([2, 2])
    expect(pages[0]?.labels[0]?.y).toBeCloseTo(pages[0]?.labels[1]?.y ?? 0)
    expect(pages[1]?.labels[0]).toMatchObject({ x: labelPlaces(labelFormats.L7160)[0]?.x })
  })
})

describe('what is printed', () => {
  it.each(labelFormatIds.flatMap((format) => codeKinds.map((code) => [format, code] as const)))(
    'on %s as %s stays on its label and is read again by a barcode library',
    async (format, code) => {
      const wide = design({ format, code })
      const pages = layOutLabels(wide, subjects(1))
      const [label] = pages[0]?.labels ?? []
      for (const mark of label?.marks ?? []) {
        const boxes = mark.kind === 'bars' ? mark.bars : [[mark.x, mark.baseline, mark.width, 0] as const]
        for (const [x, y, w, h] of boxes) {
          expect(x).toBeGreaterThanOrEqual(0)
          expect(y).toBeGreaterThanOrEqual(0)
          expect(x + w).toBeLessThanOrEqual((label?.width ?? 0) + 0.01)
          expect(y + h).toBeLessThanOrEqual((label?.height ?? 0) + 0.01)
        }
      }
      const found = await readCodes(rasterise(pages[0]!))
      expect(found.map(({ text }) => text)).toEqual(['PC-1000'])
    },
  )

  it('says accents, and what looks like an escape, as they are', async () => {
    for (const code of ['qr', 'dataMatrix'] as const)
      for (const text of ['Écran-7 été', 'A^065\\x', '日本-1']) {
        const [page] = layOutLabels(design({ code }), [subject(text)])
        expect((await readCodes(rasterise(page!))).map((read) => read.text)).toEqual([text])
      }
  })

  it('is refused when the code cannot say it', () => {
    expect(() => layOutLabels(design({ code: 'code128' }), [subject('Écran-7')])).toThrow(
      expect.objectContaining({ code: 'label.notEncodable' }),
    )
    expect(() => layOutLabels(design({ code: 'qr' }), [subject('x'.repeat(5000))])).toThrow(
      expect.objectContaining({ code: 'label.notEncodable' }),
    )
  })

  it('is told to be too small to be read when it is', () => {
    const tag = 'PC-ATELIER-DE-PRODUCTION-0001'
    const small = layOutLabels(design({ format: 'L7651', code: 'code128' }), [subject(tag)])
    expect(small[0]?.labels[0]?.isTooSmall).toBe(true)
    const large = layOutLabels(design({ format: 'L7163', code: 'code128' }), [subject(tag)])
    expect(large[0]?.labels[0]?.isTooSmall).toBe(false)
  })

  const textsOf = (...[page]: LabelPageView[]): { text: string; size: number }[] =>
    page?.labels[0]?.marks.flatMap((mark) => (mark.kind === 'text' ? [{ text: mark.text, size: mark.size }] : [])) ?? []

  it('says a long tag and a long place whole: smaller, then on several lines, where there is room', () => {
    const said = (title: string, lines: string[], changes: Partial<LabelDesign> = {}): string[] =>
      textsOf(...layOutLabels(design({ owner: '', ...changes }), [{ ...subject('PC-1', lines), title }])).map(
        ({ text }) => text,
      )
    const [short] = textsOf(...layOutLabels(design(), [subject('PC-1')])).slice(1)
    const [longer] = textsOf(...layOutLabels(design(), [subject('LYC-PC-001')])).slice(1)
    expect(longer).toMatchObject({ text: 'LYC-PC-001' })
    expect(longer!.size).toBeLessThanOrEqual(short!.size)
    expect(said('LYC-2026-PC-0001', ['ProDesk'])).toEqual(['LYC-2026-', 'PC-0001', 'ProDesk'])
    expect(said('PC-1', ['Lycée Évariste-Galois / Bâtiment C / Salle B104']).join(' ')).toBe(
      'PC-1 Lycée Évariste-Galois / Bâtiment C / Salle B104',
    )
    expect(said('PC-1', ['Réserve du deuxième étage'], { code: 'code128' })).toEqual([
      'PC-1',
      'Réserve du deuxième étage',
    ])
    // A name that nothing breaks is cut.
    expect(said('x'.repeat(80), []).join('')).toMatch(/^x+…$/)
  })

  it('cuts what is too long with an ellipsis, and keeps the tag before the rest', () => {
    const long = 'Un modèle au nom interminable, édition limitée, révision 12'
    const [page] = layOutLabels(design({ format: 'L7651', owner: '' }), [subject('PC-1', [long, long, long, long])])
    const texts = page?.labels[0]?.marks.flatMap((mark) => (mark.kind === 'text' ? [mark.text] : [])) ?? []
    expect(texts[0]).toBe('PC-1')
    expect(texts[1]).toMatch(/^Un mod.*…$/)
  })
})

describe('the PDF', () => {
  it('has a page of the right size for each sheet, and the font within', async () => {
    const pdf = await renderLabels(design(), subjects(22), { title: 'Étiquettes', createdAt: 0 })
    const text = Buffer.from(pdf).toString('latin1')
    expect(text.startsWith('%PDF-1.')).toBe(true)
    expect(text.match(/\/MediaBox \[0 0 595\.27\d* 841\.88\d*\]/g)).toHaveLength(2)
    expect(text).toContain('/FontFile2')
  })
})
