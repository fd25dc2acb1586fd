import { readFileSync } from 'node:fs'
import { runCli } from './run.ts'

// `amorce check <file>`: Node alone, no window.
process.exitCode = runCli(process.argv.slice(2), {
  env: process.env,
  readFile: (path) => readFileSync(path === '-' ? 0 : path),
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
})
