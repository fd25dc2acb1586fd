import { spawn, type ChildProcess } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { build } from 'vite'
import { openDatabase } from '../storage/index.ts'
import { PapersStore } from './store.ts'
import { HandingIn, hashOf } from './testing/handingIn.ts'

// What was acknowledged is on the disk: the server is killed again and again while work comes in, and what every receipt
// and every acknowledged part said is then looked for.

let built: string

beforeAll(async () => {
  built = mkdtempSync(join(tmpdir(), 'amorce-built-'))
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: join(import.meta.dirname, 'testing', 'deskProcess.ts'),
      outDir: built,
      target: 'node18',
      rollupOptions: { output: { format: 'cjs', entryFileNames: 'deskProcess.cjs' } },
    },
  })
})
afterAll(() => rmSync(built, { recursive: true, force: true }))

async function started(folder: string): Promise<{ child: ChildProcess; port: number }> {
  const child = spawn(process.execPath, [join(built, 'deskProcess.cjs'), folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_PATH: join(process.cwd(), 'node_modules') },
  })
  const [port] = (await once(createInterface(child.stdout), 'line')) as [string]
  return { child, port: Number(port) }
}

it('killed sixteen times while three machines hand in: no receipt and no acknowledged part is lost', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'amorce-papers-'))
  const receipts: { seat: string; name: string; version: number; sha256: string }[] = []
  const acknowledged = new Map<string, number>()
  /** One file a machine that takes many lives of the server, and is gone on with in each. */
  const large = [1, 2, 3].map((number) => ({ number, content: randomBytes(6_000_000) }))
  let resumed = 0
  try {
    for (let life = 0; life < 16; life++) {
      const { child, port } = await started(folder)
      const ended = once(child, 'exit')
      const work = large.map(async ({ number, content }) => {
        const machine = new HandingIn(port, `127.0.0.${number}`)
        await machine.state()
        for (let turn = 0; ; turn++) {
          const small = Buffer.concat([Buffer.from(`${life} ${turn} `), randomBytes(20_000)])
          receipts.push({ ...(await machine.handIn('rapport.odt', small, 8000)), seat: `A${number}` })
          const begun = (await machine.begin('projet.zip', content)).value
          if (begun.receipt) continue
          const { id, offset } = begun
          const before = acknowledged.get(id) ?? 0
          expect(offset, 'what was acknowledged of a part is still there').toBeGreaterThanOrEqual(before)
          if (before > 0 && turn === 0) resumed += 1
          const next = (await machine.put(id, offset, content.subarray(offset, offset + 300_000))).value
          if (next.receipt) receipts.push({ ...next.receipt, seat: `A${number}` })
          else acknowledged.set(id, next.offset)
        }
      })
      // They end when the server does: what failed by then was never acknowledged.
      const settled = Promise.allSettled(work)
      // At a moment that is no step's end, once there is something to lose, on however slow a machine.
      const enough = receipts.length + 2
      await new Promise((resolve) => setTimeout(resolve, 120 + ((life * 53) % 200)))
      while (receipts.length < enough) await new Promise((resolve) => setTimeout(resolve, 7))
      child.kill('SIGKILL')
      await ended
      for (const outcome of await settled)
        if (outcome.status === 'rejected' && /acknowledged of a part/.test(String(outcome.reason))) throw outcome.reason
    }

    const database = openDatabase({
      path: join(folder, 'amorce.sqlite'),
      nativeBinding: process.env['AMORCE_SQLITE_BINDING'],
    })
    const works = new PapersStore(database).works(1)
    database.close()
    expect(receipts.length).toBeGreaterThan(16)
    expect(resumed).toBeGreaterThan(0)
    for (const { seat, name, version, sha256 } of receipts) {
      const kept = works.find((each) => each.seat === seat && each.name === name && each.version === version)
      expect(kept?.sha256, `${seat} ${name} ${version}`).toBe(sha256)
    }
    // Every row has its file, whole; no two share one.
    for (const { path, sha256 } of works) expect(hashOf(readFileSync(join(folder, 'papers', path)))).toBe(sha256)
    expect(new Set(works.map(({ path }) => path)).size).toBe(works.length)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}, 120_000)
