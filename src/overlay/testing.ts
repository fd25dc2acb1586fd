import { gunzipSync } from 'node:zlib'
import { ManualClock, type Logger } from '../base/index.ts'
import { createBootRoutes, createProfiles, type AgentDesk } from '../boot/index.ts'
import { presetRules, type AmorceEvent, type ExamRules, type Ipv4, type Mac } from '../contract/index.ts'
import type { AgentFolder, AgentPapers } from '../examFiles/index.ts'
import type { RouteHandler, RouteReply, RouteRequest } from '../http/index.ts'
import { openDatabase } from '../storage/index.ts'
import { agentRoutes, BootAccess, examBoot, readOverlaySources } from './index.ts'
import { fileURLToPath } from 'node:url'

export const overlayFolder = fileURLToPath(new URL('../../resources/exam-overlay', import.meta.url))
export const serverUrl = 'http://192.168.60.1:8080'
export const machineA = { mac: '52:54:00:00:00:0a', client: '192.168.60.10' }
export const machineB = { mac: '52:54:00:00:00:0b', client: '192.168.60.11' }

/** A served exam with two machines, and everything that was logged or told of it. */
export async function serveExam(rules: Partial<ExamRules> = {}) {
  const database = openDatabase({ path: ':memory:', nativeBinding: process.env['AMORCE_SQLITE_BINDING'] })
  const clock = new ManualClock()
  const profiles = createProfiles(database, clock)
  const profile = profiles.add({
    name: 'Examen',
    system: 'linux',
    kernel: 'live/vmlinuz',
    initrds: ['live/initrd.img'],
    commandLine: 'boot=live fetch={server}/files/live/filesystem.squashfs',
  })
  let made = 0
  const boots = new Map<Mac, number>()
  const openAccess = (): BootAccess =>
    new BootAccess({
      ...{ database, clock },
      randomBytes: (length) => Buffer.alloc(length, ++made),
      bootOf: (mac) => String(boots.get(mac) ?? 0),
    })
  let access = openAccess()
  const said: unknown[] = []
  const logger: Logger = {
    debug: (...all) => said.push(all),
    info: (...all) => said.push(all),
    warn: (...all) => said.push(all),
    error: (...all) => said.push(all),
  }
  const events: AmorceEvent[] = []
  const desk = {
    orders: undefined as object | undefined,
    received: [] as number[],
    byCode: [] as Mac[],
    papers: undefined as AgentPapers | undefined,
    folder: undefined as AgentFolder | undefined,
    measures: false,
  }
  const agentDesk: AgentDesk = {
    ordersFor: () => desk.orders,
    received: (_, ids) => desk.received.push(...ids),
    unlockedByCode: (mac) => desk.byCode.push(mac),
  }
  const leases: Record<Ipv4, Mac> = { [machineA.client]: machineA.mac, [machineB.client]: machineB.mac }
  const whole = { ...presetRules.web, url: 'http://192.168.60.1:8080/exam', ...rules }
  let exam = true
  const bootRoutes = createBootRoutes({
    profileFor: () => (exam ? profile : profiles.default()),
    macOf: (client) => leases[client],
    serverUrl,
    takesLinkTest: () => {
      const wanted = desk.measures
      desk.measures = false
      return wanted
    },
    examBoot: (each, mac, client) => {
      if (each.id === profile.id) return examBoot(access, mac, client, each.id)
      access.close(mac, client)
      return undefined
    },
    ...{ agentDesk, clock, logger, emit: (event: AmorceEvent) => void events.push(event) },
  })
  const sources = await readOverlaySources(overlayFolder)
  const make = (): RouteHandler =>
    agentRoutes(bootRoutes, {
      ...{ access, sources, serverUrl, serverAddress: '192.168.60.1', serverPorts: [8080], logger },
      rulesOf: () => whole,
      round: () => 3,
      papersAt: (_, folder) => {
        if (folder) desk.folder = folder
        return desk.papers
      },
      macOf: (client) => leases[client],
      ...{ clock, emit: (event: AmorceEvent) => void events.push(event) },
    })
  let routes = make()

  const ask = async (client: Ipv4, target: string, changes: Partial<RouteRequest> = {}): Promise<RouteReply> => {
    const url = new URL(target, serverUrl)
    const request = { method: 'GET', path: decodeURIComponent(url.pathname), query: url.searchParams, client }
    const reply = await routes({ ...request, headers: {}, body: Buffer.alloc(0), ...changes })
    if (!reply) throw new Error(`${target} is answered by nobody`)
    return reply
  }

  return {
    ...{ clock, profile, said, events, desk, ask, leases, whole },
    get access() {
      return access
    },
    /** Where the script of a machine says that its overlay is. */
    async overlayOf({ mac, client }: { mac: Mac; client: Ipv4 }): Promise<string> {
      const { body } = await ask(client, `/boot/${mac}/script.ipxe`)
      const path = /initrd --name exam http:\/\/[^/]+(\S+)/.exec(body.toString())?.[1]
      if (path === undefined) throw new Error(`no overlay in the script:\n${body.toString()}`)
      return path
    },
    beat: (client: Ipv4, token: string, lines: string) =>
      ask(client, '/api/agent', { method: 'POST', headers: { 'x-amorce-boot': token }, body: Buffer.from(lines) }),
    /** The machine is switched off and on. */
    boots: (mac: Mac) => boots.set(mac, (boots.get(mac) ?? 0) + 1),
    bootsSomethingElse: () => (exam = false),
    /** The console is killed and started again on the same data. */
    restartConsole() {
      access = openAccess()
      routes = make()
    },
  }
}

/** The files of an overlay, by path: as the kernel does it, beginning behind the zeros. */
export const unpackOverlay = (overlay: Buffer): ReturnType<typeof unpackCpio> =>
  unpackCpio(gunzipSync(overlay.subarray(overlay.findIndex((byte) => byte !== 0))))

/** The files of an archive, by path. */
export function unpackCpio(archive: Buffer): Map<string, { mode: number; content: Buffer }> {
  const files = new Map<string, { mode: number; content: Buffer }>()
  const padded = (length: number): number => Math.ceil(length / 4) * 4
  for (let at = 0; ;) {
    if (archive.toString('latin1', at, at + 6) !== '070701') throw new Error(`no header at ${at}`)
    const field = (index: number): number =>
      parseInt(archive.toString('latin1', at + 6 + index * 8, at + 14 + index * 8), 16)
    const [mode, size, nameLength] = [field(1), field(6), field(11)]
    const name = archive.toString('utf8', at + 110, at + 110 + nameLength - 1)
    const content = at + padded(110 + nameLength)
    if (name === 'TRAILER!!!') return files
    files.set(name, { mode, content: archive.subarray(content, content + size) })
    at = content + padded(size)
  }
}
