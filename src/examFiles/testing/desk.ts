import { join } from 'node:path'
import { silentLogger, systemClock } from '../../base/index.ts'
import { createContent } from '../../content/index.ts'
import { CodedError, type AmorceEvent } from '../../contract/index.ts'
import { createHttpServer, type HttpServer } from '../../http/index.ts'
import type { Sitter } from '../../sittings/index.ts'
import { openDatabase, type Database } from '../../storage/index.ts'
import { createPapersRoutes, Papers, type SeatAtWork } from '../index.ts'

export interface Desk {
  papers: Papers
  database: Database
  server: HttpServer
  port: number
  events: AmorceEvent[]
  /** From now on they sit at that machine; undefined for nobody. */
  seatAt(address: string, sitter: Sitter | undefined): void
  /** The only ticket that is somebody's. */
  rightTicket: string
  close(): Promise<void>
}

export const machineOf = (address: string): SeatAtWork | undefined => {
  const number = /^127\.0\.0\.([1-9])$/.exec(address)?.[1]
  if (number === undefined) return undefined
  return { mac: `52:54:00:00:00:0${number}`, seat: `A${number}`, group: Number(number) < 3 ? 'B104' : '', boot: '1' }
}

/** Exam papers behind a real HTTP server on the loopback; 127.0.0.1 to 127.0.0.9 are machines, 127.0.0.10 is not. */
export async function openDesk(
  folder: string,
  { freeBytes = 1e12, pageFolder = join(process.cwd(), 'resources', 'exam-page') } = {},
): Promise<Desk> {
  const database = openDatabase({
    path: join(folder, 'amorce.sqlite'),
    nativeBinding: process.env['AMORCE_SQLITE_BINDING'],
  })
  const events: AmorceEvent[] = []
  const sitters = new Map<string, Sitter>()
  const rightTicket = '7K3D-M2QX'
  const seated = (address: string): SeatAtWork | undefined => {
    const machine = machineOf(address)
    const sitter = sitters.get(address)
    return machine && { ...machine, ...(sitter && { sitter }) }
  }
  const emit = (event: AmorceEvent): void => {
    events.push(event)
    if (event.type === 'transfer.end' && event.outcome === 'complete') papers.noteSent(event.file, event.client)
  }
  const papers = new Papers({
    ...{ database, clock: systemClock, emit, folder: join(folder, 'papers') },
    freeBytes: () => Promise.resolve(freeBytes),
    exam: () => ({ id: 1, simulated: false, isRunning: true, url: 'http://127.0.0.1' }),
    machineAt: seated,
    machines: () => ['127.0.0.1', '127.0.0.2', '127.0.0.3'].flatMap((address) => seated(address) ?? []),
    signIn: (ticket) => {
      if (ticket !== rightTicket) throw new CodedError('ticket.unknown', 'nobody')
    },
    onChange: () => {},
  })
  const server = createHttpServer({
    ...{ address: '0.0.0.0', port: 0, content: createContent({ roots: [] }), routes: () => undefined },
    headRoutes: createPapersRoutes({ papers, pageFolder, language: () => 'fr', logger: silentLogger }),
    ...{ clock: systemClock, emit, logger: silentLogger },
  })
  await server.start()
  const close = async (): Promise<void> => {
    await server.stop()
    database.close()
  }
  const seatAt = (address: string, sitter: Sitter | undefined): void => {
    if (sitter) sitters.set(address, sitter)
    else sitters.delete(address)
  }
  return { papers, database, server, seatAt, rightTicket, port: Number(server.endpoint?.split(':')[1]), events, close }
}
