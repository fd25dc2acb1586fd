import type { Mac, PacketProtocol } from '../../contract/index.ts'
import { bootServerPort, decodeDhcp, messageType, optionCode, optionName, type DhcpPacket } from '../../dhcp/index.ts'
import { formatIpv4 } from '../../network/index.ts'
import { decodeTftp } from '../../tftp/index.ts'
import { tcpFlag, type Frame } from './frame.ts'

/** The ports of a venue: 67, 68, 69 and the settings' own for HTTP; others in a simulated room. */
export interface BootPorts {
  dhcp: number
  dhcpClient: number
  tftp: number
  http: number
}

export interface Description {
  protocol: PacketProtocol
  info: string
  fields: { name: string; value: string }[]
  /** The machine that a DHCP message is about. */
  mac?: Mac
}

/** What a packet says, in its protocol's own words. */
export function describe(frame: Frame, ports: BootPorts): Description {
  const isTo = (...list: number[]): boolean => list.includes(frame.from.port) || list.includes(frame.to.port)
  if (frame.protocol === 'tcp') return describeHttp(frame, ports)
  return isTo(ports.dhcp, ports.dhcpClient, bootServerPort) ? describeDhcp(frame) : describeTftp(frame)
}

const printable = (bytes: Uint8Array, longest = 120): string =>
  Buffer.from(bytes.subarray(0, longest))
    .toString('latin1')
    // eslint-disable-next-line no-control-regex -- what comes from the network must not reach a terminal
    .replace(/[\u0000-\u001f\u007f-\u009f]/g, '.')

function describeDhcp({ payload }: Frame): Description {
  const decoded = decodeDhcp(Buffer.from(payload))
  if (!decoded.ok)
    return {
      protocol: 'dhcp',
      info: `malformed: ${decoded.reason} at ${decoded.offset}`,
      fields: [{ name: 'fault', value: `${decoded.reason} at ${decoded.offset}` }],
    }
  const { packet } = decoded
  const mac = Buffer.from(packet.chaddr.subarray(0, 6))
    .toString('hex')
    .replace(/..(?!$)/g, '$&:')
  const name = messageName(packet)
  const xid = `0x${packet.xid.toString(16).padStart(8, '0')}`
  const address = packet.yiaddr || packet.ciaddr
  const bootFile = printable(packet.options.get(optionCode.bootFileName) ?? packet.file)
  const info = [
    name,
    `xid ${xid}`,
    packet.secs > 0 ? `secs ${packet.secs}` : '',
    address ? formatIpv4(address) : '',
    bootFile && packet.op === 2 ? `file ${bootFile}` : '',
  ]
  return {
    protocol: 'dhcp',
    mac,
    info: info.filter(Boolean).join(' '),
    fields: [
      { name: 'op', value: String(packet.op) },
      { name: 'xid', value: xid },
      { name: 'secs', value: String(packet.secs) },
      { name: 'flags', value: `0x${packet.flags.toString(16).padStart(4, '0')}` },
      ...(['ciaddr', 'yiaddr', 'siaddr', 'giaddr'] as const).map((field) => ({
        name: field,
        value: formatIpv4(packet[field]),
      })),
      { name: 'chaddr', value: mac },
      { name: 'sname', value: printable(packet.sname) },
      { name: 'file', value: printable(packet.file) },
      ...[...packet.options].map(([code, value]) => ({
        name: `option ${code} ${optionName(code)}`,
        value: optionText(code, value),
      })),
    ],
  }
}

function messageName({ op, options }: DhcpPacket): string {
  const code = options.get(optionCode.messageType)?.[0]
  const [name] = Object.entries(messageType).find(([, value]) => value === code) ?? []
  return name?.toUpperCase() ?? (op === 1 ? 'BOOTREQUEST' : 'BOOTREPLY')
}

/** Option values that are addresses, numbers or text; the rest is shown in hex. */
const addressOptions = new Set<number>([1, 3, 6, 28, 50, 54])
const textOptions = new Set<number>([12, 15, 17, 40, 56, 60, 66, 67, 77])
const secondsOptions = new Set<number>([51, 58, 59])

function optionText(code: number, value: Uint8Array): string {
  const bytes = Buffer.from(value)
  if (addressOptions.has(code) && bytes.length % 4 === 0 && bytes.length > 0)
    return Array.from({ length: bytes.length / 4 }, (_, index) => formatIpv4(bytes.readUInt32BE(index * 4))).join(', ')
  if (secondsOptions.has(code) && bytes.length === 4) return `${bytes.readUInt32BE(0)} s`
  if (code === optionCode.messageType && bytes.length === 1) return String(bytes[0])
  if (code === optionCode.parameterRequestList) return [...bytes].join(', ')
  if (code === optionCode.clientArchitecture && bytes.length >= 2) return String(bytes.readUInt16BE(0))
  return textOptions.has(code) ? printable(bytes) : bytes.toString('hex')
}

function describeTftp({ payload }: Frame): Description {
  const decoded = decodeTftp(payload)
  if (!decoded.ok) return { protocol: 'tftp', info: `malformed: ${decoded.reason}`, fields: [] }
  const { packet } = decoded
  const options = 'options' in packet ? [...packet.options].map(([name, value]) => ({ name, value })) : []
  const optionList = options.map(({ name, value }) => `${name}=${value}`).join(' ')
  switch (packet.op) {
    case 'rrq':
    case 'wrq': {
      const file = printable(Buffer.from(packet.file))
      const fields = [{ name: 'file', value: file }, { name: 'mode', value: packet.mode }, ...options]
      return { protocol: 'tftp', info: `${packet.op.toUpperCase()} ${file} ${optionList}`.trim(), fields }
    }
    case 'oack':
      return { protocol: 'tftp', info: `OACK ${optionList}`, fields: options }
    case 'data':
    case 'ack':
      return {
        protocol: 'tftp',
        info: `${packet.op.toUpperCase()} ${packet.block}`,
        fields: [{ name: 'block', value: String(packet.block) }],
      }
    case 'error': {
      const message = printable(Buffer.from(packet.message))
      const fields = [
        { name: 'code', value: String(packet.code) },
        { name: 'message', value: message },
      ]
      return { protocol: 'tftp', info: `ERROR ${packet.code} ${message}`.trim(), fields }
    }
  }
}

function describeHttp({ flags = 0, payload }: Frame, { http }: BootPorts): Description {
  const names = Object.entries(tcpFlag)
    .filter(([, bit]) => (flags & bit) !== 0)
    .map(([name]) => name.toUpperCase())
  const head = payload.toString('latin1').split('\r\n\r\n')[0] ?? ''
  const lines = head.split('\r\n').filter(Boolean)
  const isHead = /^(GET|HEAD|POST|PUT|HTTP\/)/.test(head)
  const [, ...headers] = lines
  return {
    protocol: 'http',
    info: isHead ? printable(Buffer.from(lines[0] ?? '', 'latin1'), 200) : `TCP ${names.join(' ')} port ${http}`,
    fields: [
      { name: 'flags', value: names.join(' ') },
      ...(isHead
        ? headers.slice(0, 40).map((line) => {
            const [name = '', ...rest] = line.split(':')
            return { name: printable(Buffer.from(name)), value: printable(Buffer.from(rest.join(':').trim()), 300) }
          })
        : []),
    ],
  }
}
