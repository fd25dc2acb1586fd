import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { cacheFolder, withLock } from './cache.mjs'
import { writeNetworkCards } from './networkCards.mjs'
import { die, mustRun, projectRoot, requireDependencies, say } from './run.mjs'

const sources = ['src', 'renderer', 'electron.config.ts', 'package.json', 'package-lock.json']
const outputs = [
  'out/main/index.cjs',
  'out/main/cli.cjs',
  'out/main/fileMover.cjs',
  'out/main/networkCards.txt',
  'out/preload/index.cjs',
  'out/renderer/index.html',
]
const signatureFile = join(projectRoot, 'out', '.sources')

/** Brings `out/` up to date with the sources. Silent unless the build fails, or `announce` is set. */
export async function ensureBuilt({ announce = true } = {}) {
  requireDependencies()
  const name = createHash('sha256').update(projectRoot).digest('hex').slice(0, 12)
  await withLock(join(cacheFolder(), `build-${name}.lock`), async () => {
    const signature = sourceSignature()
    if (isBuiltFrom(signature)) return
    if (announce) say('building')
    const electronVite = join(projectRoot, 'node_modules', 'electron-vite', 'bin', 'electron-vite.js')
    await mustRun(process.execPath, [electronVite, 'build', '--config', 'electron.config.ts', '--logLevel', 'warn'], {
      env: { ...process.env, NODE_ENV: 'production' },
    })
    writeNetworkCards()
    writeFileSync(signatureFile, signature)
  })
}

/** @param {string} signature */
const isBuiltFrom = (signature) =>
  outputs.every((output) => existsSync(join(projectRoot, output))) &&
  existsSync(signatureFile) &&
  readFileSync(signatureFile, 'utf8') === signature

/** Changes whenever a source is edited, added, moved or deleted. */
function sourceSignature() {
  const hash = createHash('sha256')
  const visit = (/** @type {string} */ path) => {
    const status = statSync(path)
    if (status.isDirectory()) {
      for (const name of readdirSync(path).sort()) visit(join(path, name))
    } else if (!/\.test\.ts$|[\\/]testdata[\\/]/.test(path)) {
      hash.update(`${path} ${status.mtimeMs} ${status.size}\n`)
    }
  }
  for (const source of sources) visit(join(projectRoot, source))
  return hash.digest('hex')
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) await ensureBuilt().catch(die)
