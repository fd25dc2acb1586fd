import { join } from 'node:path'
import { build } from 'vite'
import { projectRoot } from './run.mjs'

/**
 * Builds the thread that sends files, for what runs from the sources: a thread is started from a file that Node can run.
 * The app has its own in `out/main/`.
 * @param {string} outFolder
 * @returns {Promise<string>} the file
 */
export async function buildFileMover(outFolder) {
  await build({
    configFile: false,
    root: projectRoot,
    logLevel: 'warn',
    build: {
      ssr: join(projectRoot, 'src/network/fileMover/worker.ts'),
      outDir: outFolder,
      emptyOutDir: false,
      target: 'node18',
      rollupOptions: { output: { entryFileNames: 'fileMover.mjs' } },
    },
  })
  return join(outFolder, 'fileMover.mjs')
}
