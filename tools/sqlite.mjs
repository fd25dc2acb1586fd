import { createHash } from 'node:crypto'
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { cacheFolder, makeOnce } from './cache.mjs'
import { die, mustRun, projectRoot, requireDependencies, say } from './run.mjs'
import { ensureSystemPackages } from './systemPackages.mjs'

/** The Node-API that the prebuilt binaries in better-sqlite3's package ask for. */
const prebuiltNodeApi = 10

const packageFolder = join(projectRoot, 'node_modules', 'better-sqlite3')
const compatHeader = join(projectRoot, 'tools', 'napi8-compat.h')

/**
 * A better_sqlite3.node for runtimes that are older than the package's prebuilt binaries: compiled once for Node-API 8,
 * which Node 18 (Electron 25) and everything newer loads, and kept in the cache (docs/decisions/0003).
 * @param {{ nodeApi?: number }} [options] the lowest Node-API among the runtimes that will load it; this Node's when not
 *   said
 * @returns {Promise<string | undefined>} its path; undefined when the package's own prebuilt binary loads
 */
export async function ensureSqliteBinding({ nodeApi = Number(process.versions.napi) } = {}) {
  requireDependencies()
  if (nodeApi >= prebuiltNodeApi) return undefined
  const folder = compiledFolder()
  await makeOnce(folder, compile)
  return join(folder, 'better_sqlite3.node')
}

/** @type {(nodeApi: number) => boolean} whether `ensureSqliteBinding` would compile, for which it needs a compiler */
export const isSqliteToBeCompiled = (nodeApi) => nodeApi < prebuiltNodeApi && !existsSync(compiledFolder())

function compiledFolder() {
  const { version } = JSON.parse(readFileSync(join(packageFolder, 'package.json'), 'utf8'))
  const header = createHash('sha256').update(readFileSync(compatHeader)).digest('hex').slice(0, 12)
  return join(cacheFolder(), `better-sqlite3-${version}-napi8-${process.platform}-${process.arch}-${header}`)
}

/** @param {string} folder where better_sqlite3.node goes */
async function compile(folder) {
  if (process.platform === 'win32')
    throw new Error('better-sqlite3 does not load on this Node. Install Node 22.14 or newer and try again.')
  say(
    `compiling better-sqlite3 once for Node-API 8 (about 60 s; Node ${process.version} cannot load its prebuilt binary)`,
  )
  if (!(await ensureSystemPackages('build')))
    throw new Error('better-sqlite3 cannot be compiled without these packages')

  const work = mkdtempSync(join(cacheFolder(), 'compile-'))
  try {
    const source = join(work, 'better-sqlite3')
    cpSync(packageFolder, source, { recursive: true, filter: (path) => !path.endsWith('prebuilds') })
    // Its binding.gyp asks Node where this header-only package is.
    const addonApi = dirname(createRequire(join(packageFolder, 'package.json')).resolve('node-addon-api/package.json'))
    cpSync(addonApi, join(work, 'node_modules', 'node-addon-api'), { recursive: true })

    const gyp = join(source, 'binding.gyp')
    const asked = readFileSync(gyp, 'utf8')
    const lowered = asked.replace(`NAPI_VERSION=${prebuiltNodeApi}`, 'NAPI_VERSION=8')
    if (lowered === asked)
      throw new Error(`${gyp} no longer asks for Node-API ${prebuiltNodeApi}: see docs/decisions/0003`)
    writeFileSync(gyp, lowered)

    const nodeGyp = join(projectRoot, 'node_modules', 'node-gyp', 'bin', 'node-gyp.js')
    const headers = dirname(dirname(realpathSync(process.execPath)))
    const nodedir = existsSync(join(headers, 'include', 'node', 'node_api.h')) ? [`--nodedir=${headers}`] : []
    await mustRun(process.execPath, [nodeGyp, 'rebuild', '--release', '--force_build=1', ...nodedir], {
      cwd: source,
      env: { ...process.env, CXXFLAGS: `${process.env.CXXFLAGS ?? ''} -include "${compatHeader}"` },
    }).catch((error) => {
      // Where Node came without its headers, node-gyp asks nodejs.org for them.
      throw new Error(`${error.message}\nWith Node.js 22.14 or newer nothing needs to be compiled.`)
    })
    const built = join(source, 'build', 'Release', 'better_sqlite3.node')
    await tryOut(built)
    mkdirSync(folder)
    renameSync(built, join(folder, 'better_sqlite3.node'))
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

/**
 * In a process of its own, because a binding that does not fit ends the process that loads it.
 * @param {string} binding
 */
async function tryOut(binding) {
  const script = `
    const database = new (require(${JSON.stringify(packageFolder)}))(':memory:', { nativeBinding: ${JSON.stringify(binding)} })
    database.exec('CREATE TABLE t (a TEXT, b BLOB)')
    database.prepare('INSERT INTO t VALUES (?, ?)').run('é', Buffer.from([1, 2]))
    const row = database.prepare('SELECT a, b FROM t').get()
    if (row.a !== 'é' || row.b.length !== 2) process.exit(1)`
  await mustRun(process.execPath, ['-e', script])
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  const binding = await ensureSqliteBinding().catch(die)
  if (binding) console.log(binding)
  else say('better-sqlite3 loads its own prebuilt binary here')
}
