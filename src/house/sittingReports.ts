import { writeFile } from 'node:fs/promises'
import { release, type } from 'node:os'
import { basename } from 'node:path'
import type { Clock } from '../base/index.ts'
import {
  CodedError,
  type AppInfo,
  type IncidentView,
  type Language,
  type ReportFilesView,
  type SittingView,
  type TimelineView,
} from '../contract/index.ts'
import type { Journal } from '../diagnosis/index.ts'
import { buildTimeline } from '../exam/index.ts'
import { exportZip, type Papers } from '../examFiles/index.ts'
import { incidentSentence, renderReport, reportCsv, reportJson, type ReportData } from '../report/index.ts'
import type { ExamDay } from './examDay.ts'
import type { Desktop } from './options.ts'

export interface SittingReportsDeps {
  clock: Clock
  desktop: Desktop
  examDay: ExamDay
  papers: Papers
  journal: Journal
  info: Pick<AppInfo, 'version' | 'electron' | 'platform'>
  language(): Language
  /** What the machines of a sitting boot, by its name. */
  profileName(profileId: number | undefined): string
  /** Of the loaders that are handed out. */
  loaderVersion(): Promise<string>
}

/** What is written down of a sitting when it is over, and how it went. */
export class SittingReports {
  readonly #deps: SittingReportsDeps

  constructor(deps: SittingReportsDeps) {
    this.#deps = deps
  }

  /**
   * The report as PDF, CSV and JSON, and the work as an archive, side by side.
   * @returns null when it was cancelled
   * @throws CodedError `sitting.wrongState` before it has begun, `file.notWritten`
   */
  async save(sittingId: number): Promise<ReportFilesView | null> {
    const { desktop, papers } = this.#deps
    const sitting = this.#deps.examDay.sittings.get(sittingId)
    if (sitting.startedAt === undefined)
      throw new CodedError('sitting.wrongState', 'it has not begun', { id: sittingId, state: sitting.state })
    const chosen = await desktop.chooseSaveFile(`${fileName(sitting)}.pdf`)
    if (chosen === undefined) return null
    const stem = chosen.replace(/\.pdf$/i, '')
    const data = await this.#data(sitting)
    const works = papers.worksOfSitting(sittingId).filter(({ removedAt }) => removedAt === undefined)
    const pdf = `${stem}.pdf`
    const csv = `${stem}.csv`
    const json = `${stem}.json`
    const archive = `${stem}.zip`
    await write(pdf, await renderReport(data))
    await write(csv, reportCsv(data))
    await write(json, reportJson(data))
    if (works.length > 0) await exportZip(papers.folder, works, archive)
    return { pdf, csv, json, ...(works.length > 0 && { archive }) }
  }

  timeline(sittingId: number): TimelineView {
    const { clock, examDay, journal } = this.#deps
    const sitting = examDay.sittings.get(sittingId)
    const to = sitting.closedAt ?? clock.now()
    const events = journal.eventsBetween((sitting.startedAt ?? to) - beforeMs, to)
    const room = examDay.rooms.list().find(({ id }) => id === sitting.roomId)
    const seats = examDay.seatMachines.of(sittingId)
    const { entries } = examDay.sittings.journal(sittingId)
    return {
      ...buildTimeline(events, {
        to,
        placeOf: (mac) => {
          // Before it is held nothing is written down of where machines stand: they are where they are now.
          const seatId = seats.get(mac) ?? (sitting.startedAt === undefined ? examDay.placeOf(mac).seatId : undefined)
          const seat = room?.seats.find(({ id }) => id === seatId)
          const candidate = seat && sitting.candidates.find((each) => each.seatId === seat.id)
          return seat && { seatId: seat.id, label: seat.label, ...(candidate && { candidateId: candidate.id }) }
        },
        order: room?.seats.map(({ id }) => id) ?? [],
      }),
      incidents: examDay.incidents
        .ofSitting(sittingId)
        .map(({ id, at, kind, severity, mac, seatId }) => ({ id, at, kind, severity, mac, seatId })),
      marks: entries
        .filter(({ action }) => ['begin', 'pause', 'goOn', 'close', 'timeUp'].includes(action))
        .map(({ at, action }) => ({ at, action })),
    }
  }

  /** What an intervention on the machine is called, and what is known. */
  interventionWords(incident: IncidentView, sitting: SittingView | undefined): { title: string; description: string } {
    const sentence = incidentSentence(incident, this.#deps.language())
    return {
      title: [sentence, incident.seatLabel].filter(Boolean).join(' – ').slice(0, 160),
      description: [
        sitting && [sitting.title, sitting.module].filter(Boolean).join(' · '),
        new Date(incident.at).toLocaleString(this.#deps.language(), { dateStyle: 'long', timeStyle: 'medium' }),
        incident.mac,
        incident.text,
        incident.comment,
      ]
        .filter(Boolean)
        .join('\n'),
    }
  }

  async #data(sitting: SittingView): Promise<ReportData> {
    const { clock, examDay, papers, info, language, profileName, loaderVersion } = this.#deps
    const room = examDay.rooms.list().find(({ id }) => id === sitting.roomId)
    const seats = examDay.seatMachines.of(sitting.id)
    return {
      sitting,
      room,
      incidents: examDay.incidents.ofSitting(sitting.id),
      journal: examDay.sittings.journal(sitting.id),
      subjects: papers.subjectsOfSitting(sitting.id),
      files: papers.worksOfSitting(sitting.id),
      machines: (room?.seats ?? []).flatMap((seat) =>
        [...seats]
          .filter(([, seatId]) => seatId === seat.id)
          .map(([mac]) => ({ seat: seat.label, mac, assetTag: seat.item?.assetTag ?? '' })),
      ),
      software: [
        { name: 'Amorce', version: info.version },
        { name: 'Electron', version: info.electron },
        { name: 'iPXE', version: await loaderVersion() },
        { name: type(), version: release() },
      ].filter(({ version }) => version !== ''),
      profile: profileName(sitting.profileId),
      language: language(),
      now: clock.now(),
    }
  }
}

/** The machines boot before the start signal; what came longer before belongs to another morning. */
const beforeMs = 3 * 3_600_000

const fileName = ({ title, module, startedAt }: SittingView): string =>
  [new Date(startedAt ?? 0).toISOString().slice(0, 10), module, title]
    .filter(Boolean)
    .join('-')
    .normalize('NFD')
    .replace(/[\u0300-\u036f]/g, '')
    .replace(/[^A-Za-z0-9.-]+/g, '-')
    .slice(0, 80)

async function write(path: string, content: Uint8Array | string): Promise<void> {
  try {
    await writeFile(path, content)
  } catch (error) {
    throw new CodedError('file.notWritten', String(error), { file: basename(path), reason: String(error) })
  }
}
