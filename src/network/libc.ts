import { getSystemErrorName } from 'node:util'

// The one file that calls the C library. Node's dgram cannot bind to a device, so on Linux and macOS the socket is made
// here and handed to dgram as a descriptor. koffi is loaded on first use only: nothing else needs it.

const constants = {
  linux: { SOL_SOCKET: 1, SO_REUSEADDR: 2, SO_SNDBUF: 7, SO_RCVBUF: 8 },
  darwin: { SOL_SOCKET: 0xffff, SO_REUSEADDR: 4, SO_SNDBUF: 0x1001, SO_RCVBUF: 0x1002 },
}
const AF_INET = 2
const SOCK_DGRAM = 2
/** Linux: neither blocks nor survives into child processes, from the first instant. */
const SOCK_NONBLOCK_CLOEXEC = 0o4000 | 0o2000000
const SO_BINDTODEVICE = 25
const IPPROTO_IP = 0
const IP_BOUND_IF = 25
const F_SETFD = 2
const FD_CLOEXEC = 1

type CFunction = (...args: (number | string | Uint8Array | null)[]) => number

export interface Libc {
  socket: CFunction
  setsockopt: CFunction
  bind: CFunction
  close: CFunction
  fcntl: CFunction
  getsockname: CFunction
  ifNameToIndex: CFunction
  recvfrom: (...args: unknown[]) => number
  ioctl: (fd: number, request: number, value: Uint8Array) => number
  /** Where a buffer lies, for a structure that points to it. */
  addressOf(buffer: Uint8Array): bigint
  errno(): number
}

/** What moves many packets in one call; Linux alone has all of it. */
export interface BatchCalls {
  recvmmsg: CFunction
  sendmmsg: CFunction
  poll: CFunction
  setsockopt: CFunction
  /** Where the memory of `bytes` begins; it stays there for as long as `bytes` is held. */
  addressOf(bytes: Uint8Array): number
  errno(): number
}

/** A number that another thread counts up to wake who waits for it with `poll` (eventfd). */
export interface WakeUp {
  readonly fd: number
  wake(): void
  close(): void
}

async function loadLibc(): Promise<Libc> {
  const { default: koffi } = await import('koffi')
  // The C library that this process already has, whatever its file is called.
  const library = koffi.load(null)
  return {
    socket: library.func('int socket(int domain, int type, int protocol)'),
    setsockopt: library.func('int setsockopt(int fd, int level, int name, const void *value, uint32_t length)'),
    bind: library.func('int bind(int fd, const void *address, uint32_t length)'),
    close: library.func('int close(int fd)'),
    fcntl: library.func('int fcntl(int fd, int command, ...)'),
    getsockname: library.func('int getsockname(int fd, void *address, void *length)'),
    ifNameToIndex: library.func('unsigned int if_nametoindex(const char *name)'),
    recvfrom: library.func(
      'long recvfrom(int fd, _Out_ uint8_t *data, size_t size, int flags, _Out_ uint8_t *from, _Inout_ uint32_t *length)',
    ),
    ioctl: library.func('int ioctl(int fd, unsigned long request, _Out_ uint8_t *value)'),
    addressOf: (buffer) => koffi.address(buffer),
    errno: () => koffi.errno(),
  }
}

/** @throws Error when this system has not got them. */
export async function loadBatchCalls(): Promise<BatchCalls> {
  if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch))
    throw new Error('packets are moved in batches on 64-bit Linux only')
  const { default: koffi } = await import('koffi')
  const library = koffi.load(null)
  const memmove = library.func('void *memmove(void *to, const void *from, size_t length)')
  return {
    recvmmsg: library.func('int recvmmsg(int fd, void *messages, unsigned int count, int flags, void *timeout)'),
    sendmmsg: library.func('int sendmmsg(int fd, void *messages, unsigned int count, int flags)'),
    poll: library.func('int poll(void *fds, unsigned long count, int timeout)'),
    setsockopt: library.func('int setsockopt(int fd, int level, int name, const void *value, uint32_t length)'),
    // It moves nothing, and gives back the pointer it was handed.
    addressOf: (bytes) => Number(koffi.address(memmove(bytes, bytes, 0))),
    errno: () => koffi.errno(),
  }
}

export async function openWakeUp(): Promise<WakeUp> {
  const { default: koffi } = await import('koffi')
  const library = koffi.load(null)
  const eventfd = library.func('int eventfd(unsigned int count, int flags)') as CFunction
  const write = library.func('long write(int fd, const void *bytes, size_t length)') as CFunction
  const close = library.func('int close(int fd)') as CFunction
  const fd = eventfd(0, SOCK_NONBLOCK_CLOEXEC)
  if (fd < 0) throw new SystemCallError('eventfd', koffi.errno())
  const one = Buffer.alloc(8)
  one.writeBigUInt64LE(1n)
  return { fd, wake: () => void write(fd, one, 8), close: () => void close(fd) }
}

let loading: Promise<Libc> | undefined
const libc = (): Promise<Libc> => (loading ??= loadLibc())

/** A failed C call, shaped like Node's own system errors. */
export class SystemCallError extends Error {
  constructor(
    readonly syscall: string,
    readonly errno: number,
    readonly code = getSystemErrorName(-errno),
  ) {
    super(`${syscall} ${code}`)
  }
}

export interface BoundSocketOptions {
  /** The system's name of the NIC; the address alone decides when absent. */
  device?: string
  /** The local IPv4 address as an unsigned 32-bit number; 0 for any. */
  address: number
  port: number
  reuse: boolean
  /** Bytes; the system may grant less. */
  receiveBufferBytes?: number
  sendBufferBytes?: number
}

/** A bound UDP socket of the C library's, not yet anybody's. */
export interface BoundSocket {
  readonly fd: number
  /** The one it was given when none was asked for. */
  readonly port: number
  /** Says again whether others may share the port: adopting a descriptor, libuv allows it without being asked. */
  setReuse(reuse: boolean): void
  close(): void
}

/**
 * Opens a UDP socket that hears and speaks through one device only, and binds it. Linux: SO_BINDTODEVICE, open to normal
 * users since 5.7. macOS: IP_BOUND_IF (written from its manual, not tried).
 * @throws SystemCallError when a call fails; nothing stays open then. ENODEV: there is no such device.
 */
export async function openBoundSocket(options: BoundSocketOptions): Promise<BoundSocket> {
  const { device, address, port, reuse, receiveBufferBytes, sendBufferBytes } = options
  const c = await libc()
  const { SOL_SOCKET, SO_REUSEADDR, SO_SNDBUF, SO_RCVBUF } =
    process.platform === 'darwin' ? constants.darwin : constants.linux
  const check = (syscall: string, result: number): number => {
    if (result < 0) throw new SystemCallError(syscall, c.errno())
    return result
  }
  const setInt = (level: number, name: number, value: number) =>
    check('setsockopt', c.setsockopt(fd, level, name, int32(value), 4))

  const index = device === undefined ? 0 : c.ifNameToIndex(device)
  if (index === 0 && device !== undefined) throw new SystemCallError('if_nametoindex', c.errno())
  const fd = check(
    'socket',
    c.socket(AF_INET, process.platform === 'linux' ? SOCK_DGRAM | SOCK_NONBLOCK_CLOEXEC : SOCK_DGRAM, 0),
  )
  const close = () => void c.close(fd)
  try {
    if (process.platform === 'darwin') {
      check('fcntl', c.fcntl(fd, F_SETFD, 'int', FD_CLOEXEC))
      if (device !== undefined) setInt(IPPROTO_IP, IP_BOUND_IF, index)
    } else if (device !== undefined) {
      const name = Buffer.from(`${device}\0`)
      check('setsockopt', c.setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, name, name.length))
    }
    const setReuse = (on: boolean) => void setInt(SOL_SOCKET, SO_REUSEADDR, on ? 1 : 0)
    if (reuse) setReuse(true)
    if (receiveBufferBytes !== undefined) setInt(SOL_SOCKET, SO_RCVBUF, receiveBufferBytes)
    if (sendBufferBytes !== undefined) setInt(SOL_SOCKET, SO_SNDBUF, sendBufferBytes)
    const local = socketAddress(address, port)
    check('bind', c.bind(fd, local, local.length))
    check('getsockname', c.getsockname(fd, local, int32(local.length)))
    return { fd, port: local.readUInt16BE(2), setReuse, close }
  } catch (error) {
    close()
    throw error
  }
}

const int32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4)
  new Int32Array(bytes.buffer, bytes.byteOffset, 1)[0] = value
  return bytes
}

/** struct sockaddr_in: the family takes two bytes in the machine's order on Linux, a length byte and one byte on macOS. */
function socketAddress(address: number, port: number): Buffer {
  const bytes = Buffer.alloc(16)
  if (process.platform === 'darwin') {
    bytes[0] = bytes.length
    bytes[1] = AF_INET
  } else {
    new Uint16Array(bytes.buffer, bytes.byteOffset, 1)[0] = AF_INET
  }
  bytes.writeUInt16BE(port, 2)
  bytes.writeUInt32BE(address, 4)
  return bytes
}

// ---- Linux: packet(7)

const AF_PACKET = 17
const SOCK_RAW = 3
const ETH_P_ALL = 0x0003
const SO_RCVBUF = 8
const SO_ATTACH_FILTER = 26
const SIOCGSTAMP = 0x8906
const MSG_DONTWAIT = 0x40
const MSG_TRUNC = 0x20
const PACKET_OUTGOING = 4
const EAGAIN = 11
const receiveBuffer = 4 * 1024 * 1024
const longestFrame = 2048

export interface RawFrame {
  /** Milliseconds since the Unix epoch, as the kernel took the time. */
  at: number
  bytes: Buffer
  /** Bytes on the wire. */
  length: number
  direction: 'in' | 'out'
}

export interface RawSocket {
  /** The next frame; undefined when none waits. */
  read(): RawFrame | undefined
  close(): void
}

/**
 * Opens a socket that is shown every frame of a device which passes a classic BPF program, before any firewall.
 * @throws SystemCallError EPERM without CAP_NET_RAW; nothing stays open then.
 */
export async function openRawSocket(device: string, filter: Buffer): Promise<RawSocket> {
  const c = await libc()
  const check = (syscall: string, result: number): number => {
    if (result < 0) throw new SystemCallError(syscall, c.errno())
    return result
  }
  const index = c.ifNameToIndex(device)
  if (index === 0) throw new SystemCallError('if_nametoindex', c.errno())
  // Protocol 0: nothing is heard before the filter is there and it is bound.
  const fd = check('socket', c.socket(AF_PACKET, SOCK_RAW | SOCK_NONBLOCK_CLOEXEC, 0))
  try {
    // struct sock_fprog: a count, and where the program lies.
    const program = Buffer.alloc(16)
    program.writeUInt16LE(filter.length / 8, 0)
    program.writeBigUInt64LE(BigInt(c.addressOf(filter)), 8)
    check('setsockopt', c.setsockopt(fd, constants.linux.SOL_SOCKET, SO_ATTACH_FILTER, program, program.length))
    check('setsockopt', c.setsockopt(fd, constants.linux.SOL_SOCKET, SO_RCVBUF, int32(receiveBuffer), 4))
    // struct sockaddr_ll
    const local = Buffer.alloc(20)
    local.writeUInt16LE(AF_PACKET, 0)
    local.writeUInt16BE(ETH_P_ALL, 2)
    local.writeInt32LE(index, 4)
    check('bind', c.bind(fd, local, local.length))
  } catch (error) {
    c.close(fd)
    throw error
  }
  const data = Buffer.alloc(longestFrame)
  const from = Buffer.alloc(20)
  const stamp = Buffer.alloc(16)
  let open = true
  return {
    read() {
      if (!open) return undefined
      const length = c.recvfrom(fd, data, data.length, MSG_DONTWAIT | MSG_TRUNC, from, [from.length])
      if (length < 0) {
        if (c.errno() === EAGAIN) return undefined
        throw new SystemCallError('recvfrom', c.errno())
      }
      const hasStamp = c.ioctl(fd, SIOCGSTAMP, stamp) === 0
      const at = hasStamp ? Number(stamp.readBigInt64LE(0)) * 1000 + Number(stamp.readBigInt64LE(8)) / 1000 : Date.now()
      const direction = from[10] === PACKET_OUTGOING ? 'out' : 'in'
      const bytes = Buffer.from(data.subarray(0, Math.min(length, data.length)))
      // The filter has cut the frame before it is counted: the IPv4 header tells how long it was.
      const told = bytes.length >= 18 ? 14 + bytes.readUInt16BE(16) : 0
      return { at, bytes, length: Math.max(length, told), direction }
    },
    close() {
      if (!open) return
      open = false
      c.close(fd)
    },
  }
}
