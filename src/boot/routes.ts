import { z } from 'zod'
import type { Clock, Emit, Logger } from '../base/index.ts'
import {
  agentIncidents,
  CodedError,
  linkTestPath,
  macSchema,
  type Ipv4,
  type Language,
  type Mac,
  type MachineFacts,
} from '../contract/index.ts'
import type { RouteHandler, RouteReply, RouteRequest } from '../http/index.ts'
import { cleanFacts, memoryOfSlots, type RawFacts } from './facts.ts'
import { linkTestMbAtBoot } from './linkTest.ts'
import {
  menuScript,
  profileScript,
  refusalScript,
  refusedPickScript,
  reportScript,
  type BootMenuChoices,
  type BootProfile,
  type ScriptContext,
} from './script.ts'
import { scriptEvent } from './scriptEvent.ts'

export interface BootRoutesOptions {
  /** Which profile this machine is to boot. */
  profileFor: (mac: Mac, client: Ipv4) => BootProfile
  /** Where machines may be asked what to boot. */
  menuDesk?: BootMenuDesk
  /** Whose lease an address is, as far as it is known. */
  macOf: (client: Ipv4) => Mac | undefined
  /** `http://192.168.60.1:8080`, without a slash at its end. */
  serverUrl: string
  /**
   * What an exam adds to the script of a machine that is given one; undefined for any other profile. Asked once for each
   * script that is handed out. `refused`: this boot has had its script.
   */
  examBoot?(profile: BootProfile, mac: Mac, client: Ipv4): ScriptContext['exam'] | 'refused'
  /** What an installed system is told that it was started for. */
  modeOf?: (mac: Mac) => 'exam' | 'everyday'
  /** What the agents of exam machines are told, and tell beside their stage. */
  agentDesk?: AgentDesk
  /** Whether this machine's link is to be measured, once: asking takes the wish. */
  takesLinkTest?: (mac: Mac) => boolean
  /** Whether there is a package that prepares an installed Windows. */
  hasWindowsPackage?: () => boolean
  /** Of the few sentences on the machines' own screens; French unless said. */
  language?: () => Language
  clock: Clock
  emit: Emit
  logger: Logger
}

/** Who is behind the boot menu. */
export interface BootMenuDesk {
  /** What this machine is asked; undefined when it boots its profile without being asked. */
  menuFor(mac: Mac): BootMenuChoices | undefined
  /** What was chosen there; undefined when the code is wrong or there is no such entry. */
  pick(mac: Mac, profileId: number, code: string): BootProfile | undefined
}

/** The other side of an exam machine's agent. */
export interface AgentDesk {
  /** Goes back with every heartbeat, as JSON; undefined when nobody sits there. */
  ordersFor(mac: Mac): object | undefined
  /** It has carried these out. */
  received(mac: Mac, orderIds: readonly number[]): void
  /** It was unlocked with its code while it had no network. */
  unlockedByCode(mac: Mac): void
}

/** A heartbeat is a few hundred bytes. */
const longestBody = 16 * 1024

const factText = z.union([z.string().max(1000), z.number()]).optional()
const heartbeatSchema = z.object({
  mac: macSchema.optional(),
  stage: z.enum(['system', 'ready', 'leaving']),
  received: z.array(z.number().int().positive()).max(50).optional(),
  unlockedByCode: z.boolean().optional(),
  incidents: z
    .array(z.object({ incident: z.enum(agentIncidents), text: z.string().max(200).optional() }))
    .max(20)
    .optional(),
  battery: z.object({ percent: z.number().int().min(0).max(100), isOnMains: z.boolean() }).optional(),
  facts: z
    .object({
      manufacturer: factText,
      product: factText,
      serial: factText,
      assetTag: factText,
      uuid: factText,
      memoryMiB: factText,
      cpu: factText,
      disks: factText,
      biosVersion: factText,
      biosDate: factText,
    })
    .optional(),
})
type Heartbeat = z.infer<typeof heartbeatSchema>

/**
 * Answers the two boot scripts and the agent's heartbeat; anything else is left to others (undefined).
 *
 * - `GET /boot/<mac>.ipxe`: the script that reports the machine.
 * - `GET /boot/<mac>/script.ipxe?encoding=hex&manufacturer=...`: its real script; emits `boot.report` and `boot.script`.
 *   Without `encoding=hex` the values are plain text. With `pick=<profile>&code=...`: what was chosen in the boot menu.
 * - `POST /api/heartbeat`: `{ mac?, stage: 'system' | 'ready' | 'leaving', facts?, battery?, received?, unlockedByCode?,
 *   incidents? }` as JSON, or the same names as a form
 *   or in the query, facts side by side with them: what `wget --post-data` in an initramfs can send. Answers
 *   `{ ok: true, serverTime, mode?, seat?, measureLink? }`: milliseconds since the Unix epoch, whether an installed system is to
 *   lock itself, what the agent's desk says, and a path to fetch and throw away when the link is to be measured; emits
 *   `agent.heartbeat`, and `agent.incident` for each incident.
 *
 * A machine speaks for itself alone: where the source address is under lease to another MAC, the answer is 403.
 */
export function createBootRoutes(options: BootRoutesOptions): RouteHandler {
  const { profileFor, menuDesk, modeOf, macOf, serverUrl, agentDesk, clock, emit, logger } = options
  const language = options.language ?? (() => 'fr' as const)

  const speaksForAnother = (mac: Mac, { client, path }: RouteRequest): boolean => {
    const leasedTo = macOf(client)
    if (leasedTo === undefined || leasedTo === mac) return false
    logger.warn('a machine spoke for another one', { client, path, leasedTo, claimed: mac })
    return true
  }

  const emitReport = (mac: Mac, { client, query }: RouteRequest): void =>
    emit({ type: 'boot.report', at: clock.now(), mac, client, facts: loaderFacts(query) })

  const bootScript = (mac: Mac, request: RouteRequest, isReport: boolean): RouteReply => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return notAllowed('GET, HEAD')
    if (speaksForAnother(mac, request)) return plainText(403, 'this address is under lease to another machine\n')
    const context = { serverUrl, mac, language: language() }
    if (isReport) return ipxe(reportScript(context))

    const { client } = request
    const picked = readPick(request.query)
    const menu = picked ? undefined : menuDesk?.menuFor(mac)
    if (menu) {
      // Its report comes with this request; what it boots is known with the next one.
      if (request.method === 'GET') emitReport(mac, request)
      return ipxe(menuScript(menu, context))
    }
    const profile = picked ? menuDesk?.pick(mac, picked.profileId, picked.code) : profileFor(mac, client)
    if (!profile) {
      logger.warn('a choice in the boot menu was refused', { mac, client })
      return ipxe(refusedPickScript(context))
    }
    let body: string
    try {
      const measureLink = request.method === 'GET' && options.takesLinkTest?.(mac) === true
      const exam = request.method === 'GET' ? options.examBoot?.(profile, mac, client) : undefined
      if (exam === 'refused') {
        logger.warn('a script was asked for again during an exam', { mac, client })
        return plainText(403, 'this machine is in its exam: it gets another script when it boots again\n')
      }
      const hasWindowsPackage = options.hasWindowsPackage?.() === true
      body = profileScript(profile, { ...context, measureLink, exam, hasWindowsPackage })
    } catch (error) {
      if (!(error instanceof CodedError)) throw error
      logger.warn('a boot profile cannot be used', { profile: profile.name, mac, ...error.details })
      return ipxe(refusalScript(profile.name, context))
    }
    if (request.method === 'GET') {
      if (!picked) emitReport(mac, request)
      emit(scriptEvent(profile, mac, client, clock.now()))
    }
    return ipxe(body)
  }

  const heartbeat = (request: RouteRequest): RouteReply => {
    if (request.method !== 'POST') return notAllowed('POST')
    if (request.body.length > longestBody) return json(413, { ok: false, reason: 'tooLong' })
    const { client } = request
    const message = readHeartbeat(request)
    if (!message.ok) {
      logger.warn('a heartbeat that makes no sense', { client, reason: message.reason })
      return json(400, message)
    }
    const { stage, facts, battery, received, unlockedByCode, incidents = [] } = message.heartbeat
    const mac = message.heartbeat.mac ?? macOf(client)
    if (mac === undefined) return json(400, { ok: false, reason: 'mac: needed, this address is under no lease' })
    if (speaksForAnother(mac, request)) return json(403, { ok: false, reason: 'mac: not that of this address' })
    const at = clock.now()
    emit({
      ...{ type: 'agent.heartbeat', at, mac, client, stage, facts: cleanFacts(facts ?? {}) },
      ...(battery && { battery }),
    })
    for (const { incident, text = '' } of incidents)
      emit({ type: 'agent.incident', at, mac, client, incident, text: printable(text) })
    if (received) agentDesk?.received(mac, received)
    if (unlockedByCode) agentDesk?.unlockedByCode(mac)
    return json(200, {
      ...{ ok: true, serverTime: at, mode: modeOf?.(mac), seat: agentDesk?.ordersFor(mac) },
      // A system that is up need not boot again for it.
      ...(options.takesLinkTest?.(mac) && { measureLink: `/${linkTestPath}?mb=${linkTestMbAtBoot}` }),
    })
  }

  return (request) => {
    if (request.path === '/api/heartbeat') return heartbeat(request)
    const { rawMac, tail } =
      /^\/boot\/(?<rawMac>[^/]+?)(?<tail>\.ipxe|\/script\.ipxe)$/.exec(request.path)?.groups ?? {}
    const { data: mac } = macSchema.safeParse(rawMac)
    return mac === undefined ? undefined : bootScript(mac, request, tail === '.ipxe')
  }
}

/** A value of the second script's query. */
function queryText(query: URLSearchParams, name: string): string | undefined {
  const value = query.get(name) ?? undefined
  return value !== undefined && query.get('encoding') === 'hex' ? fromHex(value) : value
}

/** What was chosen in the boot menu; undefined when nothing was asked. */
function readPick(query: URLSearchParams): { profileId: number; code: string } | undefined {
  const pick = query.get('pick')
  return pick === null ? undefined : { profileId: Number(pick), code: queryText(query, 'code') ?? '' }
}

/** The facts in the query of the second script. */
function loaderFacts(query: URLSearchParams): MachineFacts {
  const text = (name: string): string | undefined => queryText(query, name)
  return cleanFacts({
    manufacturer: text('manufacturer'),
    product: text('product'),
    serial: text('serial'),
    assetTag: text('asset'),
    biosVersion: text('biosVersion'),
    biosDate: text('biosDate'),
    memoryMiB: memoryOfSlots(query.get('memory') ?? ''),
    // iPXE writes this one as text in either case.
    uuid: query.get('uuid') ?? undefined,
  })
}

/** SMBIOS strings have no declared encoding: UTF-8 where it is valid, else Latin-1, which always is. */
function fromHex(hex: string): string | undefined {
  if (!/^([0-9a-f]{2})*$/i.test(hex)) return undefined
  const bytes = Buffer.from(hex, 'hex')
  const text = bytes.toString('utf8')
  return text.includes('\uFFFD') ? bytes.toString('latin1') : text
}

type ReadHeartbeat = { ok: true; heartbeat: Heartbeat } | { ok: false; reason: string }

function readHeartbeat({ body, query }: RouteRequest): ReadHeartbeat {
  const text = body.toString('utf8').trim()
  let message: unknown
  if (text.startsWith('{')) {
    try {
      message = JSON.parse(text)
    } catch {
      return { ok: false, reason: 'not JSON' }
    }
  } else {
    const { mac, stage, ...facts } = Object.fromEntries(text === '' ? query : new URLSearchParams(text))
    message = { mac: mac === '' ? undefined : mac, stage, facts: facts satisfies RawFacts }
  }
  const { success, data, error } = heartbeatSchema.safeParse(message)
  if (success) return { ok: true, heartbeat: data }
  const [issue] = error.issues
  return { ok: false, reason: `${issue?.path.join('.')}: ${issue?.message}` }
}

/** A candidate may have a hand in it: nothing that moves a cursor or hides. */
const printable = (text: string): string => text.replace(/[\p{C}\p{Zl}\p{Zp}]/gu, ' ').trim()

const ipxe = (body: string): RouteReply => ({
  status: 200,
  contentType: 'text/plain; charset=utf-8',
  body,
  kind: 'script',
})
const plainText = (status: number, body: string): RouteReply => ({
  status,
  contentType: 'text/plain; charset=utf-8',
  body,
})
const json = (status: number, value: unknown): RouteReply => ({
  status,
  contentType: 'application/json',
  body: JSON.stringify(value),
})
const notAllowed = (allow: string): RouteReply => ({
  ...plainText(405, `use ${allow}\n`),
  headers: { allow },
})
