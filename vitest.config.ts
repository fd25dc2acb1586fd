import { defineConfig } from 'vitest/config'
import { ensureSqliteBinding } from './tools/sqlite.mjs'

const sqliteBinding = await ensureSqliteBinding()

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'renderer/**/*.test.ts', 'test/unit/**/*.test.ts'],
    environment: 'node',
    testTimeout: 20_000,
    env: sqliteBinding ? { AMORCE_SQLITE_BINDING: sqliteBinding } : {},
  },
})
