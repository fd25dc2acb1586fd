import { MediaQuery } from 'svelte/reactivity'
import type { Theme as ThemeSetting } from '../../src/contract/index.ts'

/** Light or dark: what was chosen, or what the system says. */
export class Theme {
  readonly #chosen: () => ThemeSetting
  readonly #systemIsDark = new MediaQuery('(prefers-color-scheme: dark)')

  readonly shown = $derived.by((): 'light' | 'dark' => {
    const chosen = this.#chosen()
    if (chosen !== 'system') return chosen
    return this.#systemIsDark.current ? 'dark' : 'light'
  })

  constructor(chosen: () => ThemeSetting) {
    this.#chosen = chosen
  }
}
