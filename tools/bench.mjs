import { join } from 'node:path'
import { spawn } from 'node:child_process'
import { build } from 'vite'
import { benchStart } from './benchStart.mjs'
import { buildFileMover } from './fileMover.mjs'
import { ensureElectron } from './electron.mjs'
import { die, projectRoot, say } from './run.mjs'
import { ensureSqliteBinding } from './sqlite.mjs'
import { ensureSystemPackages, isRoot } from './systemPackages.mjs'

const outFolder = join(projectRoot, 'out', 'bench')

/** `npm run bench -- [--quick] [dhcp|tftp|http]...`: Amorce beside Kea, ISC dhcpd, dnsmasq and nginx. Needs Linux and root, for network namespaces. */
async function main() {
  if (process.argv[2] === 'stock') return benchStock()
  if (process.argv[2] === 'start') return benchStart()
  if (process.argv[2] === 'console') return benchConsole()
  if (process.platform !== 'linux' || !isRoot()) {
    say('the bench needs Linux and root: it makes network namespaces of its own. Run: sudo npm run bench')
    return 1
  }
  if (!(await ensureSystemPackages('bench'))) return 1
  const electron = await ensureElectron()
  const nativeBinding = await ensureSqliteBinding({ nodeApi: electron.nodeApi })
  for (const [entry, target] of /** @type {const} */ ([
    ['test/bench/index.ts', 'node20'],
    ['test/bench/server.ts', 'node18'],
    ['test/bench/tftpServer.ts', 'node18'],
    ['src/tftp/worker.ts', 'node18'],
  ]))
    await bundle(entry, target)
  const fileMover = await buildFileMover(outFolder)
  const child = spawn(process.execPath, [join(outFolder, 'index.mjs'), ...process.argv.slice(2)], {
    cwd: projectRoot,
    stdio: 'inherit',
    env: {
      ...process.env,
      AMORCE_BENCH_RUNTIME: JSON.stringify({
        executable: electron.executable,
        nativeBinding,
        script: join(outFolder, 'server.mjs'),
        fileMover,
        tftpScript: join(outFolder, 'tftpServer.mjs'),
        tftpWorker: join(outFolder, 'worker.mjs'),
      }),
    },
  })
  return await new Promise((/** @type {(code: number) => void} */ resolve) =>
    child.once('exit', (code) => resolve(code ?? 1)),
  )
}

/** `npm run bench -- stock`: lists, searches and imports at the size of a region. */
async function benchStock() {
  await bundle('test/bench/stock.ts', 'node20')
  const nativeBinding = await ensureSqliteBinding()
  const child = spawn(process.execPath, [join(outFolder, 'stock.mjs'), ...process.argv.slice(3)], {
    cwd: projectRoot,
    stdio: 'inherit',
    env: { ...process.env, ...(nativeBinding ? { AMORCE_SQLITE_BINDING: nativeBinding } : {}) },
  })
  return await new Promise((/** @type {(code: number) => void} */ resolve) =>
    child.once('exit', (code) => resolve(code ?? 1)),
  )
}

/** `npm run bench -- console`: frames a second and the main loop's lag while three hundred simulated machines boot. */
async function benchConsole() {
  const child = spawn(
    process.execPath,
    [join(projectRoot, 'node_modules/@playwright/test/cli.js'), 'test', '--project=console', ...process.argv.slice(3)],
    { cwd: projectRoot, stdio: 'inherit' },
  )
  return await new Promise((/** @type {(code: number) => void} */ resolve) =>
    child.once('exit', (code) => resolve(code ?? 1)),
  )
}

/**
 * @param {string} entry
 * @param {string} target
 */
async function bundle(entry, target) {
  await build({
    configFile: false,
    root: projectRoot,
    logLevel: 'warn',
    build: {
      ssr: join(projectRoot, entry),
      outDir: outFolder,
      emptyOutDir: false,
      target,
      rollupOptions: { output: { entryFileNames: '[name].mjs' } },
    },
  })
}

process.exitCode = await main().catch(die)
