import { createHash, createPrivateKey, createPublicKey, sign } from 'node:crypto'
import { readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { die, projectRoot, say } from './run.mjs'

// `node tools/updateManifest.mjs <folder>`: writes and signs `amorce-update.json` beside the files of a release, so that an installed
// Amorce takes them from a stick (docs/decisions: "Updates from a stick"). The key is in AMORCE_UPDATE_KEY: an Ed25519 private
// key in PEM (`openssl genpkey -algorithm ed25519`).

const manifestName = 'amorce-update.json'

/** @type {[RegExp, 'deb' | 'appImage' | 'archive' | 'installer'][]} */
const kinds = [
  [/[_-](\w+)\.deb$/, 'deb'],
  [/-(\w+)\.AppImage$/, 'appImage'],
  [/-(\w+)\.tar\.gz$/, 'archive'],
  [/-(\w+)\.exe$/, 'installer'],
]
const architectures = /** @type {Record<string, string>} */ ({
  ...{ amd64: 'x64', x64: 'x64', x86_64: 'x64' },
  ...{ arm64: 'arm64', aarch64: 'arm64' },
})

const privateKey = () => {
  const pem = process.env.AMORCE_UPDATE_KEY
  if (!pem) return undefined
  const key = createPrivateKey(pem)
  if (key.asymmetricKeyType !== 'ed25519') throw new Error('AMORCE_UPDATE_KEY is not an Ed25519 key')
  return key
}

/** What a package is packed with, to believe signatures by: base64; undefined when there is no key. */
export function updateKey() {
  const key = privateKey()
  return key && createPublicKey(key).export({ format: 'der', type: 'spki' }).toString('base64')
}

/**
 * @param {string} folder
 * @param {string} version
 * @param {string[]} [names] the files of the release; all that are there unless said
 * @returns {boolean} whether there was a key to sign with
 */
export function writeManifest(folder, version, names = readdirSync(folder)) {
  const key = privateKey()
  if (!key) return false
  const files = [...names].sort().flatMap((name) => {
    const [pattern, kind] = kinds.find(([each]) => each.test(name)) ?? []
    const arch = architectures[pattern?.exec(name)?.[1] ?? '']
    if (!kind || !arch) return []
    const path = join(folder, name)
    const sha256 = createHash('sha256').update(readFileSync(path)).digest('hex')
    return [{ name, kind, arch, size: statSync(path).size, sha256 }]
  })
  if (files.length === 0) throw new Error(`there is nothing to install in ${folder}`)
  const notes = Object.fromEntries(
    ['fr', 'en'].map((language) => [
      language,
      readFileSync(join(projectRoot, 'build', `notes.${language}.txt`), 'utf8').trim(),
    ]),
  )
  const date = new Date().toISOString().slice(0, 10)
  const bytes = Buffer.from(
    `${JSON.stringify({ format: 1, product: 'amorce', version, date, notes, files }, null, 2)}\n`,
  )
  writeFileSync(join(folder, manifestName), bytes)
  writeFileSync(join(folder, `${manifestName}.sig`), `${sign(null, bytes, key).toString('base64')}\n`)
  return true
}

function main() {
  const [folder] = process.argv.slice(2)
  if (!folder) throw new Error('which folder? node tools/updateManifest.mjs <folder>')
  const { version } = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'))
  if (!writeManifest(folder, String(version))) throw new Error('AMORCE_UPDATE_KEY is not set')
  say(`${join(folder, manifestName)} is written and signed`)
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    main()
  } catch (error) {
    die(error)
  }
}
