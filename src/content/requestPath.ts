import { CodedError } from '../contract/index.ts'

/** Longest request that is looked at, in UTF-16 units, and longest name within it, in bytes (what file systems allow). */
const maxPathLength = 1024
const maxNameBytes = 255

/** Names that Windows takes for devices, whatever their extension. */
const deviceName = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])$/i

/**
 * The names a request walks through, root first. It tolerates what loaders really send: leading and doubled slashes,
 * backslashes, `.` parts, `..` parts that stay inside, and a whole `tftp://server/` or `http://server/` before the path.
 *
 * One rule on every system, so that a tree that serves from one laptop serves from any other.
 *
 * @throws CodedError `content.outsideRoot` when it climbs above the root, `content.notAFile` for what can never name a
 *   file: NUL and other control characters, Windows device and stream names, trailing dots and spaces, overlong names.
 */
export function namesOf(requestedPath: string): string[] {
  if (requestedPath.length > maxPathLength) throw notAFile(`${requestedPath.slice(0, 64)}...`, 'overlong')
  const path = requestedPath.replaceAll('\\', '/').replace(/^\/*(tftp|https?):\/\/?[^/]*\//i, '')
  const names: string[] = []
  for (const name of path.split('/')) {
    if (name === '' || name === '.') continue
    if (name === '..') {
      if (names.pop() === undefined)
        throw new CodedError('content.outsideRoot', 'the path climbs above the root', { path: requestedPath })
      continue
    }
    const refusal = refusalOf(name)
    if (refusal) throw notAFile(requestedPath, refusal)
    names.push(name)
  }
  if (names.length === 0) throw notAFile(requestedPath, 'directory')
  return names
}

/** Why this name can never be served, or nothing. */
export function refusalOf(name: string): string | undefined {
  // eslint-disable-next-line no-control-regex -- control characters are what it refuses
  if (/[\u0000-\u001f\u007f]/.test(name)) return 'controlCharacter'
  if (name.includes(':')) return 'streamName'
  if (/[. ]$/.test(name)) return 'trailingDotOrSpace'
  if (deviceName.test(name.split('.')[0]?.trimEnd() ?? '')) return 'deviceName'
  if (Buffer.byteLength(name) > maxNameBytes) return 'overlong'
  return undefined
}

export const notAFile = (path: string, reason: string): CodedError =>
  new CodedError('content.notAFile', `not a file that can be served: ${reason}`, { path, reason })
