import { describe, expect, it } from 'vitest'
import type { CandidateView, RoomView, SittingEntry, SittingView } from '../contract/index.ts'
import { renderPrint, renderReport, reportCsv, reportJson, type ReportData } from './index.ts'
import { doorList, seatLabels, signInSheet, tickets } from './prints.ts'
import { isLate, pausesIn, reportDocument } from './report.ts'

const start = Date.UTC(2027, 0, 18, 8)
const minute = 60_000

const room: RoomView = {
  ...{ id: 1, name: 'B104', columns: 9, rows: 6 },
  seats: Array.from({ length: 40 }, (_, i) => ({
    ...{ id: i + 1, label: `${'ABCDE'[Math.floor(i / 8)]}${(i % 8) + 1}`, row: Math.floor(i / 8) + 1 },
    column: i % 8 < 4 ? i % 8 : (i % 8) + 1,
  })),
  marks: [{ kind: 'board', column: 4, row: 0 }],
}
const candidates = Array.from({ length: 40 }, (_, i): CandidateView => {
  const extraMinutes = i === 3 ? 40 : 0
  return {
    ...{ id: i + 1, number: String(1000 + i), lastName: `Éluard-${i}`, firstName: 'Zoé', group: i % 2 ? 'TD2' : 'TD1' },
    ...{ extraMinutes, seatId: i + 1, presence: i === 7 ? 'absent' : 'present', note: '' },
    ...{ endsAt: start + (120 + extraMinutes) * minute, unlockCode: '123456', ticket: `7K3D-${1000 + i}` },
    signedInAt: start - minute,
  }
})
const sitting: SittingView = {
  ...{ id: 3, title: 'Algorithmique', module: 'R2.04', roomId: 1, plannedAt: start, durationMinutes: 120 },
  ...{ quorum: 0.9, warnings: [15], collectMinutes: 10, wakes: true, isRehearsal: false, state: 'closed' },
  ...{ startedAt: start, closedAt: start + 165 * minute, endsAt: start + 120 * minute, candidates },
}
const entry = (id: number, action: string, at: number, more: Partial<SittingEntry> = {}): SittingEntry => ({
  ...{ id, action, at, who: 'Ana', details: {}, hash: String(id).repeat(64).slice(0, 64) },
  ...more,
})
const entries = [
  entry(1, 'begin', start),
  entry(2, 'pause', start + 10 * minute),
  entry(3, 'goOn', start + 14 * minute),
  entry(4, 'move', start + 20 * minute, { details: { candidateId: 1, from: 1, to: 9 } }),
  entry(5, 'lock', start + 30 * minute, { details: { candidateId: 2 }, text: 'Téléphone' }),
  entry(6, 'close', start + 165 * minute),
]
const data: ReportData = {
  ...{
    sitting,
    room,
    journal: { entries, intact: true },
    profile: 'Examen Linux',
    language: 'fr',
    now: start + 170 * minute,
  },
  incidents: [
    {
      ...{ id: 1, sittingId: 3, at: start + 5 * minute, kind: 'usbPlugged', severity: 'serious', text: 'SanDisk' },
      ...{
        seatLabel: 'A2',
        candidateId: 2,
        comment: 'retirée',
        acknowledgedAt: start + 6 * minute,
        interventionId: 12,
      },
    },
  ],
  subjects: [{ name: 'sujet.pdf', size: 120_000, sha256: 'a'.repeat(64) }],
  files: candidates.slice(0, 39).map(({ id }) => ({
    ...{ candidateId: id, seat: room.seats[id - 1]!.label, name: 'copie.odt', version: 1, size: 34_000 + id },
    ...{ sha256: id.toString(16).padStart(64, '0'), path: `work/exam-1/${id}/copie.v1.odt` },
    receivedAt: start + (id === 5 ? 125 : 118) * minute,
  })),
  machines: room.seats.map(({ label }, i) => ({ seat: label, mac: `52:54:00:00:00:${i + 10}`, assetTag: `PC-${i}` })),
  software: [{ name: 'Amorce', version: '0.1.0' }],
}

const textOf = (value: unknown): string => JSON.stringify(value)
const isPdf = (pdf: Uint8Array): boolean => Buffer.from(pdf.subarray(0, 5)).toString() === '%PDF-'

describe('papers of a sitting', () => {
  const input = { sitting, room, language: 'fr', now: start } as const

  it('for the door have everybody by name, and the plan', () => {
    const { blocks, title } = doorList(input)
    expect(title).toBe('Liste d’appel – Algorithmique')
    const rows = blocks.flatMap((block) => (block.kind === 'table' ? block.rows : []))
    expect(rows).toHaveLength(40)
    expect(rows.slice(0, 3).map(([, name]) => name)).toEqual(['Éluard-0', 'Éluard-1', 'Éluard-2'])
    expect(rows[3]?.[4]).toBe('+ 40 min')
    expect(blocks.some(({ kind }) => kind === 'drawing')).toBe(true)
  })

  it('to sign on have a place for each hand, and no presence', () => {
    const { blocks } = signInSheet(input)
    expect(textOf(blocks)).not.toContain('absent')
    expect(blocks.at(-1)?.kind).toBe('signatures')
  })

  it('tickets have each candidate’s code once, as text and as QR; seat labels have none', () => {
    const pages = tickets(input)
    expect(pages).toHaveLength(5)
    const shapes = pages.flat()
    const codes = shapes.flatMap((shape) => (shape.kind === 'qr' ? [shape.text] : []))
    expect(codes).toEqual(candidates.map(({ ticket }) => ticket))
    expect(textOf(seatLabels(input))).not.toContain('7K3D')
    expect(seatLabels(input)).toHaveLength(3)
  })

  it.each(['doorList', 'signInSheet', 'seatLabels', 'tickets'] as const)(
    '%s is a PDF, also of nobody',
    async (kind) => {
      expect(isPdf(await renderPrint(kind, input))).toBe(true)
      const empty = { ...sitting, candidates: [], plannedAt: undefined }
      expect(isPdf(await renderPrint(kind, { ...input, sitting: empty, room: undefined, language: 'en' }))).toBe(true)
    },
  )
})

describe('a report', () => {
  it('has who, what, when, the files with their hashes and the last hash of the chain', async () => {
    const text = textOf(reportDocument(data).blocks)
    for (const part of ['Départ donné', '39 présents, 1 absent', 'Clé USB branchée : SanDisk', 'intervention n° 12'])
      expect(text).toContain(part)
    for (const part of ['A1 → B1', 'Téléphone', '4 min', 'hors délai', 'a'.repeat(64), '6'.repeat(64), 'Examen Linux'])
      expect(text).toContain(part)
    expect(text).toContain('La chaîne est intacte')
    expect(text).not.toContain('123456')
    expect(isPdf(await renderReport(data))).toBe(true)
  })

  it('has nothing that a person did under the name of Amorce', () => {
    const unnamed = [entry(1, 'lock', start, { who: '' }), entry(2, 'timeUp', start, { who: '' })]
    const { blocks } = reportDocument({ ...data, journal: { entries: unnamed, intact: true } })
    const rows = blocks.flatMap((block) => (block.kind === 'table' ? block.rows : []))
    const whoOf = (what: string) => rows.find(([, cell]) => cell?.startsWith(what))?.[2]
    expect([whoOf('Poste verrouillé'), whoOf('Temps écoulé')]).toEqual(['sans nom donné', 'Amorce'])
  })

  it('says of a broken chain that it is, and of a rehearsal what it is', () => {
    const broken = { ...data, journal: { entries, intact: false }, sitting: { ...sitting, isRehearsal: true } }
    const text = textOf(reportDocument({ ...broken, language: 'en' }).blocks)
    expect(text).toContain('The chain is broken')
    expect(text).toContain('Rehearsal')
  })

  it('in a spreadsheet is a line for each, no text of it a formula', () => {
    const named = { ...sitting, candidates: [{ ...candidates[0]!, lastName: '=1+1' }] }
    const lines = reportCsv({ ...data, sitting: named })
      .trim()
      .split('\r\n')
    expect(lines).toHaveLength(2)
    expect(lines[1]).toContain("'=1+1")
    expect(lines[1]).toContain('1'.padStart(64, '0'))
  })

  it('for another program has the whole chain, and no code that unlocks or signs in', () => {
    const json = reportJson(data)
    expect(json).not.toMatch(/123456|7K3D/)
    const read = JSON.parse(json) as { format: string; journal: { entries: unknown[] }; files: unknown[] }
    expect(read.format).toBe('amorce-report-1')
    expect([read.journal.entries.length, read.files.length]).toEqual([6, 39])
  })

  it('counts the pauses and what came late', () => {
    expect(pausesIn(entries)).toBe(4 * minute)
    expect(pausesIn([entry(1, 'pause', 5), entry(2, 'close', 9)])).toBe(4)
    expect(data.files.filter((file) => isLate(file, sitting))).toHaveLength(1)
  })
})
