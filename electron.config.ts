import { resolve } from 'node:path'
import tailwindcss from '@tailwindcss/vite'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'electron-vite'

// Node 18 and Chromium 114 are the oldest runtime the app is tried on (docs/decisions/0002), so that is what is emitted.
// A package is always asked for by `require`: the loader of ES modules does not look into an archive before Electron 28.
const commonJs = {
  format: 'cjs' as const,
  dynamicImportInCjs: false,
  entryFileNames: '[name].cjs',
  chunkFileNames: '[name]-[hash].cjs',
}

export default defineConfig({
  main: {
    build: {
      target: 'node18',
      outDir: 'out/main',
      sourcemap: true,
      externalizeDeps: true,
      rollupOptions: {
        input: {
          index: resolve(import.meta.dirname, 'src/main/index.ts'),
          // A thread of its own, which the main process starts by this name (src/tftp/worker.ts).
          tftpWorker: resolve(import.meta.dirname, 'src/tftp/worker.ts'),
          tableWorker: resolve(import.meta.dirname, 'src/main/tableWorker.ts'),
          // As this one, src/media/worker.ts.
          mediaWorker: resolve(import.meta.dirname, 'src/media/worker.ts'),
          // And src/simulator/worker.ts.
          simulatedRoom: resolve(import.meta.dirname, 'src/simulator/worker.ts'),
          cli: resolve(import.meta.dirname, 'src/cli/index.ts'),
          // A thread of its own, started by its file name.
          fileMover: resolve(import.meta.dirname, 'src/network/fileMover/worker.ts'),
        },
        output: commonJs,
      },
    },
  },
  preload: {
    build: {
      target: 'node18',
      outDir: 'out/preload',
      externalizeDeps: false,
      rollupOptions: {
        input: { index: resolve(import.meta.dirname, 'src/preload/index.ts') },
        output: commonJs,
      },
    },
  },
  renderer: {
    root: 'renderer',
    plugins: [svelte(), tailwindcss()],
    build: {
      target: 'chrome114',
      outDir: 'out/renderer',
      rollupOptions: { input: { index: resolve(import.meta.dirname, 'renderer/index.html') } },
    },
  },
})
