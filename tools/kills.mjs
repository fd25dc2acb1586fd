import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { projectRoot } from './run.mjs'
import { ensureSqliteBinding } from './sqlite.mjs'

// `npm run test:kills -- [how often]`: a sitting that is held is killed at random moments, a hundred times unless said.

const [, , kills = '100'] = process.argv
const nativeBinding = await ensureSqliteBinding()
const { status } = spawnSync(
  process.execPath,
  [join(projectRoot, 'node_modules/vitest/vitest.mjs'), 'run', 'src/sittings/kill.test.ts'],
  {
    cwd: projectRoot,
    stdio: 'inherit',
    env: { ...process.env, AMORCE_KILLS: kills, ...(nativeBinding ? { AMORCE_SQLITE_BINDING: nativeBinding } : {}) },
  },
)
process.exitCode = status ?? 1
