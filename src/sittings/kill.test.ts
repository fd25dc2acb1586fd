import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { build } from 'vite'
import { systemClock } from '../base/index.ts'
import { openDatabase } from '../storage/index.ts'
import { createRooms, createSittings } from './index.ts'
import { candidateInput, roomInput, sittingInput } from './testing.ts'

// `npm run test:kills` kills it a hundred times; here a few are enough to see that it is still so.
const kills = Number(process.env['AMORCE_KILLS'] ?? 5)

let folder: string
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'amorce-sittings-'))
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: join(import.meta.dirname, 'testing', 'killProcess.ts'),
      outDir: folder,
      emptyOutDir: false,
      target: 'node18',
      rollupOptions: { output: { format: 'cjs', entryFileNames: 'killProcess.cjs' } },
    },
  })
})
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const path = (): string => join(folder, 'amorce.sqlite')
function open() {
  const database = openDatabase({ path: path(), nativeBinding: process.env['AMORCE_SQLITE_BINDING'] })
  const rooms = createRooms(database, systemClock)
  const sittings = createSittings({ database, clock: systemClock, rooms, random: Math.random, randomBytes })
  return { database, rooms, sittings }
}

it(
  `a sitting that is killed ${kills} times loses nothing that was done, and goes on`,
  async () => {
    const { database, rooms, sittings } = open()
    const room = rooms.add(roomInput('B104', 2, 4))
    const { id } = sittings.add(sittingInput({ roomId: room.id }))
    sittings.takeRoster(
      id,
      ['1', '2', '3', '4', '5', '6', '7'].map((number) => candidateInput(number)),
    )
    sittings.assign({ sittingId: id, order: 'list', separateGroups: false, extraTimeTogether: false })
    sittings.begin(id, 'Ana')
    database.close()

    const said = new Set<string>()
    let slowestMs = 0
    for (let life = 0; life < kills; life++) {
      const child = spawn(process.execPath, [join(folder, 'killProcess.cjs'), path(), String(id)], {
        stdio: ['ignore', 'pipe', 'inherit'],
        env: { ...process.env, NODE_PATH: join(process.cwd(), 'node_modules') },
      })
      const ended = once(child, 'close')
      const lines = createInterface(child.stdout)
      await once(lines, 'line')
      lines.on('line', (line) => said.add(line))
      await new Promise((resolve) => setTimeout(resolve, 20 + Math.random() * 120))
      child.kill('SIGKILL')
      await ended

      const begun = performance.now()
      const again = open()
      const sitting = again.sittings.get(id)
      const { entries, intact } = again.sittings.journal(id)
      slowestMs = Math.max(slowestMs, performance.now() - begun)
      again.database.close()
      expect(sitting).toMatchObject({ state: 'running', candidates: { length: 7 } })
      expect(intact).toBe(true)
      const kept = new Set(entries.map(({ text }) => text))
      expect([...said].filter((text) => !kept.has(text))).toEqual([])
    }
    expect(said.size).toBeGreaterThan(kills)
    process.stdout.write(
      `${kills} kills, ${said.size} things done, none lost; open again after ${slowestMs.toFixed(0)} ms at most\n`,
    )
  },
  60_000 + kills * 3000,
)
