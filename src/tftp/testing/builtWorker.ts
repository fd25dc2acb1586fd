import { join } from 'node:path'
import { build } from 'vite'

/** Builds the worker's program into `folder`, as the app's own build does. @returns its path. */
export async function builtWorker(folder: string): Promise<string> {
  await build({
    configFile: false,
    logLevel: 'error',
    build: {
      ssr: join(import.meta.dirname, '../worker.ts'),
      outDir: folder,
      emptyOutDir: false,
      target: 'node18',
      rollupOptions: { output: { entryFileNames: 'tftpWorker.mjs' }, external: ['koffi'] },
    },
  })
  return join(folder, 'tftpWorker.mjs')
}
