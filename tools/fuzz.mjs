import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { build } from 'vite'
import { die, projectRoot } from './run.mjs'

const outFolder = join(projectRoot, 'out', 'fuzz')

/** `npm run fuzz -- [dhcp|tftp] [--count N] [--seed N]`: hostile datagrams to the services, in this process. */
async function fuzz() {
  await build({
    configFile: false,
    root: projectRoot,
    logLevel: 'warn',
    build: {
      ssr: join(projectRoot, 'test', 'fuzz', 'index.ts'),
      outDir: outFolder,
      emptyOutDir: false,
      target: 'node20',
      rollupOptions: { output: { entryFileNames: '[name].mjs' } },
    },
  })
  const child = spawn(process.execPath, [join(outFolder, 'index.mjs'), ...process.argv.slice(2)], {
    cwd: projectRoot,
    stdio: 'inherit',
  })
  return await new Promise((/** @type {(code: number) => void} */ resolve, reject) => {
    child.once('error', reject)
    child.once('exit', (code) => resolve(code ?? 1))
  })
}

process.exitCode = await fuzz().catch(die)
