import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { KeptLanguage } from './keptLanguage.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'amorce-language-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

it('is the one that was shown last, and none at the first start', () => {
  const first = new KeptLanguage(folder)
  expect(first.now).toBeUndefined()
  expect(readdirSync(folder)).toEqual([])
  first.keep('en')
  expect(first.now).toBe('en')
  expect(new KeptLanguage(folder).now).toBe('en')
  first.keep('fr')
  expect(new KeptLanguage(folder).now).toBe('fr')
})

it('is none where something else is written, or nothing can be read', () => {
  writeFileSync(join(folder, 'language'), 'tlh')
  expect(new KeptLanguage(folder).now).toBeUndefined()
  rmSync(join(folder, 'language'))
  mkdirSync(join(folder, 'language'))
  expect(new KeptLanguage(folder).now).toBeUndefined()
})
