import { inflateSync } from 'node:zlib'
import { describe, expect, it } from 'vitest'
import { renderDocument, type PaperDocument } from './index.ts'

const paper = (blocks: PaperDocument['blocks']): PaperDocument => ({
  title: 'Bon de prêt n° 12',
  subtitle: 'Salle B104, 24 novembre',
  footer: 'Amorce',
  createdAt: 0,
  blocks,
})
const asText = (pdf: Uint8Array): string => Buffer.from(pdf).toString('latin1')
const pagesOf = (pdf: Uint8Array): number => asText(pdf).match(/\/Type \/Page\b/g)?.length ?? 0

/** How often each page shows something, told by its drawing commands: what is written is in glyph numbers. */
function showCommandsByPage(pdf: Uint8Array): number[] {
  const text = asText(pdf)
  const counts: number[] = []
  for (const match of text.matchAll(/\/Length (\d+)[^>]*>>\s*stream\n/g)) {
    const start = match.index + match[0].length
    const bytes = Buffer.from(text.slice(start, start + Number(match[1])), 'latin1')
    try {
      const shown = inflateSync(bytes).toString('latin1').match(/TJ/g)?.length ?? 0
      if (shown > 0) counts.push(shown)
    } catch {
      // Not compressed: a font or the metadata.
    }
  }
  return counts
}
const showCommands = (pdf: Uint8Array): number => showCommandsByPage(pdf).reduce((sum, count) => sum + count, 0)

describe('a printed document', () => {
  it('has every part on A4 with its font within', async () => {
    const pdf = await renderDocument(
      paper([
        {
          kind: 'facts',
          rows: [
            ['Emprunteur', 'Zoë Lefèvre'],
            ['Retour prévu', ''],
          ],
        },
        { kind: 'heading', text: 'Matériels' },
        { kind: 'text', text: 'Œuvre, cœur, 25 €, Ελλάδα', isMuted: true },
        {
          kind: 'table',
          columns: [
            { title: 'N°', share: 1 },
            { title: 'Prix', share: 1, align: 'right' },
          ],
          rows: [['PC-1', '12,50 €']],
        },
        { kind: 'gap', height: 10 },
        { kind: 'signatures', labels: ['Emprunteur', 'Technicien'] },
      ]),
    )
    expect(asText(pdf)).toContain('/FontFile2')
    expect(asText(pdf)).toMatch(/\/MediaBox \[0 0 595\.28 841\.89\]/)
    expect(pagesOf(pdf)).toBe(1)
    expect(showCommands(pdf)).toBeGreaterThan(12)
  })

  it('goes on over as many pages as its table needs, and leaves no empty one', async () => {
    const rows = Array.from({ length: 500 }, (_, index) => [`PC-${index}`, 'OptiPlex'])
    const columns = [
      { title: 'N°', share: 1 },
      { title: 'Modèle', share: 2 },
    ]
    const table = (count: number) => renderDocument(paper([{ kind: 'table', columns, rows: rows.slice(0, count) }]))
    const [short, long] = [await table(3), await table(500)]
    expect(pagesOf(short)).toBe(1)
    expect(pagesOf(long)).toBeGreaterThan(10)
    expect(pagesOf(long)).toBeLessThan(25)
  })

  it('has what is signed above the boxes, wherever the page ends', async () => {
    const columns = [{ title: 'N°', share: 1 }]
    const signatures = { kind: 'signatures', labels: ['Emprunteur', 'Technicien'] } as const
    /** The labels of the boxes, the foot of the page and its number. */
    const boxesAlone = 4
    const lastPageOf = async (count: number, between: PaperDocument['blocks']): Promise<number> => {
      const rows = Array.from({ length: count }, (_, index) => [`PC-${index}`])
      const pdf = await renderDocument(paper([{ kind: 'table', columns, rows }, ...between, signatures]))
      const pages = showCommandsByPage(pdf)
      expect(pages).toHaveLength(pagesOf(pdf))
      return pages.at(-1)!
    }
    const chain: PaperDocument['blocks'] = [
      { kind: 'heading', text: 'Chaîne' },
      { kind: 'facts', rows: [['Empreinte', 'a'.repeat(64)]] },
      { kind: 'text', text: 'La chaîne est intacte.' },
    ]
    for (let count = 20; count < 40; count++) {
      // The head of the table and its last row; the heading, the fact and what it says.
      expect(await lastPageOf(count, [])).toBeGreaterThanOrEqual(boxesAlone + 2)
      expect(await lastPageOf(count, chain)).toBeGreaterThanOrEqual(boxesAlone + 4)
    }
  })

  it('is made of the same bytes for the same content', async () => {
    const once = await renderDocument(paper([{ kind: 'text', text: 'x' }]))
    const again = await renderDocument(paper([{ kind: 'text', text: 'x' }]))
    expect(Buffer.compare(Buffer.from(once), Buffer.from(again))).toBe(0)
  })

  it('takes a cell that is longer than a page, a word without spaces, and lines of any kind', async () => {
    const pdf = await renderDocument(
      paper([
        {
          kind: 'table',
          columns: [
            { title: '', share: 1 },
            { title: '', share: 9 },
          ],
          rows: [
            ['x'.repeat(3000), 'mot '.repeat(20_000)],
            ['a\u0000b\r\nc\u202e', ''],
          ],
        },
      ]),
    )
    expect(pagesOf(pdf)).toBeLessThan(4)
  })
})
