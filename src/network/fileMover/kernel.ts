import { SystemCallError } from '../libc.ts'

// sendfile(2) and what belongs to it, on 64-bit Linux. The kernel moves a file's pages onto a socket: no byte passes through
// this process. All descriptors are non-blocking sockets that Node made, or ours.

/** What a call gave: a count, or why not. `EAGAIN` is no failure: the socket is full. */
export type Sent = number | 'full'

export interface Kernel {
  /** Another descriptor of the same socket, not inherited by child processes. @throws SystemCallError */
  duplicate(fd: number): number
  close(fd: number): void
  /** Ends the connection, whoever else has a descriptor of it. */
  shutdown(fd: number): void
  /** From `offset`, `length` bytes at most; 0 at the end of the file. @throws SystemCallError */
  sendFile(socket: number, file: number, offset: number, length: number): Sent
  /** @throws SystemCallError */
  sendBytes(socket: number, bytes: Buffer): Sent
  /** While corked, only full segments leave, tcp(7). @throws SystemCallError */
  cork(socket: number, isCorked: boolean): void
  /** Bytes that the socket holds and the other side has not acknowledged. @throws SystemCallError */
  unacknowledged(socket: number): number
  /** @throws SystemCallError */
  makeWaker(): number
  /** @throws SystemCallError */
  makePoller(): Poller
}

/** Tells which sockets take more, epoll(7). */
export interface Poller {
  watch(fd: number, events: 'readable' | 'writable'): void
  forget(fd: number): void
  /** Descriptors that are ready, or broken; after `timeoutMs` none. */
  wait(timeoutMs: number): number[]
  close(): void
}

const F_DUPFD_CLOEXEC = 1030
const SHUT_RDWR = 2
const MSG_DONTWAIT_NOSIGNAL = 0x40 | 0x4000
const IPPROTO_TCP = 6
const TCP_CORK = 3
const SIOCOUTQ = 0x5411
const EFD_NONBLOCK_CLOEXEC = 0o4000 | 0o2000000
const EPOLL_CLOEXEC = 0o2000000
const EPOLL_CTL_ADD = 1
const EPOLL_CTL_DEL = 2
const events = { readable: 0x001, writable: 0x004 }
const EAGAIN = 11
const EINTR = 4
/** struct epoll_event is packed on x86-64 only. */
const eventBytes = process.arch === 'x64' ? 12 : 16
const dataAt = process.arch === 'x64' ? 4 : 8
const mostEvents = 64

/** Undefined where there is no such kernel. @throws when koffi cannot be loaded. */
export async function openKernel(): Promise<Kernel | undefined> {
  if (process.platform !== 'linux' || !['x64', 'arm64'].includes(process.arch)) return undefined
  const { default: koffi } = await import('koffi')
  const library = koffi.load(null)
  type CFunction = (...args: (number | string | Uint8Array)[]) => number
  const c: Record<string, CFunction> = {
    close: library.func('int close(int fd)'),
    fcntl: library.func('int fcntl(int fd, int command, ...)'),
    shutdown: library.func('int shutdown(int fd, int how)'),
    sendfile: library.func('int64_t sendfile(int out, int in, void *offset, size_t count)'),
    send: library.func('int64_t send(int fd, const void *bytes, size_t count, int flags)'),
    setsockopt: library.func('int setsockopt(int fd, int level, int name, const void *value, int size)'),
    ioctl: library.func('int ioctl(int fd, unsigned long request, ...)'),
    eventfd: library.func('int eventfd(unsigned int value, int flags)'),
    epollCreate: library.func('int epoll_create1(int flags)'),
    epollCtl: library.func('int epoll_ctl(int poller, int what, int fd, void *event)'),
    epollWait: library.func('int epoll_wait(int poller, void *events, int most, int timeout)'),
  }
  const check = (syscall: string, result: number): number => {
    if (result < 0) throw new SystemCallError(syscall, koffi.errno())
    return result
  }
  const sent = (syscall: string, result: number): Sent => {
    if (result >= 0) return result
    const errno = koffi.errno()
    if (errno === EAGAIN || errno === EINTR) return 'full'
    throw new SystemCallError(syscall, errno)
  }
  const offsetCell = new BigInt64Array(1)
  const offsetBytes = new Uint8Array(offsetCell.buffer)
  const countCell = new Int32Array(1)
  const countBytes = new Uint8Array(countCell.buffer)

  return {
    duplicate: (fd) => check('fcntl', c['fcntl']!(fd, F_DUPFD_CLOEXEC, 'int', 0)),
    close: (fd) => void c['close']!(fd),
    shutdown: (fd) => void c['shutdown']!(fd, SHUT_RDWR),
    sendFile(socket, file, offset, length) {
      offsetCell[0] = BigInt(offset)
      return sent('sendfile', c['sendfile']!(socket, file, offsetBytes, length))
    },
    sendBytes: (socket, bytes) => sent('send', c['send']!(socket, bytes, bytes.length, MSG_DONTWAIT_NOSIGNAL)),
    cork(socket, isCorked) {
      countCell[0] = isCorked ? 1 : 0
      check('setsockopt', c['setsockopt']!(socket, IPPROTO_TCP, TCP_CORK, countBytes, 4))
    },
    unacknowledged(socket) {
      check('ioctl', c['ioctl']!(socket, SIOCOUTQ, 'void *', countBytes))
      return countCell[0] ?? 0
    },
    makeWaker: () => check('eventfd', c['eventfd']!(0, EFD_NONBLOCK_CLOEXEC)),
    makePoller() {
      const poller = check('epoll_create1', c['epollCreate']!(EPOLL_CLOEXEC))
      const buffer = Buffer.alloc(eventBytes * mostEvents)
      const view = new DataView(buffer.buffer, buffer.byteOffset, buffer.length)
      const isLittle = new Uint8Array(new Uint16Array([1]).buffer)[0] === 1
      const control = (what: number, fd: number, mask: number): number => {
        const event = new DataView(new ArrayBuffer(16))
        event.setUint32(0, mask, isLittle)
        event.setInt32(dataAt, fd, isLittle)
        return c['epollCtl']!(poller, what, fd, new Uint8Array(event.buffer))
      }
      return {
        watch: (fd, what) => void check('epoll_ctl', control(EPOLL_CTL_ADD, fd, events[what])),
        // A descriptor that is not watched is forgotten already.
        forget: (fd) => void control(EPOLL_CTL_DEL, fd, 0),
        wait(timeoutMs) {
          const count = c['epollWait']!(poller, buffer, mostEvents, timeoutMs)
          return Array.from({ length: Math.max(count, 0) }, (_, index) =>
            view.getInt32(index * eventBytes + dataAt, isLittle),
          )
        },
        close: () => void c['close']!(poller),
      }
    },
  }
}
