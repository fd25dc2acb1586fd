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

const bridge = window.amorce
if (!bridge) throw new Error('window.amorce is missing: the preload script did not run')
const target = document.querySelector('#app')
if (!target) throw new Error('#app is missing')
mount(App, { target, props: { bridge } })
