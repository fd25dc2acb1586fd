// Classic BPF, as the Linux kernel runs it before a packet is copied to us (bpf(4), Documentation/networking/filter).

const op = {
  /** Loads of a word, half word and byte at a fixed place, at X plus a place; a header length of 4 * (byte & 15) into X. */
  ldw: 0x20,
  ldh: 0x28,
  ldb: 0x30,
  ldhx: 0x48,
  ldbx: 0x50,
  ldwx: 0x40,
  ldxIpHeader: 0xb1,
  jumpEqual: 0x15,
  jumpSet: 0x45,
  jumpGreater: 0x25,
  jump: 0x05,
  and: 0x54,
  shiftRight: 0x74,
  addX: 0x0c,
  toX: 0x07,
  ret: 0x06,
} as const
type Op = keyof typeof op

type Step = { label: string } | { code: number; k: number | { to: string }; ifTrue?: string; ifFalse?: string }

/** A program with labels instead of distances. A jump without a label goes on with the next step. */
export class Bpf {
  readonly #steps: Step[] = []

  do(name: Exclude<Op, 'jump' | 'jumpEqual' | 'jumpSet' | 'jumpGreater'>, k = 0): this {
    this.#steps.push({ code: op[name], k })
    return this
  }

  if(name: 'jumpEqual' | 'jumpSet' | 'jumpGreater', k: number, ifTrue?: string, ifFalse?: string): this {
    this.#steps.push({ code: op[name], k, ifTrue, ifFalse })
    return this
  }

  goTo(label: string): this {
    this.#steps.push({ code: op.jump, k: { to: label } })
    return this
  }

  label(label: string): this {
    this.#steps.push({ label })
    return this
  }

  /** `struct sock_filter[]`, in the machine's byte order, which is little-endian wherever Electron runs. */
  assemble(): Buffer {
    const places = new Map<string, number>()
    const code: Exclude<Step, { label: string }>[] = []
    for (const step of this.#steps) {
      if ('label' in step) places.set(step.label, code.length)
      else code.push(step)
    }
    const bytes = Buffer.alloc(code.length * 8)
    for (const [index, step] of code.entries()) {
      const distance = (label: string | undefined): number => {
        if (label === undefined) return 0
        const place = places.get(label)
        const steps = place === undefined ? -1 : place - index - 1
        if (steps < 0) throw new RangeError(`no way on to ${label}`)
        return steps
      }
      bytes.writeUInt16LE(step.code, index * 8)
      bytes.writeUInt8(distance(step.ifTrue), index * 8 + 2)
      bytes.writeUInt8(distance(step.ifFalse), index * 8 + 3)
      bytes.writeUInt32LE(typeof step.k === 'number' ? step.k : distance(step.k.to), index * 8 + 4)
    }
    return bytes
  }
}

/** Bytes kept of a packet that tells something. */
export const snapLength = 2048
/** Of one that carries content: its headers, and how it begins. */
const headLength = 320

/**
 * Lets through what tells of a boot and leaves out the content it carries, so that a room at full speed costs nothing:
 * DHCP and port 4011 whole; of TFTP the requests, OACKs, errors and the first eight blocks of each 1024; of HTTP the
 * connections' ends and the heads of requests and answers.
 */
export function bootFilter(ports: { http: number; dhcp?: number; dhcpClient?: number; tftp?: number }): Buffer {
  const { http, dhcp = 67, dhcpClient = 68, tftp = 69 } = ports
  const bpf = new Bpf()
  bpf.do('ldh', 12).if('jumpEqual', 0x0800, undefined, 'no')
  // A later fragment has no ports.
  bpf.do('ldh', 20).if('jumpSet', 0x1fff, 'no')
  bpf.do('ldb', 23).if('jumpEqual', 17, 'udp').if('jumpEqual', 6, 'tcp', 'no')

  bpf.label('udp').do('ldxIpHeader', 14)
  for (const place of [14, 16]) {
    bpf.do('ldhx', place)
    for (const port of [dhcp, dhcpClient, tftp, 4011]) bpf.if('jumpEqual', port, 'whole')
  }
  // A transfer of TFTP has ports of its own: it is known by its opcode and a length that fits.
  bpf.do('ldhx', 22).if('jumpGreater', 6, 'no').if('jumpEqual', 0, 'no').if('jumpEqual', 5, 'whole')
  bpf.if('jumpEqual', 6, 'whole').if('jumpEqual', 3, 'block').if('jumpEqual', 4, 'block', 'no')
  bpf.label('block').do('ldhx', 24).if('jumpSet', 0x03f8, 'no', 'head')

  bpf.label('tcp').do('ldxIpHeader', 14)
  bpf.do('ldhx', 14).if('jumpEqual', http, 'http')
  bpf.do('ldhx', 16).if('jumpEqual', http, 'http', 'no')
  // SYN, FIN and RST.
  bpf.label('http').do('ldbx', 27).if('jumpSet', 0x07, 'head')
  bpf.do('ldbx', 26).do('and', 0xf0).do('shiftRight', 2).do('addX').do('toX')
  bpf.do('ldwx', 14)
  for (const word of ['GET ', 'HEAD', 'POST', 'PUT ', 'HTTP'])
    bpf.if('jumpEqual', Buffer.from(word).readUInt32BE(0), 'head')
  bpf.goTo('no')

  bpf.label('whole').do('ret', snapLength)
  bpf.label('head').do('ret', headLength)
  bpf.label('no').do('ret', 0)
  return bpf.assemble()
}
