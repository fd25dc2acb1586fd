import { randomBytes } from 'node:crypto'
import type { ContentFile } from '../content/index.ts'
import { linkTestPath } from '../contract/index.ts'
import type { HeadRouteHandler } from '../http/index.ts'

/** Two of the blocks that content is read in, random so that nothing on the way can shorten them. */
const pattern = randomBytes(256 * 1024)
const defaultMb = 64
const mostMb = 1024

/**
 * `GET /speed`: 64 MB that mean nothing, `?mb=256` for another size up to 1024, from the machine whose link is to be measured:
 * `curl -o /dev/null http://192.168.60.1:8080/speed`. It is sent and told as a boot file is, so the rate is that of the transfer.
 */
export const linkTestRoute: HeadRouteHandler = ({ path, query }) => {
  if (path !== `/${linkTestPath}`) return undefined
  const mb = Number(query.get('mb') ?? defaultMb)
  if (!Number.isInteger(mb) || mb < 1 || mb > mostMb)
    return { status: 400, contentType: 'text/plain; charset=utf-8', body: `mb: a whole number from 1 to ${mostMb}\n` }
  return {
    content: emptyTalk(mb * 1_000_000),
    // Fetched anew each time, or nothing would be measured.
    headers: { 'Cache-Control': 'no-store', 'Content-Type': 'application/octet-stream' },
  }
}

const emptyTalk = (size: number): ContentFile => ({
  path: linkTestPath,
  size,
  modifiedAt: Date.now(),
  etag: `"${randomBytes(8).toString('hex')}"`,
  kind: 'file',
  read: (offset, length) => {
    const begin = offset % pattern.length
    return pattern.subarray(begin, Math.min(begin + length, pattern.length))
  },
  close: () => Promise.resolve(),
})

/** What a boot script asks for: more than buffers on the way hold, and little enough for the memory that a BIOS leaves. */
export const linkTestMbAtBoot = 24
