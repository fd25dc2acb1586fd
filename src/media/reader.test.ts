import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { readerInThread, type MediaReader } from './reader.ts'

let folder: string
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), 'amorce-reader-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

/** A reader whose thread runs this. */
function readerOf(program: string): MediaReader {
  const file = join(folder, 'worker.cjs')
  writeFileSync(file, `const { parentPort, workerData } = require('node:worker_threads')\n${program}`)
  return readerInThread(file)
}
const never = new AbortController().signal
const files = [{ path: 'a', size: 1, sha256: '0' }]
const order = { source: '/x.iso', isFolder: false, files: [], into: '/nowhere' }

describe('a reader in a thread', () => {
  it('gives what its thread said, though the thread ends right after', async () => {
    const reader = readerOf(`parentPort.postMessage({ contents: { entries: [], label: workerData.source } })`)
    expect(await reader.list('/x.iso', false, never)).toEqual({ entries: [], label: '/x.iso' })
  })

  it('looks into initrds there', async () => {
    const reader = readerOf(`parentPort.postMessage({ initramfs: { kind: 'dracut', damaged: workerData.files } })`)
    expect(await reader.initramfs(['/i'], never)).toEqual({ kind: 'dracut', damaged: ['/i'] })
  })

  it('tells how far it is on the way', async () => {
    const heard: number[] = []
    const reader = readerOf(`
      for (const done of [1, 2]) parentPort.postMessage({ done })
      parentPort.postMessage({ files: ${JSON.stringify(files)} })
      setInterval(() => {}, 1000)`)
    expect(await reader.take(order, (done) => heard.push(done), never)).toEqual(files)
    expect(heard).toEqual([1, 2])
  })

  it.each([
    [
      'says why',
      `parentPort.postMessage({ error: { code: 'storage.diskFull', message: 'full' } })`,
      'storage.diskFull',
    ],
    ['throws', `throw new Error('out of memory')`, 'media.unreadable'],
    ['ends without a word', `process.exit(0)`, 'media.unreadable'],
  ])('whose thread %s is refused', async (_, program, code) => {
    await expect(readerOf(program).list('/x.iso', false, never)).rejects.toMatchObject({ code })
  })

  it('is ended at any time, and says why', async () => {
    const job = new AbortController()
    const taking = readerOf(`setInterval(() => parentPort.postMessage({ done: 1 }), 5)`).take(
      order,
      () => job.abort(new Error('by the technician')),
      job.signal,
    )
    await expect(taking).rejects.toThrow('by the technician')
  })
})
