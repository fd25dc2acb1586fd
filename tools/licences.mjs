import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { die, projectRoot, say } from './run.mjs'

// `npm run licences`: every package that is installed with Amorce must be under a licence that lets it be given away with MIT
// code. `-- --write file` lists them, for what an installation shows.

/** Licences that ask for no more than their text to come along. */
const allowed = new Set([
  '0BSD',
  'Apache-2.0',
  'Bitstream-Vera',
  'BlueOak-1.0.0',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'CC0-1.0',
  'ISC',
  'MIT',
  'MIT-0',
  'Python-2.0',
  'Unlicense',
  'Zlib',
])

/** Said in another way than SPDX has it; each was read in the package itself. */
const read = /** @type {Record<string, string>} */ ({
  // Its LICENSE: Bitstream Vera's terms, and the changes in the public domain.
  'dejavu-fonts-ttf': 'Bitstream-Vera',
  // No word of it in package.json; its LICENSE is MIT's text.
  'png-js': 'MIT',
  // Likewise.
  'svelte-toolbelt': 'MIT',
  // Its License.txt; the name that SPDX has not is for the unRAR restriction.
  '7z-wasm': 'LGPL-2.1-or-later AND LicenseRef-unRAR-restriction',
})

/**
 * Under the LGPL, each one let in by name: it is shipped as files of its own that can be replaced, outside the app's archive, with its
 * licence's text. 7-Zip's adds that the unRAR code in it may not be used to develop a RAR (WinRAR) compatible archiver
 * (docs/decisions, "ISO images are read by 7-Zip").
 */
const shippedApart = new Set(['7z-wasm'])

/** Of `devDependencies`, what the build puts into the window's own program, each with what it depends on. */
const bundled = [
  '@internationalized/date',
  '@lucide/svelte',
  'bits-ui',
  'marked',
  'svelte',
  'tailwindcss',
  'uplot',
  'zxing-wasm',
]

/**
 * @typedef {object} Licensed
 * @property {string} name
 * @property {string} version
 * @property {string} licence as the package says it
 * @property {boolean} isAllowed
 */

/**
 * Whether an SPDX expression can be met: one of several by OR, all of them by AND.
 * @param {string} expression
 * @returns {boolean}
 */
export function isAllowed(expression) {
  const plain = expression.trim().replace(/^\((.*)\)$/s, '$1')
  const alternatives = plain.split(/\s+OR\s+/)
  if (alternatives.length > 1) return alternatives.some(isAllowed)
  return plain.split(/\s+AND\s+/).every((name) => allowed.has(name.replace(/[()]/g, '').trim()))
}

/** @typedef {Record<string, { dev?: boolean, dependencies?: Record<string, string> }>} Locked what npm put where, by path */

/**
 * @param {Locked} locked
 * @returns {Set<string>} where the bundled packages lie, and what they depend on
 */
function bundledPaths(locked) {
  /** @type {Set<string>} */
  const paths = new Set()
  const add = (/** @type {string} */ path) => {
    if (paths.has(path)) return
    paths.add(path)
    for (const name of Object.keys(locked[path]?.dependencies ?? {})) {
      // As Node looks for it: beside what it is for, then further up.
      let folder = path
      while (folder !== '' && !(`${folder}/node_modules/${name}` in locked))
        folder = folder.replace(/(^|\/)node_modules\/(@[^/]+\/)?[^/]+$/, '')
      add(`${folder === '' ? '' : `${folder}/`}node_modules/${name}`)
    }
  }
  for (const name of bundled) add(`node_modules/${name}`)
  return paths
}

/**
 * The packages that come along: those below `dependencies`, wherever npm has put them, and what is bundled.
 * @param {string} root a folder with package.json and node_modules
 * @returns {Licensed[]}
 */
export function installedLicences(root) {
  /** @type {{ packages: Locked }} */
  const { packages: locked } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'))
  const alsoBundled = bundledPaths(locked)
  return Object.entries(locked)
    .filter(([path, { dev }]) => path.startsWith('node_modules/') && (!dev || alsoBundled.has(path)))
    .flatMap(([path]) => {
      const file = join(root, path, 'package.json')
      // Another platform's optional package is not here.
      if (!existsSync(file)) return []
      /** @type {{ name?: string, version?: string, license?: unknown, licenses?: unknown }} */
      const about = JSON.parse(readFileSync(file, 'utf8'))
      const { name = path.replace(/^.*node_modules\//, ''), version = '' } = about
      const licence = read[name] ?? licenceIn(about)
      return [{ name, version, licence, isAllowed: isAllowed(licence) || shippedApart.has(name) }]
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
}

/** @type {(about: { license?: unknown, licenses?: unknown }) => string} */
function licenceIn({ license, licenses }) {
  if (typeof license === 'string') return license
  const several = Array.isArray(licenses) ? licenses : [license ?? licenses]
  const names = several.map((each) => (typeof each === 'string' ? each : /** @type {{ type?: string }} */ (each)?.type))
  return names.filter(Boolean).join(' OR ') || 'none said'
}

/** The text that a package's licence asks to come along. */
function textOf(/** @type {string} */ name) {
  const folder = join(projectRoot, 'node_modules', name)
  const file = readdirSync(folder).find(
    (each) => /^(licen[cs]e|copying)/i.test(each) && statSync(join(folder, each)).isFile(),
  )
  return file ? readFileSync(join(folder, file), 'utf8').trim() : ''
}

function main() {
  const packages = installedLicences(projectRoot)
  const refused = packages.filter((each) => !each.isAllowed)
  for (const { name, version, licence } of refused)
    say(`${name} ${version} is under ${licence}: not on the list of tools/licences.mjs`)
  const [option, file] = process.argv.slice(2)
  if (option === '--write' && file)
    writeFileSync(
      file,
      packages
        .map(({ name, version, licence }) => `${name} ${version} (${licence})\n\n${textOf(name)}\n`)
        .join(`\n${'-'.repeat(80)}\n\n`),
    )
  say(
    `${packages.length} packages are installed with Amorce; ${refused.length === 0 ? 'every licence allows it' : `${refused.length} may not be`}`,
  )
  return refused.length === 0 ? 0 : 1
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    process.exitCode = main()
  } catch (error) {
    die(error)
  }
}
