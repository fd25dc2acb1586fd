import { mount } from 'svelte'
import { config } from 'zod'
import type { AmorceBridge } from '../src/contract/index.ts'
import App from './App.svelte'
import './styles/app.css'

declare global {
  interface Window {
    amorce?: AmorceBridge
  }
}

// The content policy forbids code made from text, so zod is not to try.
config({ jitless: true })

async function findBridge(): Promise<AmorceBridge> {
  if (window.amorce) return window.amorce
  // Screens are worked on in a browser, against a room that is played. None of it is in a built app.
  if (import.meta.env.DEV) return (await import('./dev/fakeBridge.ts')).createFakeBridge(location.search)
  throw new Error('window.amorce is missing: the preload script did not run')
}

const target = document.querySelector('#app')
if (!target) throw new Error('#app is missing')
mount(App, { target, props: { bridge: await findBridge() } })
