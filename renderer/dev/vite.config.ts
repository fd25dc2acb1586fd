import tailwindcss from '@tailwindcss/vite'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig, type Plugin } from 'vite'

// For working on the screens in a browser: `npx vite --config renderer/dev/vite.config.ts`, then add ?scene=running
// to the address. The app itself is built by electron.config.ts.

/** The dev server puts style sheets into the page as it goes, which the policy of the built app forbids. */
const allowDevStyles: Plugin = {
  name: 'allow-dev-styles',
  apply: 'serve',
  transformIndexHtml: (html) => html.replace("style-src 'self'", "style-src 'self' 'unsafe-inline'"),
}

export default defineConfig({
  base: './',
  root: new URL('..', import.meta.url).pathname,
  plugins: [svelte({ configFile: false }), tailwindcss(), allowDevStyles],
  build: { target: 'chrome114', outDir: '../out/renderer' },
})
