import { describe, expect, it } from 'vitest'
import { helpPages, renderPage, searchHelp } from './pages.ts'
import { slugOf } from './slug.ts'

const none = (): undefined => undefined

describe('a page of the help', () => {
  const page = renderPage(
    'wiring',
    '# Câbler\n\nVoir [le pare-feu](firewall.md#les-ports).\n\n## Débit utile\n\nCent.',
    none,
  )

  it('has a title, headings that can be linked, and links within the help alone', () => {
    expect(page.title).toBe('Câbler')
    expect(page.html).toContain('<h2 id="débit-utile">')
    expect(page.html).toContain('<a href="#help:firewall#les-ports">le pare-feu</a>')
    expect(renderPage('x', '[out](https://example.org) [up](../decisions)', none).html).not.toContain('<a')
  })

  it('carries no markup but its own', () => {
    const { html } = renderPage('x', '# A\n\n<script>alert(1)</script> <img src=x onerror=y>', none)
    expect(html).not.toMatch(/<script|<img/)
  })

  it('is found by its words, whatever their accents, titles first', () => {
    const other = renderPage('faq', '# Questions\n\nLe debit baisse.', none)
    expect(searchHelp([other, page], 'débit').map(({ section }) => section.title)).toEqual(['Débit utile', 'Questions'])
    expect(searchHelp([page], 'rien de tel')).toEqual([])
    expect(searchHelp([page], ' ')).toEqual([])
  })
})

it('heads its sections as the public pages do', () => {
  expect(slugOf('1. Un autre serveur DHCP lui a répondu')).toBe('1-un-autre-serveur-dhcp-lui-a-répondu')
})

it('has the same pages in both languages', () => {
  const names = (language: 'fr' | 'en') => helpPages(language).map(({ name }) => name)
  expect(names('fr')).toEqual(names('en'))
  expect(names('fr')[0]).toBe('index')
  expect(names('fr').length).toBeGreaterThanOrEqual(10)
})
