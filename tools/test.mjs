import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureBootFiles } from './bootFiles.mjs'
import { ensureBuilt } from './build.mjs'
import { hasDisplay } from './display.mjs'
import { ensureElectron } from './electron.mjs'
import { mustRun, projectRoot, run, say } from './run.mjs'
import { ensureSqliteBinding, isSqliteToBeCompiled } from './sqlite.mjs'
import { ensureSystemPackages, isRoot } from './systemPackages.mjs'

// `npm test`: everything, or the parts named on the command line. What follows a single part's name goes to its runner:
// node tools/test.mjs lab -g UEFI

/** @typedef {{ part: string, passed: number, failed: number, skipped: number, seconds: number, note?: string }} Result */

const parts = /** @type {const} */ (['check', 'unit', 'e2e', 'lab'])
/** @typedef {(typeof parts)[number]} Part */

/** Where a skipped lab would be a hole that nobody sees. */
const labRequired = process.env.CI === 'true' || process.env.AMORCE_LAB === 'required'

const words = process.argv.slice(2)
const isPart = (/** @type {string} */ word) => parts.some((part) => part === word)
const firstOther = words.findIndex((word) => !isPart(word))
const named = /** @type {Part[]} */ (firstOther < 0 ? words : words.slice(0, firstOther))
const runnerArgs = firstOther < 0 ? [] : words.slice(firstOther)
const wanted = named.length > 0 ? named : [...parts]
if (runnerArgs.length > 0 && wanted.length !== 1) {
  say(`usage: node tools/test.mjs [${parts.join('] [')}], or one of them with its runner's options`)
  process.exit(1)
}

const bin = (/** @type {string} */ path) => join(projectRoot, 'node_modules', path)
const reports = mkdtempSync(join(tmpdir(), 'amorce-reports-'))

/**
 * Runs a program on this terminal.
 * @param {string} program a JavaScript file
 * @param {string[]} args
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {Promise<number>} its exit code
 */
const show = (program, args, env = {}) =>
  new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [program, ...args], {
      cwd: projectRoot,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'inherit', 'inherit'],
    })
    child.on('error', reject)
    child.on('exit', (code) => resolve(code ?? 1))
  })

/** All that starting the app takes, so that no test's time is spent on it. */
async function prepareApp() {
  const electron = await ensureElectron()
  const hasAll = await ensureSystemPackages(
    'electron',
    ...(hasDisplay() ? [] : [/** @type {const} */ ('display')]),
    ...(isSqliteToBeCompiled(electron.nodeApi) ? [/** @type {const} */ ('build')] : []),
  )
  if (!hasAll) throw new Error('the app cannot be started without these packages')
  await ensureSqliteBinding({ nodeApi: electron.nodeApi })
  await ensureBootFiles()
  await ensureBuilt()
  return { passed: 0, failed: 0, skipped: 0, note: 'built' }
}

/** @returns {Promise<Omit<Result, 'part' | 'seconds'>>} */
async function check() {
  const steps = /** @type {const} */ ([
    ['types', 'typescript/bin/tsc', ['-p', 'tsconfig.node.json']],
    [
      'types of the renderer',
      'svelte-check/bin/svelte-check',
      ['--tsconfig', './tsconfig.renderer.json', '--output', 'human'],
    ],
    ['types of its tests', 'typescript/bin/tsc', ['-p', 'tsconfig.rendererTests.json']],
    ['lint', 'eslint/bin/eslint.js', ['.']],
    ['layers', 'dependency-cruiser/bin/dependency-cruise.mjs', ['src', 'renderer']],
    ['format', 'prettier/bin/prettier.cjs', ['--check', '.']],
  ])
  const failed = []
  for (const [name, program, args] of steps) {
    const { code, output } = await run(process.execPath, [bin(program), ...args])
    if (code === 0) continue
    failed.push(name)
    process.stdout.write(`\n${name}:\n${output}\n`)
  }
  // These are not tests: they do not add to what passed, but nothing that failed may go uncounted.
  return { passed: 0, failed: failed.length, skipped: 0, note: failed.length > 0 ? failed.join(', ') : 'clean' }
}

/** @returns {Promise<Omit<Result, 'part' | 'seconds'>>} */
async function unit() {
  await ensureSystemPackages('readers', 'installer')
  const file = join(reports, 'unit.json')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${file}`]
  const code = await show(bin('vitest/vitest.mjs'), ['run', ...reporters, ...runnerArgs])
  if (!existsSync(file)) return crashed('vitest', code)
  /** @type {{ numPassedTests: number, numFailedTests: number, numPendingTests: number, numTodoTests: number, testResults: { status: string, assertionResults: unknown[] }[] }} */
  const report = JSON.parse(readFileSync(file, 'utf8'))
  const notLoaded = report.testResults.filter((each) => each.status === 'failed' && each.assertionResults.length === 0)
  return atLeastOneFailureUnless(code === 0, {
    passed: report.numPassedTests,
    failed: report.numFailedTests + notLoaded.length,
    skipped: report.numPendingTests + report.numTodoTests,
  })
}

/**
 * @param {string} project
 * @returns {Promise<Omit<Result, 'part' | 'seconds'>>}
 */
async function playwright(project) {
  const file = join(reports, `${project}.json`)
  const code = await show(
    bin('@playwright/test/cli.js'),
    ['test', '--project', project, '--reporter', 'list,json', ...runnerArgs],
    { PLAYWRIGHT_JSON_OUTPUT_FILE: file },
  )
  if (!existsSync(file)) return crashed('playwright', code)
  /** @type {{ stats: { expected: number, unexpected: number, flaky: number, skipped: number } }} */
  const { stats } = JSON.parse(readFileSync(file, 'utf8'))
  return atLeastOneFailureUnless(code === 0, {
    passed: stats.expected + stats.flaky,
    failed: stats.unexpected,
    skipped: stats.skipped,
  })
}

/** @returns {Promise<Omit<Result, 'part' | 'seconds'>>} */
async function lab() {
  const obstacle = await labObstacle()
  if (obstacle && labRequired)
    return { passed: 0, failed: 1, skipped: 0, note: `${obstacle}, and here the lab is required` }
  if (obstacle) return { passed: 0, failed: 0, skipped: await countLabTests(), note: obstacle }
  const result = await playwright('lab')
  if (!labRequired || result.skipped === 0) return result
  return {
    passed: result.passed,
    failed: result.failed + result.skipped,
    skipped: 0,
    note: 'here nothing may be skipped',
  }
}

/** @returns {Promise<string | undefined>} why the lab cannot be set up on this machine */
async function labObstacle() {
  if (process.platform !== 'linux') return 'it needs Linux'
  if (!isRoot()) return 'network namespaces need root'
  if ((await run('unshare', ['--net', 'true'])).code !== 0) return 'this system does not allow network namespaces'
  if (!(await ensureSystemPackages('unpack', 'lab'))) return 'packages are missing'
  return undefined
}

async function countLabTests() {
  const listed = await mustRun(process.execPath, [bin('@playwright/test/cli.js'), 'test', '--project', 'lab', '--list'])
  return Number(/^Total: (\d+) test/m.exec(listed.stdout)?.[1] ?? 0)
}

/** @type {(runner: string, code: number) => Omit<Result, 'part' | 'seconds'>} */
const crashed = (runner, code) => ({
  passed: 0,
  failed: 1,
  skipped: 0,
  note: `${runner} ended with ${code} and no report`,
})

/**
 * An error outside any test, or no test found at all, fails the run without failing a test.
 * @type {(success: boolean, counts: { passed: number, failed: number, skipped: number }) => Omit<Result, 'part' | 'seconds'>}
 */
const atLeastOneFailureUnless = (success, counts) =>
  success || counts.failed > 0 ? counts : { ...counts, failed: 1, note: 'failed outside its tests' }

/** @type {Record<Part, () => Promise<Omit<Result, 'part' | 'seconds'>>>} */
const runners = { check, unit, e2e: () => playwright('e2e'), lab }

/** @type {Result[]} */
const results = []

/**
 * @param {string} part
 * @param {() => Promise<Omit<Result, 'part' | 'seconds'>>} work
 */
async function record(part, work) {
  const begun = performance.now()
  const result = await work().catch((error) => {
    say(error instanceof Error ? error.message : String(error))
    return { passed: 0, failed: 1, skipped: 0, note: 'could not run' }
  })
  results.push({ part, ...result, seconds: Math.round((performance.now() - begun) / 1000) })
  return result.failed === 0
}

try {
  await ensureSqliteBinding()
  for (const part of wanted.filter((each) => each === 'check' || each === 'unit')) await record(part, runners[part])
  const driving = wanted.filter((each) => each === 'e2e' || each === 'lab')
  if (driving.length > 0 && (await record('app', prepareApp)))
    for (const part of driving) await record(part, runners[part])
} finally {
  rmSync(reports, { recursive: true, force: true })
}

const sum = (/** @type {'passed' | 'failed' | 'skipped'} */ key) =>
  results.reduce((total, result) => total + result[key], 0)
console.log('')
for (const { part, passed, failed, skipped, seconds, note } of results) {
  const counts = passed + failed + skipped > 0 ? `${passed} passed, ${failed} failed, ${skipped} skipped` : ''
  console.log([`${part.padEnd(8)} ${String(seconds).padStart(4)} s `, counts, note].filter(Boolean).join('  '))
}
console.log(`${sum('passed')} passed, ${sum('failed')} failed, ${sum('skipped')} skipped`)
process.exitCode = sum('failed') === 0 ? 0 : 1
