import type { IncidentView, Language, Mac, Presence, RoomView, SittingEntry, SittingView } from '../contract/index.ts'
import { writeCsv } from '../exchange/index.ts'
import { renderDocument, type Block, type PaperDocument } from '../paper/index.ts'
import { planDrawing } from './plan.ts'
import { whenOf } from './prints.ts'
import { byName, fullName, rosterColumns, rosterTable, seatOf } from './roster.ts'
import { dateTimeOf, paperWords, timeOf, type PaperWords } from './words.ts'

/** One version of one file that came back. */
export interface CollectedFile {
  candidateId?: number
  /** As it was called when it came. */
  seat: string
  name: string
  version: number
  size: number
  sha256: string
  receivedAt: number
  /** Gone with the personal data. */
  removedAt?: number
  /** Below the archive. */
  path: string
}

/** All that a report is made of. */
export interface ReportData {
  sitting: SittingView
  room: RoomView | undefined
  /** Oldest first. */
  incidents: readonly IncidentView[]
  journal: { entries: readonly SittingEntry[]; intact: boolean }
  subjects: readonly { name: string; size: number; sha256: string }[]
  /** Newest first. */
  files: readonly CollectedFile[]
  machines: readonly { seat: string; mac: Mac; assetTag: string }[]
  /** Names and versions: Amorce, Electron, what the machines booted. */
  software: readonly { name: string; version: string }[]
  profile: string
  language: Language
  now: number
}

/** Who sat it, what happened and what came back, to be signed. */
export function reportDocument(data: ReportData): PaperDocument {
  const { sitting, room, journal, language, now } = data
  const words = paperWords(language)
  const title = `${words.page.report} – ${sitting.title}`
  return {
    title,
    subtitle: [sitting.module, room && `${words.room} ${room.name}`, whenOf(sitting, words)]
      .filter(Boolean)
      .join(' · '),
    footer: `${title} · ${journal.entries.at(-1)?.hash.slice(0, 16) ?? ''}`,
    createdAt: now,
    blocks: [
      ...(sitting.isRehearsal ? [{ kind: 'text', text: words.rehearsal } satisfies Block] : []),
      ...(sitting.anonymisedAt === undefined ? [] : [{ kind: 'text', text: words.anonymous } satisfies Block]),
      ...timesOf(data, words),
      ...presenceOf(data, words),
      ...(room
        ? ([
            { kind: 'heading', text: words.plan },
            { kind: 'drawing', drawing: planDrawing(room, sitting, words, { withPresence: true }) },
          ] satisfies Block[])
        : []),
      ...incidentsOf(data, words),
      ...courseOf(data, words),
      ...filesOf(data, words),
      ...softwareOf(data, words),
      ...chainOf(data, words),
      { kind: 'signatures', labels: words.signatures },
      { kind: 'text', text: words.madeBy(dateTimeOf(now, words)), isMuted: true },
    ],
  }
}

export const renderReport = (data: ReportData): Promise<Uint8Array> => renderDocument(reportDocument(data))

function timesOf({ sitting, journal }: ReportData, words: PaperWords): Block[] {
  const counts = new Map<Presence, number>()
  for (const { presence } of sitting.candidates) counts.set(presence, (counts.get(presence) ?? 0) + 1)
  const presences = [...counts].map(([presence, count]) => words.counted(presence, count))
  const pausedMs = pausesIn(journal.entries)
  const optional = (label: string, at: number | undefined): [string, string][] =>
    at === undefined ? [] : [[label, dateTimeOf(at, words)]]
  return [
    { kind: 'heading', text: words.times },
    {
      kind: 'facts',
      rows: [
        ...optional(words.plannedAt, sitting.plannedAt),
        ...optional(words.startedAt, sitting.startedAt),
        ...optional(words.closedAt, sitting.closedAt),
        [words.duration, words.minutes(sitting.durationMinutes)],
        ...(pausedMs > 0
          ? ([[words.pausedFor, words.minutes(Math.ceil(pausedMs / 60_000))]] satisfies [string, string][])
          : []),
        [words.presence, presences.join(', ')],
      ],
    },
  ]
}

/** In milliseconds, as the journal has them. */
export function pausesIn(entries: readonly SittingEntry[]): number {
  let total = 0
  let since: number | undefined
  for (const { action, at } of entries) {
    if (action === 'begin') total = 0
    if (action === 'pause') since = at
    else if ((action === 'goOn' || action === 'close') && since !== undefined) {
      total += at - since
      since = undefined
    }
  }
  return total
}

function presenceOf({ sitting, room }: ReportData, words: PaperWords): Block[] {
  const { seat, number, name, extraTime } = rosterColumns(room, words)
  const timeOrNothing = (at: number | undefined): string => (at === undefined ? '' : timeOf(at, words))
  return [
    { kind: 'heading', text: words.presence },
    rosterTable(sitting, words, [
      seat,
      number,
      name,
      { title: words.presence, share: 1.4, cell: ({ presence }) => words.presences[presence] },
      { title: words.signedInAt, share: 1.3, cell: ({ signedInAt }) => timeOrNothing(signedInAt) },
      extraTime,
      { title: words.endsAt, share: 1.2, align: 'right', cell: ({ endsAt }) => timeOrNothing(endsAt).slice(0, 5) },
    ]),
  ]
}

const nameOf = ({ candidates }: SittingView, id: unknown): string => {
  const candidate = candidates.find((each) => each.id === id)
  return candidate ? fullName(candidate) : ''
}

/** What an incident is, in a few words. */
export const incidentSentence = ({ kind, text }: IncidentView, language: Language): string =>
  kind === 'byHand' && text !== '' ? text : paperWords(language).kinds[kind]

function incidentsOf({ sitting, incidents }: ReportData, words: PaperWords): Block[] {
  const heading: Block = { kind: 'heading', text: words.incidents }
  if (incidents.length === 0) return [heading, { kind: 'text', text: words.noIncident }]
  return [
    heading,
    {
      kind: 'table',
      columns: [
        { title: words.time, share: 1.1 },
        { title: words.severity, share: 1.2 },
        { title: words.what, share: 3.4 },
        { title: words.seat, share: 2 },
        { title: words.comment, share: 2.4 },
      ],
      rows: incidents.map((incident) => [
        timeOf(incident.at, words),
        words.severities[incident.severity],
        [words.kinds[incident.kind], incident.text].filter(Boolean).join(' : '),
        [incident.seatLabel, nameOf(sitting, incident.candidateId)].filter(Boolean).join(' · ') || (incident.mac ?? ''),
        [
          incident.comment || (incident.acknowledgedAt === undefined ? '' : words.acknowledged),
          incident.interventionId === undefined ? '' : words.intervention(incident.interventionId),
        ]
          .filter(Boolean)
          .join(', '),
      ]),
    },
  ]
}

/** What Amorce does when its time has come: nobody else is meant by a line without a name. */
const ofItself: ReadonlySet<string> = new Set(['timeUp', 'close', 'anonymise', 'unlockedByCode'])

function courseOf({ sitting, room, journal }: ReportData, words: PaperWords): Block[] {
  const labelOf = (id: unknown): string => room?.seats.find((seat) => seat.id === id)?.label ?? '–'
  const steps = journal.entries.filter(({ action }) => action in words.actions)
  return [
    { kind: 'heading', text: words.course },
    {
      kind: 'table',
      columns: [
        { title: words.time, share: 1.1 },
        { title: words.what, share: 6 },
        { title: words.who, share: 2 },
      ],
      rows: steps.map(({ at, action, details, text, who }) => [
        timeOf(at, words),
        [
          words.actions[action],
          nameOf(sitting, details['candidateId']),
          typeof details['minutes'] === 'number' ? words.minutes(details['minutes']) : '',
          action === 'move' ? `${labelOf(details['from'])} → ${labelOf(details['to'])}` : '',
          text ?? '',
        ]
          .filter(Boolean)
          .join(' · '),
        who || (ofItself.has(action) ? 'Amorce' : words.unnamed),
      ]),
    },
  ]
}

/** Whether it came after its candidate's time, a minute allowed for its way. */
export const isLate = ({ candidateId, receivedAt }: CollectedFile, { candidates }: SittingView): boolean => {
  const endsAt = candidates.find(({ id }) => id === candidateId)?.endsAt
  return endsAt !== undefined && receivedAt > endsAt + 60_000
}

function filesOf({ sitting, subjects, files }: ReportData, words: PaperWords): Block[] {
  const handedOut: Block[] =
    subjects.length === 0
      ? []
      : [
          { kind: 'heading', text: words.subjects },
          {
            kind: 'table',
            columns: [
              { title: words.file, share: 3 },
              { title: words.size, share: 1, align: 'right' },
              { title: words.sha256, share: 6 },
            ],
            rows: subjects.map(({ name, size, sha256 }) => [name, words.bytes(size), sha256]),
          },
        ]
  const heading: Block = { kind: 'heading', text: words.files }
  if (files.length === 0) return [...handedOut, heading, { kind: 'text', text: words.noFile }]
  return [
    ...handedOut,
    heading,
    {
      kind: 'table',
      columns: [
        { title: words.seat, share: 0.9 },
        { title: words.name, share: 2.1 },
        { title: words.file, share: 2.3 },
        { title: words.size, share: 1.1, align: 'right' },
        { title: words.receivedAt, share: 1.3 },
        { title: words.sha256, share: 4.6 },
      ],
      rows: inOrder(files).map((file) => [
        file.seat,
        nameOf(sitting, file.candidateId),
        `${file.name} (v${file.version})${file.removedAt === undefined ? '' : `, ${words.removed}`}`,
        words.bytes(file.size),
        `${timeOf(file.receivedAt, words)}${isLate(file, sitting) ? `\n${words.late}` : ''}`,
        file.sha256,
      ]),
    },
  ]
}

const { compare } = new Intl.Collator('fr', { numeric: true, sensitivity: 'base' })
const inOrder = (files: readonly CollectedFile[]): CollectedFile[] =>
  [...files].sort((a, b) => compare(a.seat, b.seat) || compare(a.name, b.name) || a.version - b.version)

const softwareOf = ({ software, profile, machines }: ReportData, words: PaperWords): Block[] => [
  { kind: 'heading', text: words.software },
  {
    kind: 'facts',
    rows: [...software.map(({ name, version }) => [name, version] as const), [words.profile, profile]],
  },
  ...(machines.length === 0
    ? []
    : ([
        { kind: 'heading', text: words.machines },
        {
          kind: 'table',
          columns: [
            { title: words.seat, share: 1 },
            { title: words.mac, share: 2 },
            { title: words.assetTag, share: 2 },
          ],
          rows: machines.map(({ seat, mac, assetTag }) => [seat, mac, assetTag]),
        },
      ] satisfies Block[])),
]

const chainOf = ({ journal }: ReportData, words: PaperWords): Block[] => [
  { kind: 'heading', text: words.chain },
  {
    kind: 'facts',
    rows: [
      [words.chainLines, String(journal.entries.length)],
      [words.lastHash, journal.entries.at(-1)?.hash ?? ''],
    ],
  },
  { kind: 'text', text: journal.intact ? words.chainIntact : words.chainBroken },
  { kind: 'text', text: words.chainHint, isMuted: true },
]

/** One line a candidate, for a spreadsheet. */
export function reportCsv(data: ReportData): string {
  const { sitting, room, files, incidents, language } = data
  const words = paperWords(language)
  const iso = (at: number | undefined): string => (at === undefined ? '' : new Date(at).toISOString())
  const rows = byName(sitting.candidates, words).map((candidate) => {
    const own = files.filter(({ candidateId }) => candidateId === candidate.id)
    return [
      candidate.number,
      candidate.lastName,
      candidate.firstName,
      candidate.group,
      seatOf(candidate, room) ?? '',
      words.presences[candidate.presence],
      iso(candidate.signedInAt),
      String(candidate.extraMinutes),
      iso(candidate.endsAt),
      String(own.length),
      iso(own[0]?.receivedAt),
      own[0]?.sha256 ?? '',
      String(incidents.filter(({ candidateId }) => candidateId === candidate.id).length),
    ]
  })
  const heads = [words.number, words.name, words.firstName, words.group, words.seat, words.presence, words.signedInAt]
  const more = [words.extraTime, words.endsAt, words.files, words.receivedAt, words.sha256, words.incidents]
  return writeCsv([[...heads, ...more], ...rows], language)
}

/** All of it for another program: the whole journal with its hashes among it. The codes that unlock are left out. */
export function reportJson({ sitting, ...data }: ReportData): string {
  const { room, incidents, journal, subjects, files, machines, software, profile, now } = data
  const { candidates, ...rest } = sitting
  const people = candidates.map(({ unlockCode: _, ticket: __, ...candidate }) => candidate)
  return `${JSON.stringify(
    {
      format: 'amorce-report-1',
      madeAt: now,
      sitting: { ...rest, candidates: people },
      ...{ room, incidents, journal, subjects, files, machines, software, profile },
    },
    null,
    2,
  )}\n`
}
