import type { Kernel } from './kernel.ts'
import type { FileVersion, MoveEnd, MoverOrder, MoverReport, SendOrder } from './messages.ts'

/** The kernel, time and the thread's port, as they are passed in. */
export interface Moving {
  kernel: Kernel
  waker: number
  report(message: MoverReport): void
  nextOrder(): MoverOrder | undefined
  calmWaker(): void
  versionOf(file: number): FileVersion
  read(file: number, bytes: Buffer, offset: number): number
  /** Milliseconds. */
  now(): number
}

/** Bytes that one socket may take before the next has its turn. */
const turnBytes = 4 * 1024 * 1024
/** How often a file is looked at for changes, in bytes sent. */
const lookEvery = 8 * 1024 * 1024
const tailBytes = 64 * 1024
/** Of the tail, what only leaves once every byte before the tail has arrived. */
const heldBytes = 8 * 1024
const progressEveryMs = 50
const heldPollMs = 2
/** A thread that nobody speaks to must still notice that it is to end with its process. */
const idlePollMs = 250

interface Move extends SendOrder {
  sent: number
  /** The file's last bytes, read once everything else is on its way. */
  tail?: Buffer
  lookAt: number
  told: number
  isWatched: boolean
  /** Whether only full segments leave: what comes in between would cost as much each. */
  isCorked: boolean
}

/**
 * Sends files until it is told to stop.
 *
 * The kernel sends a file's pages as they are when they leave, so a file written to meanwhile could arrive as a mix of two
 * versions. Its version is looked at along the way, and the last bytes, which are a copy made before a last look, leave only
 * when the other side has acknowledged all that was sent from pages. So no mix is ever a complete answer: the connection
 * ends short of the promised length.
 */
export function moveFiles(moving: Moving): void {
  const { kernel, report, now } = moving
  const poller = kernel.makePoller()
  const moves = new Map<number, Move>()
  const bySocket = new Map<number, Move>()
  const held = new Set<Move>()
  let toldAt = now()
  let stopped = false

  const end = (move: Move, how: MoveEnd, reason?: string): void => {
    if (move.isWatched) poller.forget(move.socket)
    moves.delete(move.id)
    bySocket.delete(move.socket)
    held.delete(move)
    report({ type: 'end', id: move.id, bytes: move.sent, end: how, ...(reason === undefined ? {} : { reason }) })
  }

  const accept = (order: MoverOrder): void => {
    if (order.type === 'stop') {
      stopped = true
    } else if (order.type === 'cancel') {
      const move = moves.get(order.id)
      if (move) end(move, 'closed')
    } else {
      const move: Move = { ...order, sent: 0, lookAt: 0, told: 0, isWatched: false, isCorked: false }
      moves.set(move.id, move)
      bySocket.set(move.socket, move)
      advance(move)
    }
  }

  /** One turn. Whatever goes wrong with one transfer ends that one alone. */
  const advance = (move: Move): void => {
    try {
      const how = step(move)
      if (how) return end(move, how)
      const isHeld = held.has(move)
      // A held one waits for an acknowledgement, which is no event; the others for room.
      if (isHeld && move.isWatched) poller.forget(move.socket)
      if (!isHeld && !move.isWatched) poller.watch(move.socket, 'writable')
      move.isWatched = !isHeld
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code
      if (code === 'EPIPE' || code === 'ECONNRESET' || code === 'ENOTCONN') end(move, 'closed', code)
      else end(move, 'failed', error instanceof Error ? error.message : String(error))
    }
  }

  const step = (move: Move): MoveEnd | undefined => {
    const bulk = Math.max(0, move.length - tailBytes)
    cork(move, move.sent < bulk)
    for (let room = turnBytes; move.sent < bulk && room > 0;) {
      if (move.sent >= move.lookAt && !isUnchanged(move)) return 'changed'
      const count = kernel.sendFile(move.socket, move.file, move.offset + move.sent, Math.min(bulk - move.sent, room))
      if (count === 'full') return undefined
      if (count === 0) return 'changed'
      move.sent += count
      room -= count
    }
    if (move.sent < bulk) return undefined
    cork(move, false)
    return finish(move, bulk)
  }

  const cork = (move: Move, isCorked: boolean): void => {
    if (move.isCorked === isCorked) return
    kernel.cork(move.socket, isCorked)
    move.isCorked = isCorked
  }

  const finish = (move: Move, bulk: number): MoveEnd | undefined => {
    move.tail ??= readTail(move, bulk)
    if (!move.tail) return 'changed'
    const free = Math.max(bulk, move.length - heldBytes)
    for (;;) {
      if (move.sent >= free) {
        if (kernel.unacknowledged(move.socket) > move.sent - bulk) {
          held.add(move)
          return undefined
        }
        held.delete(move)
        if (!isUnchanged(move)) return 'changed'
      }
      if (move.sent >= move.length) return 'complete'
      const to = move.sent < free ? free : move.length
      const count = kernel.sendBytes(move.socket, move.tail.subarray(move.sent - bulk, to - bulk))
      if (count === 'full') return undefined
      move.sent += count
    }
  }

  const readTail = (move: Move, bulk: number): Buffer | undefined => {
    const tail = Buffer.allocUnsafeSlow(move.length - bulk)
    for (let filled = 0; filled < tail.length;) {
      const count = moving.read(move.file, tail.subarray(filled), move.offset + bulk + filled)
      if (count === 0) return undefined
      filled += count
    }
    return isUnchanged(move) ? tail : undefined
  }

  const isUnchanged = (move: Move): boolean => {
    move.lookAt = move.sent + lookEvery
    const { size, modifiedNs } = moving.versionOf(move.file)
    return size === move.version.size && modifiedNs === move.version.modifiedNs
  }

  const tellProgress = (): void => {
    const at = now()
    if (at - toldAt < progressEveryMs) return
    toldAt = at
    const sent: [number, number][] = []
    for (const move of moves.values())
      if (move.sent > move.told) {
        move.told = move.sent
        sent.push([move.id, move.sent])
      }
    if (sent.length > 0) report({ type: 'progress', sent })
  }

  poller.watch(moving.waker, 'readable')
  try {
    while (!stopped) {
      const timeout = held.size > 0 ? heldPollMs : moves.size > 0 ? progressEveryMs : idlePollMs
      for (const fd of poller.wait(timeout)) {
        const move = bySocket.get(fd)
        if (move) advance(move)
        else if (fd === moving.waker) moving.calmWaker()
      }
      for (let order = moving.nextOrder(); order; order = moving.nextOrder()) accept(order)
      for (const move of [...held]) advance(move)
      tellProgress()
    }
  } finally {
    poller.close()
  }
}
