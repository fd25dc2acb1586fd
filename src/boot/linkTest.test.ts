import { expect, it } from 'vitest'
import type { FileReply, HeadRouteAnswer, RequestHead } from '../http/index.ts'
import { linkTestRoute } from './linkTest.ts'

const head = (target: string): RequestHead => {
  const { pathname: path, searchParams: query } = new URL(target, 'http://192.168.60.1')
  return { method: 'GET', path, query, client: '192.168.60.50', headers: {} }
}
const ask = (target: string): HeadRouteAnswer | undefined => linkTestRoute(head(target)) as HeadRouteAnswer | undefined

it('gives as many bytes as are asked for, whichever part is read', async () => {
  const { content } = ask('/speed?mb=3') as FileReply
  expect(content.size).toBe(3_000_000)
  let read = 0
  while (read < content.size) {
    const part = await content.read(read, Math.min(100_000, content.size - read))
    expect(part.length).toBeGreaterThan(0)
    read += part.length
  }
  expect(read).toBe(3_000_000)
  expect((ask('/speed') as FileReply).content.size).toBe(64_000_000)
})

it('is never the same to a cache, and leaves other paths to others', () => {
  const [first, second] = [ask('/speed') as FileReply, ask('/speed') as FileReply]
  expect(first.content.etag).not.toBe(second.content.etag)
  expect(first.headers).toMatchObject({ 'Cache-Control': 'no-store' })
  expect(ask('/speedy')).toBeUndefined()
})

it.each(['0', '-1', '1025', 'NaN', '1e3x', '2.5', ''])('refuses mb=%s', (mb) => {
  expect(ask(`/speed?mb=${mb}`)).toMatchObject({ status: 400 })
})
