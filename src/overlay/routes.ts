import { cleanText } from '../boot/index.ts'
import { agentIncidents, macSchema, type BatteryState, type ExamRules, type Ipv4, type Mac } from '../contract/index.ts'
import type { Clock, Emit, Logger } from '../base/index.ts'
import type { AgentFolder, AgentPapers } from '../examFiles/index.ts'
import type { HeadRouteHandler, RouteHandler, RouteReply, RouteRequest } from '../http/index.ts'
import type { AccessRefusal, BootAccess } from './access.ts'
import { kernelWords } from './kernelWords.ts'
import { overlayFor, type OverlaySources } from './overlay.ts'

/** Where the overlay of a machine is; its ticket goes with it as a query, which no log and no screen of ours shows. */
export const overlayPath = (mac: Mac): string => `/boot/${mac}/exam-overlay`

/** What an exam adds to the script of a machine. */
export interface ExamBoot {
  /** Of the second initrd, below the server's address. */
  overlay: string
  /** Before and after the words of the profile. */
  words: { first: readonly string[]; last: readonly string[] }
}

/** For a machine whose profile has rules: opens its boot. `refused`: this boot has its exam already. */
export function examBoot(access: BootAccess, mac: Mac, address: Ipv4, profileId: number): ExamBoot | 'refused' {
  const ticket = access.open(mac, address, profileId)
  return ticket === undefined ? 'refused' : { overlay: `${overlayPath(mac)}?ticket=${ticket}`, words: kernelWords }
}

export interface AgentRoutesDeps {
  access: BootAccess
  rulesOf(profileId: number, mac: Mac): ExamRules | undefined
  sources: OverlaySources
  serverUrl: string
  serverAddress: Ipv4
  serverPorts: readonly number[]
  /** What the machines are asked for: counts up each time their work is wanted. */
  round(): number
  /** The exam's files for the machine at an address; undefined when none are handed out. */
  papersAt(client: Ipv4, folder?: AgentFolder): AgentPapers | undefined
  /** Whose lease an address is, as far as it is known. */
  macOf(client: Ipv4): Mac | undefined
  clock: Clock
  emit: Emit
  logger: Logger
}

/**
 * Stands before the boot routes:
 *
 * - `GET /boot/<mac>/exam-overlay?ticket=...`: the second initrd of that machine, at the address of its script only.
 * - `POST /api/agent`: the heartbeat of an exam system's agent, as lines that a shell can write and read.
 * - `GET /api/agent/papers`: the exam's files for this machine, with the same token: `sitter <candidate>`, `key <of files>`,
 *   `subject <id> <bytes> <SHA-256> <name>`, `work <id> <SHA-256>`; `awaited` while another machine has the folder of who sits
 *   there, `stale` when the folder was at another machine since this one had it.
 * - `POST /api/heartbeat` from a machine in an exam system: refused, its agent has a token to show.
 */
export function agentRoutes(inner: RouteHandler, deps: AgentRoutesDeps): RouteHandler {
  const { access, clock, emit, logger, macOf } = deps

  const refuse = (why: AccessRefusal, what: 'overlay' | 'agent', client: Ipv4, status = 403): RouteReply => {
    logger.warn('something of an exam was refused', { what, why, client })
    const mac = macOf(client)
    // A loader that is slow, or an agent that outlived its boot, is nobody's doing.
    if (mac !== undefined && why !== 'access.expired' && why !== 'access.noBoot')
      emit({ type: 'agent.incident', at: clock.now(), mac, client, incident: 'accessRefused', text: `${what}: ${why}` })
    return text(status, `${why}\n`)
  }

  const overlay = (rawMac: string, request: RouteRequest): RouteReply => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return text(405, 'use GET\n')
    const { data: mac } = macSchema.safeParse(rawMac)
    if (!mac) return refuse('access.noBoot', 'overlay', request.client)
    const secrets = access.redeem(mac, request.client, request.query.get('ticket') ?? '')
    if (typeof secrets === 'string') return refuse(secrets, 'overlay', request.client)
    const rules = deps.rulesOf(secrets.profileId, mac)
    if (!rules) return refuse('access.noBoot', 'overlay', request.client)
    const { serverUrl, serverAddress, serverPorts, sources } = deps
    const { token, pageKey } = secrets
    return {
      status: 200,
      contentType: 'application/octet-stream',
      body: overlayFor(sources, rules, { serverUrl, serverAddress, serverPorts, mac, token, pageKey }),
      kind: 'initrd',
      file: 'exam-overlay',
    }
  }

  const agent = async (request: RouteRequest): Promise<RouteReply> => {
    if (request.method !== 'POST') return text(405, 'use POST\n')
    const boot = access.agentAt(request.client, tokenOf(request))
    if (!boot)
      return refuse(access.at(request.client) ? 'access.wrongSecret' : 'access.noBoot', 'agent', request.client)
    const { folder, ...beat } = heartbeatOf(request.body.toString('utf8'))
    const reply = await inner({
      ...request,
      path: '/api/heartbeat',
      query: new URLSearchParams(),
      body: Buffer.from(JSON.stringify({ mac: boot.mac, ...beat })),
    })
    if (reply?.status !== 200) return text(reply?.status ?? 500, 'refused\n')
    // It shuts down: what boots there next may be anything.
    if (beat.stage === 'leaving') access.close(boot.mac, request.client)
    const answer = JSON.parse(reply.body.toString()) as HeartbeatAnswer
    return text(200, answerLines(answer, deps.round(), deps.papersAt(request.client, { of: folder })))
  }

  const papers = (request: RouteRequest): RouteReply => {
    if (request.method !== 'GET') return text(405, 'use GET\n')
    if (!access.agentAt(request.client, tokenOf(request))) return refuse('access.wrongSecret', 'agent', request.client)
    const there = deps.papersAt(request.client)
    return there ? text(200, papersLines(there)) : text(404, 'no exam is held\n')
  }

  return (request) => {
    const { path, client } = request
    if (path === '/api/agent') return agent(request)
    if (path === '/api/agent/papers') return papers(request)
    if (path === '/api/heartbeat' && access.isLive(client)) return text(403, 'the agent of an exam shows its token\n')
    const mac = /^\/boot\/([^/]+)\/exam-overlay$/.exec(path)?.[1]
    return mac === undefined ? inner(request) : overlay(mac, request)
  }
}

/**
 * Stands before the exam's page: a machine in an exam system shows the key of its boot, once in the address that its browser
 * opens first and from then on in a cookie, or its agent's token. Elsewhere nothing changes.
 */
export function guardedExamFiles(inner: HeadRouteHandler, access: BootAccess): HeadRouteHandler {
  return (head) => {
    if (head.path !== '/exam' && !head.path.startsWith('/exam/')) return inner(head)
    if (!access.at(head.client)) return inner(head)
    const key = head.query.get('key')
    if (head.path === '/exam' && key !== null) {
      if (!access.holdsPageKey(head.client, key)) return text(403, 'not the key of this boot\n')
      return {
        ...text(303, ''),
        headers: { Location: '/exam', 'Set-Cookie': `amorce=${key}; Path=/exam; HttpOnly; SameSite=Strict` },
      }
    }
    if (!head.path.startsWith('/exam/api/')) return inner(head)
    const cookie = /(?:^|;\s*)amorce=([0-9a-f]{32})(?:;|$)/.exec(head.headers.cookie ?? '')?.[1]
    const isTheirs =
      (cookie !== undefined && access.holdsPageKey(head.client, cookie)) ||
      access.agentAt(head.client, tokenOf(head)) !== undefined
    return isTheirs ? inner(head) : text(401, 'not the key of this boot\n')
  }
}

const tokenOf = ({ headers }: Pick<RouteRequest, 'headers'>): string => {
  const token = headers['x-amorce-boot']
  return typeof token === 'string' ? token : ''
}

interface AgentBeat {
  stage?: string
  received: number[]
  unlockedByCode?: true
  /** The candidate whose folder it has. */
  folder?: number
  incidents: { incident: string; text: string }[]
  facts: { memoryMiB?: string; cpu?: string }
  battery?: BatteryState
}

/** Lines of a word and a value. What is not understood is left out; the heartbeat's own schema judges the rest. */
function heartbeatOf(body: string): AgentBeat {
  const beat: AgentBeat = { received: [], incidents: [], facts: {} }
  for (const line of body.split('\n').slice(0, 200)) {
    const [, word, value = ''] = /^(\w+)(?: (.*))?$/.exec(line) ?? []
    if (word === 'stage') beat.stage = value
    if (word === 'received' && /^\d{1,15}$/.test(value)) beat.received.push(Number(value))
    if (word === 'unlockedByCode') beat.unlockedByCode = true
    if (word === 'folder' && /^\d{1,15}$/.test(value)) beat.folder = Number(value)
    if (word === 'memory') beat.facts.memoryMiB = value
    if (word === 'cpu') beat.facts.cpu = value
    const [, percent, power] = (word === 'battery' && /^(\d{1,3}) (mains|battery)$/.exec(value)) || []
    // Some count beyond what they were built for.
    if (percent) beat.battery = { percent: Math.min(Number(percent), 100), isOnMains: power === 'mains' }
    if (word === 'incident') {
      const [incident = '', ...rest] = value.split(' ')
      if ((agentIncidents as readonly string[]).includes(incident))
        beat.incidents.push({ incident, text: (cleanText(rest.join(' ')) ?? '').slice(0, 200) })
    }
  }
  return { ...beat, received: beat.received.slice(0, 50), incidents: beat.incidents.slice(0, 20) }
}

/** What the heartbeat's route answers, as far as a shell needs it. */
interface HeartbeatAnswer {
  serverTime: number
  measureLink?: string
  seat?: {
    sitting: { state: string }
    candidate: { name: string; number: string }
    seat: string
    remainingMs: number | null
    locked: { reason: string } | null
    unlock: { salt: string; iterations: number; hash: string }
    orders: { id: number; kind: string; text: string }[]
  }
}

function answerLines({ serverTime, measureLink, seat }: HeartbeatAnswer, round: number, papers?: AgentPapers): string {
  const lines = ['ok', `time ${serverTime}`, `round ${round}`]
  if (measureLink !== undefined) lines.push(`measure ${measureLink}`)
  if (papers?.sitter) lines.push(`sitter ${papers.sitter.id} ${papers.sitter.isOver ? 'over' : 'sits'}`)
  if (papers?.isStale) lines.push('stale')
  if (papers) lines.push(`papers ${papers.tag}`)
  if (seat) {
    const { candidate, unlock, locked } = seat
    lines.push(
      `sitting ${seat.sitting.state}`,
      `candidate ${oneLine(candidate.name) || oneLine(candidate.number)}`,
      `number ${oneLine(candidate.number)}`,
      `seat ${oneLine(seat.seat)}`,
      `remaining ${seat.remainingMs === null ? 'none' : Math.round(seat.remainingMs)}`,
      ...(locked ? [`locked ${oneLine(locked.reason)}`.trimEnd()] : []),
      `unlock ${unlock.salt} ${unlock.iterations} ${unlock.hash}`,
      ...seat.orders.map(({ id, kind, text: words }) => `order ${id} ${kind} ${oneLine(words)}`.trimEnd()),
    )
  }
  return lines.map((line) => `${line}\n`).join('')
}

const papersLines = ({ sitter, isAwaited, isStale, key, subjects, work }: AgentPapers): string =>
  [
    ...(sitter ? [`sitter ${sitter.id}`] : []),
    ...(isAwaited ? ['awaited'] : []),
    ...(isStale ? ['stale'] : []),
    `key ${key}`,
    ...subjects.map(({ id, size, sha256, name }) => `subject ${id} ${size} ${sha256} ${oneLine(name)}`),
    ...(work ? [`work ${work.id} ${work.sha256}`] : []),
  ]
    .map((line) => `${line}\n`)
    .join('')

/** Nothing that ends a line or moves a cursor on a text console. */
const oneLine = (value: string): string =>
  value
    .replace(/[\p{C}\p{Zl}\p{Zp}]+/gu, ' ')
    .trim()
    .slice(0, 400)

const text = (status: number, body: string): RouteReply => ({
  status,
  contentType: 'text/plain; charset=utf-8',
  body,
})
