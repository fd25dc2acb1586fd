import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { languages, type Language } from '../contract/index.ts'

/**
 * The language that was last shown, beside the database: Chromium wants it before it starts, and a database that does not
 * open should be told of in it too.
 */
export class KeptLanguage {
  readonly #file: string
  #now: Language | undefined

  constructor(dataFolder: string) {
    this.#file = join(dataFolder, 'language')
    try {
      const kept = readFileSync(this.#file, 'utf8').trim()
      this.#now = languages.find((language) => language === kept)
    } catch {
      // The first start.
    }
  }

  /** Undefined until one was kept. */
  get now(): Language | undefined {
    return this.#now
  }

  /** @throws when it cannot be written */
  keep(language: Language): void {
    if (language === this.#now) return
    this.#now = language
    writeFileSync(this.#file, `${language}\n`)
  }
}
