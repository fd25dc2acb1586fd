import { parse, type AST } from 'svelte/compiler'
import { describe, expect, it } from 'vitest'

// Every visible word comes from the catalogue: no Svelte file may carry text of its own.

const files = import.meta.glob<string>('../**/*.svelte', { query: '?raw', import: 'default', eager: true })

/** Attributes whose value a person sees or hears. */
const spoken = new Set([
  'title',
  'placeholder',
  'alt',
  'label',
  'text',
  'hint',
  'description',
  'aria-label',
  'aria-description',
  'aria-roledescription',
])
const hasLetters = (text: string): boolean => /\p{L}/u.test(text)

export function literalTexts(source: string): string[] {
  const found: string[] = []
  const visit = (node: unknown): void => {
    if (Array.isArray(node)) return node.forEach(visit)
    if (typeof node !== 'object' || node === null || !('type' in node)) return
    const typed = node as AST.SvelteNode
    if (typed.type === 'Text') {
      if (hasLetters(typed.data)) found.push(typed.data.trim())
      return
    }
    if (typed.type === 'StyleDirective') return
    if (typed.type === 'Attribute') {
      if (!spoken.has(typed.name) || typed.value === true) return
      visit(typed.value)
      return
    }
    for (const child of Object.values(node)) visit(child)
  }
  visit(parse(source, { modern: true }).fragment)
  return found
}

describe('the check itself', () => {
  it('finds text, and attributes that are spoken, but not classes', () => {
    expect(literalTexts('<p class="abc">Bonjour {name}</p><input placeholder="Nom" />')).toEqual(['Bonjour', 'Nom'])
  })
})

describe('Svelte files carry no words of their own', () => {
  it.each(Object.entries(files))('%s', (_, source) => {
    expect(literalTexts(source)).toEqual([])
  })
})
