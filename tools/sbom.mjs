import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { wantedVersion } from './electron.mjs'
import { installedLicences } from './licences.mjs'
import { die, mustRun, projectRoot } from './run.mjs'

// `node tools/sbom.mjs`: a CycloneDX list, on stdout, of what is inside an Amorce that is given away. npm's own knows neither that the
// window's program and Electron are development dependencies which come along, nor the boot loaders.

/**
 * @typedef {object} Component
 * @property {string} [bom-ref]
 * @property {string} type
 * @property {string} name
 * @property {string} [version]
 */
/**
 * @typedef {object} Bom
 * @property {{ component: Component }} metadata
 * @property {Component[]} components
 * @property {{ ref: string, dependsOn: string[] }[]} dependencies
 */

/** @returns {Promise<Bom>} */
export async function billOfMaterials() {
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const args = ['sbom', '--sbom-format', 'cyclonedx', '--sbom-type', 'application']
  /** @type {Bom} */
  const whole = JSON.parse((await mustRun(npm, args, { shell: process.platform === 'win32' })).stdout)
  const own = whole.metadata.component
  const comesAlong = new Set([
    ...installedLicences(projectRoot).map(({ name, version }) => `${name}@${version}`),
    `electron@${wantedVersion()}`,
  ])
  const components = whole.components.filter((component) => comesAlong.has(component['bom-ref'] ?? ''))
  const loaders = bootLoaders()
  const refs = new Set([own, ...components, ...loaders].map((component) => component['bom-ref']))
  const dependencies = whole.dependencies
    .filter(({ ref }) => refs.has(ref))
    .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((each) => refs.has(each)) }))
  const about = dependencies.find(({ ref }) => ref === own['bom-ref'])
  about?.dependsOn.push(...loaders.map((loader) => loader['bom-ref']))
  return {
    ...whole,
    // npm names it after the folder that it lies in.
    metadata: { ...whole.metadata, component: { ...own, name: 'amorce' } },
    components: [...components, ...loaders],
    dependencies: [...dependencies, ...loaders.map((loader) => ({ ref: loader['bom-ref'], dependsOn: [] }))],
  }
}

/** Each package that loaders are taken from, its files as components of it. */
function bootLoaders() {
  /** @type {{ packages: { name: string, version: string, homepage: string, licence: string, debianPackage: string, files: { name: string, sha256: string }[] }[] }} */
  const { packages } = JSON.parse(readFileSync(join(projectRoot, 'resources', 'boot-loaders.json'), 'utf8'))
  return packages.map(({ name, version, homepage, licence, debianPackage, files }) => ({
    'bom-ref': `${debianPackage}@${version}`,
    type: 'firmware',
    name,
    version,
    licenses: [{ expression: licence }],
    purl: `pkg:deb/debian/${debianPackage}@${encodeURIComponent(version)}`,
    externalReferences: [{ type: 'website', url: homepage }],
    components: files.map((file) => ({
      type: 'file',
      name: file.name,
      hashes: [{ alg: 'SHA-256', content: file.sha256 }],
    })),
  }))
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  try {
    process.stdout.write(`${JSON.stringify(await billOfMaterials(), undefined, 2)}\n`)
  } catch (error) {
    die(error)
  }
}
