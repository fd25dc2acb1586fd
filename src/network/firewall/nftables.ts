import { z } from 'zod'

// What an nftables ruleset does with a packet that comes in, read from `nft -j list ruleset` (libnftables-json(5)).

export interface IncomingPacket {
  device: string
  protocol: 'udp' | 'tcp'
  port: number
}

export interface NftVerdict {
  verdict: 'accept' | 'drop'
  /** The base chain that decided, as `family table chain`; the last one where all accepted. */
  chain: string
  /** Rules whose conditions are not understood here could have decided otherwise. */
  unsure: boolean
}

const chainSchema = z.object({
  family: z.string(),
  table: z.string(),
  name: z.string(),
  hook: z.string().optional(),
  prio: z.number().optional(),
  policy: z.string().optional(),
})
const ruleSchema = z.object({
  family: z.string(),
  table: z.string(),
  chain: z.string(),
  expr: z.array(z.record(z.string(), z.unknown())),
})
const rulesetSchema = z.object({ nftables: z.array(z.record(z.string(), z.unknown())) })

type Rule = z.infer<typeof ruleSchema>
type Chain = z.infer<typeof chainSchema> & { rules: Rule[] }
type Outcome = 'accept' | 'drop' | 'return' | undefined

/** Families whose input chains see an IPv4 packet for this host. */
const families = ['ip', 'inet']
const deepest = 16

/** @returns undefined when the text is no ruleset. */
export function judgeRuleset(text: string, packet: IncomingPacket): NftVerdict | undefined {
  const parsed = rulesetSchema.safeParse(safeJson(text))
  if (!parsed.success) return undefined
  const chains = new Map<string, Chain>()
  for (const item of parsed.data.nftables) {
    const chain = chainSchema.safeParse(item['chain'])
    if (chain.success)
      chains.set(keyOf(chain.data.family, chain.data.table, chain.data.name), { ...chain.data, rules: [] })
    const rule = ruleSchema.safeParse(item['rule'])
    if (rule.success) chains.get(keyOf(rule.data.family, rule.data.table, rule.data.chain))?.rules.push(rule.data)
  }
  const judge = new Judge(chains, packet)
  const bases = [...chains.values()]
    .filter(({ hook, family }) => hook === 'input' && families.includes(family))
    .sort((a, b) => (a.prio ?? 0) - (b.prio ?? 0))
  let last = ''
  for (const base of bases) {
    last = `${base.family} ${base.table} ${base.name}`
    const outcome = judge.run(base, 0)
    // An accept ends this chain only; a drop is for good (nft(8)).
    const dropped = outcome === 'drop' || (outcome !== 'accept' && base.policy === 'drop')
    if (dropped) return { verdict: 'drop', chain: last, unsure: judge.unsure }
  }
  return { verdict: 'accept', chain: last, unsure: judge.unsure }
}

const keyOf = (family: string, table: string, chain: string): string => `${family} ${table} ${chain}`

function safeJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return undefined
  }
}

class Judge {
  unsure = false
  readonly #chains: ReadonlyMap<string, Chain>
  readonly #packet: IncomingPacket

  constructor(chains: ReadonlyMap<string, Chain>, packet: IncomingPacket) {
    this.#chains = chains
    this.#packet = packet
  }

  run(chain: Chain, depth: number): Outcome {
    for (const rule of chain.rules) {
      const outcome = this.#apply(rule, depth)
      if (outcome === 'return') return undefined
      if (outcome) return outcome
    }
    return undefined
  }

  #apply({ expr, family, table }: Rule, depth: number): Outcome {
    for (const step of expr) {
      if ('match' in step) {
        const matches = this.#matches(step['match'])
        // What is not understood is taken not to match: mostly limits, sets and addresses.
        if (matches === undefined) this.unsure = true
        if (!matches) return undefined
      }
      if ('xt' in step) {
        this.unsure = true
        return undefined
      }
      if ('accept' in step) return 'accept'
      if ('drop' in step || 'reject' in step) return 'drop'
      if ('return' in step) return 'return'
      const target = targetOf(step)
      if (target !== undefined && depth < deepest) {
        const chain = this.#chains.get(keyOf(family, table, target))
        const outcome = chain && this.run(chain, depth + 1)
        if (outcome) return outcome
        if ('goto' in step) return 'return'
      }
    }
    return undefined
  }

  #matches(match: unknown): boolean | undefined {
    const parsed = matchSchema.safeParse(match)
    if (!parsed.success) return undefined
    const { op, left, right } = parsed.data
    const value = this.#valueOf(left)
    if (value === undefined) return undefined
    const isIn = contains(right, value)
    if (isIn === undefined) return undefined
    return op === '!=' ? !isIn : op === '==' || op === 'in' ? isIn : undefined
  }

  /** What a packet of a machine that boots has there. */
  #valueOf(left: Record<string, unknown>): string | number | undefined {
    const { device, protocol, port } = this.#packet
    const meta = z.object({ key: z.string() }).safeParse(left['meta'])
    if (meta.success) {
      if (meta.data.key === 'iifname' || meta.data.key === 'iif') return device
      if (meta.data.key === 'l4proto') return protocol
      return meta.data.key === 'nfproto' ? 'ipv4' : undefined
    }
    const payload = z.object({ protocol: z.string(), field: z.string() }).safeParse(left['payload'])
    if (payload.success) {
      if (payload.data.protocol === 'ip' && payload.data.field === 'protocol') return protocol
      if (payload.data.field !== 'dport') return undefined
      if (payload.data.protocol === 'th') return port
      // A rule about the other protocol's ports does not match.
      return payload.data.protocol === protocol ? port : -1
    }
    const ct = z.object({ key: z.literal('state') }).safeParse(left['ct'])
    return ct.success ? 'new' : undefined
  }
}

const matchSchema = z.object({ op: z.string(), left: z.record(z.string(), z.unknown()), right: z.unknown() })
const rangeSchema = z.object({ range: z.tuple([z.number(), z.number()]) })
const setSchema = z.object({ set: z.array(z.unknown()) })

function contains(right: unknown, value: string | number): boolean | undefined {
  if (typeof right === 'string' || typeof right === 'number') {
    if (typeof right === 'string' && right.startsWith('@')) return undefined
    if (typeof right === 'string' && right.endsWith('*')) return String(value).startsWith(right.slice(0, -1))
    return right === value
  }
  if (Array.isArray(right)) return anyOf(right, value)
  const range = rangeSchema.safeParse(right)
  if (range.success) return typeof value === 'number' && value >= range.data.range[0] && value <= range.data.range[1]
  const set = setSchema.safeParse(right)
  return set.success ? anyOf(set.data.set, value) : undefined
}

function anyOf(members: readonly unknown[], value: string | number): boolean | undefined {
  const each = members.map((member) => contains(member, value))
  if (each.includes(true)) return true
  return each.includes(undefined) ? undefined : false
}

function targetOf(step: Record<string, unknown>): string | undefined {
  const parsed = z.object({ target: z.string() }).safeParse(step['jump'] ?? step['goto'])
  return parsed.success ? parsed.data.target : undefined
}
