import { resolve } from 'node:path'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'
import { buildFileMover } from './tools/fileMover.mjs'
import { ensureSqliteBinding } from './tools/sqlite.mjs'

const sqliteBinding = await ensureSqliteBinding()
const fileMover = await buildFileMover(resolve(import.meta.dirname, 'out', 'test'))

export default defineConfig({
  // Compiles the runes of the renderer's stores.
  plugins: [svelte({ configFile: false })],
  test: {
    include: ['src/**/*.test.ts', 'renderer/**/*.test.ts', 'test/{unit,fuzz,conformance}/**/*.test.ts'],
    environment: 'node',
    // The contrast of the colours is measured on the style sheet itself.
    css: { include: /tokens\.css/ },
    // For a slow machine that is busy with something else; nothing here takes a tenth of it on its own.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    env: { AMORCE_FILE_MOVER: fileMover, ...(sqliteBinding ? { AMORCE_SQLITE_BINDING: sqliteBinding } : {}) },
  },
})
