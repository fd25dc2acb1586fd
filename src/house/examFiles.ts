import { dirname, join } from 'node:path'
import type { Clock, Emit, Logger } from '../base/index.ts'
import type { AmorceEvent, Ipv4, Language, Mac, MachineView } from '../contract/index.ts'
import { createPapersRoutes, Papers, type AgentFolder, type AgentPapers, type SeatAtWork } from '../examFiles/index.ts'
import type { ExamSession, Journeys } from '../exam/index.ts'
import type { HeadRouteHandler } from '../http/index.ts'
import { freeDiskBytes } from '../network/index.ts'
import type { Sitter } from '../sittings/index.ts'
import type { Database } from '../storage/index.ts'

export interface ExamFilesAround {
  database: Database
  clock: Clock
  logger: Logger
  emit: Emit
  dataFolder: string
  /** `resources/boot-loaders.json`; the page is beside it. */
  loaderManifest: string
  session(): Pick<ExamSession, 'view' | 'venue' | 'running'>
  journeys: Journeys
  itemOf(mac: Mac): MachineView['item']
  httpEndpoint(): string | undefined
  language(): Language
  /** Who works on a machine, in a sitting. */
  placeOf(mac: Mac): { seatId?: number; label?: string; sitter?: Sitter }
  signIn(ticket: string, mac: Mac): void
  onChange(): void
}

export interface ExamFiles {
  papers: Papers
  routes: HeadRouteHandler
  /** For the agent of the machine at an address, which may say whose folder it has. */
  papersAt(client: Ipv4, folder?: AgentFolder): AgentPapers | undefined
  accept(event: AmorceEvent): void
}

/** Exam papers in the house: the machines of the exam, by the addresses that they were leased, are its seats. */
export function createExamFiles(around: ExamFilesAround): ExamFiles {
  const { clock, journeys, logger } = around
  /** What is shown when the exam has stopped: the work is fetched then. */
  let last: { id: number; simulated: boolean } | undefined

  const machineOf = (mac: Mac): SeatAtWork => {
    const journey = journeys.get(mac)
    const item = around.itemOf(mac)
    const { seatId, label, sitter } = around.placeOf(mac)
    return {
      mac,
      seat: (sitter && label) || item?.assetTag || mac,
      label: label || item?.assetTag || journey?.hostName || mac,
      group: sitter ? sitter.group : (item?.location ?? ''),
      boot: String(journey?.bootStartedAt ?? 0),
      ...(seatId !== undefined && { seatId }),
      ...(sitter && { sitter }),
    }
  }

  const papers = new Papers({
    ...{ database: around.database, clock, emit: around.emit, folder: join(around.dataFolder, 'papers') },
    freeBytes: () => freeDiskBytes(around.dataFolder),
    exam: () => {
      const { view, venue, running } = around.session()
      if (running && view.examId !== undefined) last = { id: view.examId, simulated: venue?.simulated ?? false }
      const endpoint = around.httpEndpoint()
      return last && { ...last, isRunning: running, ...(running && endpoint && { url: `http://${endpoint}` }) }
    },
    machineAt: (address: Ipv4) => {
      const mac = journeys.macOf(address)
      return mac === undefined ? undefined : machineOf(mac)
    },
    machines: () => journeys.all().map(({ mac }) => machineOf(mac)),
    signIn: (ticket, { mac }) => around.signIn(ticket, mac),
    onChange: around.onChange,
  })

  return {
    papers,
    routes: createPapersRoutes({
      ...{ papers, logger, language: around.language },
      pageFolder: join(dirname(around.loaderManifest), 'exam-page'),
    }),
    papersAt: (client, folder) => {
      const seat = papers.seatAt(client)
      if (seat && folder) papers.noteFolder(seat, folder.of)
      return seat && papers.forAgent(seat)
    },
    accept: (event) => {
      if (event.type === 'exam.started' || event.type === 'exam.resumed') papers.begin()
      else if (event.type === 'transfer.end' && event.outcome === 'complete') papers.noteSent(event.file, event.client)
    },
  }
}
