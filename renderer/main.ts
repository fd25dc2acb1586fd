import './noEval.ts'
import { mount } from 'svelte'
import type { AmorceBridge } from '../src/contract/index.ts'
import App from './App.svelte'
import './styles/app.css'

declare global {
  interface Window {
    amorce?: AmorceBridge
  }
}

async function findBridge(): Promise<AmorceBridge> {
  if (window.amorce) return window.amorce
  // Screens are worked on in a browser, against a room that is played. None of it is in a built app.
  if (import.meta.env.DEV) return (await import('./dev/fakeBridge.ts')).createFakeBridge(location.search)
  throw new Error('window.amorce is missing: the preload script did not run')
}

const target = document.querySelector('#app')
if (!target) throw new Error('#app is missing')
mount(App, { target, props: { bridge: await findBridge() } })
