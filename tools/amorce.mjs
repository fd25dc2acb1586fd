import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { ensureBuilt } from './build.mjs'
import { die, projectRoot } from './run.mjs'
import { ensureSqliteBinding } from './sqlite.mjs'

// `npm run amorce -- check dhcpd.conf`: the command line, on the terminal and in the folder it was typed in.

/** They open the database; the others must run where it cannot be compiled. */
const withDatabase = ['serve', 'import', 'export', 'backup', 'selftest']

/** @returns {Promise<number>} its exit code */
async function amorce() {
  await ensureBuilt({ announce: false })
  const sqliteBinding = withDatabase.includes(process.argv[2] ?? '') ? await ensureSqliteBinding() : undefined
  const program = join(projectRoot, 'out', 'main', 'cli.cjs')
  const child = spawn(process.execPath, [program, ...process.argv.slice(2)], {
    // npm moves to the project's folder, and says where it came from.
    cwd: process.env.INIT_CWD ?? process.cwd(),
    stdio: 'inherit',
    env: { ...process.env, ...(sqliteBinding ? { AMORCE_SQLITE_BINDING: sqliteBinding } : {}) },
  })
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('exit', (code) => resolve(code ?? 2))
  })
}

process.exitCode = await amorce().catch(die)
