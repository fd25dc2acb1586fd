import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { projectRoot } from './run.mjs'

/**
 * The day that the pinned package was made, which nothing in it says. To be changed with its version in package.json:
 * `npm view oui-data time`.
 */
export const registry = { version: '2.1.9', date: '2026-08-26' }

/** Beside the main process, which reads it. */
export const networkCardsFile = join(projectRoot, 'out', 'main', 'networkCards.txt')

/** Writes who made which network cards as one small text, without the addresses that the registry has of them all. */
export function writeNetworkCards() {
  const folder = join(projectRoot, 'node_modules', 'oui-data')
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
  if (version !== registry.version)
    throw new Error(`oui-data ${version} is installed: say of which day it is in tools/networkCards.mjs`)
  const head = `# IEEE MA-L, MA-M and MA-S as of ${registry.date}, by oui-data ${version} (BSD-2-Clause, Copyright (c) silverwind)`
  if (existsSync(networkCardsFile) && readFileSync(networkCardsFile, 'utf8').startsWith(`${head}\n`)) return
  /** @type {Record<string, string>} */
  const cards = JSON.parse(readFileSync(join(folder, 'index.json'), 'utf8'))
  const lines = Object.entries(cards).map(([prefix, owner]) => `${prefix}\t${owner.split('\n', 1)[0]}`)
  writeFileSync(networkCardsFile, [head, ...lines.sort(), ''].join('\n'))
}
