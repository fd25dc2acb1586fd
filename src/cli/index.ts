import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { basename, dirname, join } from 'node:path'
import { installationOf } from '../updates/index.ts'
import { exitCodes } from './table.ts'
import { runCli } from './run.ts'

// `amorce <command>`: Node alone, no window. Once installed it runs in Electron as a Node (build/linux/amorce.sh).

const projectFolder = join(__dirname, '../..')
// Inside an archive of the app, which lies among its resources.
const resourcesFolder = basename(projectFolder).startsWith('app')
  ? dirname(projectFolder)
  : join(projectFolder, 'resources')
const { version, updateKey } = JSON.parse(readFileSync(join(projectFolder, 'package.json'), 'utf8')) as {
  version: string
  updateKey?: string
}

/** A service's own user may be on no list of users, and have none: systemd's DynamicUser. */
function homeFolder(): string {
  try {
    return homedir()
  } catch {
    return '/'
  }
}

runCli(process.argv.slice(2), {
  env: process.env,
  platform: process.platform,
  home: homeFolder(),
  readFile: (path) => readFileSync(path === '-' ? 0 : path),
  out: (text) => process.stdout.write(text),
  err: (text) => process.stderr.write(text),
  onStop: (listener) => {
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
    for (const signal of signals) process.on(signal, listener)
    return () => {
      for (const signal of signals) process.off(signal, listener)
    }
  },
  installation: {
    ...{ version, resourcesFolder, programFolder: __dirname },
    here: installationOf({
      isInstalled: basename(projectFolder).startsWith('app'),
      ...{ platform: process.platform, arch: process.arch, executable: process.execPath, env: process.env },
      publicKey: updateKey,
    }),
  },
}).then(
  (code) => {
    process.exitCode = code
  },
  (error: unknown) => {
    process.stderr.write(`${String(error)}\n`)
    process.exitCode = exitCodes.failed
  },
)
