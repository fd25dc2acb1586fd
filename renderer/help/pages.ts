import { Marked, type Tokens } from 'marked'
import type { Language } from '../../src/contract/index.ts'
import { slugOf } from './slug.ts'

// The help is the documentation itself, docs/fr and docs/en, built in: it opens without a network.

export interface HelpSection {
  /** As in the page's links, `#the-ports`; the page's title has none. */
  id: string
  title: string
  /** Without marks, for the search. */
  text: string
}

export interface HelpPage {
  name: string
  title: string
  html: string
  sections: HelpSection[]
}

/** In the order of the list; what is not named here follows, by name. */
const order = [
  'index',
  'quick-start',
  'exam-day',
  'privacy',
  'pin',
  'updates',
  'faq',
  'wiring',
  'firewall',
  'secure-boot',
  'practice-lab',
  'stock',
  'glpi',
]

const plain = (markdown: string): string => markdown.replace(/[*`_[\]|#>]/g, '').replace(/\(([^)]*\.md[^)]*)\)/g, '')

const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('"', '&quot;')

/**
 * One page. Links to other pages of the help stay links, `#help:firewall#the-ports`; all others become text, since nothing is opened
 * outside. HTML in the source is shown as text.
 * @param pictureAt where a picture of `docs/images` is in the built app
 */
export function renderPage(name: string, source: string, pictureAt: (file: string) => string | undefined): HelpPage {
  const sections: HelpSection[] = []
  const marked = new Marked({
    renderer: {
      heading({ tokens, depth, text }: Tokens.Heading) {
        const id = slugOf(text)
        return `<h${depth} id="${escaped(id)}">${this.parser.parseInline(tokens)}</h${depth}>\n`
      },
      link({ href, tokens }: Tokens.Link) {
        const inner = this.parser.parseInline(tokens)
        const page = /^([\w-]+)\.md(#[\w-]*)?$/.exec(href)
        return page ? `<a href="#help:${page[1]}${page[2] ?? ''}">${inner}</a>` : inner
      },
      image({ href, text }: Tokens.Image) {
        const at = pictureAt(href.replace(/^.*\//, ''))
        return at === undefined ? '' : `<img src="${escaped(at)}" alt="${escaped(text)}" />`
      },
      html: ({ text }: Tokens.HTML | Tokens.Tag) => escaped(text),
      checkbox: () => '<span class="tick" aria-hidden="true"></span>',
    },
  })
  let title = name
  for (const token of marked.lexer(source)) {
    if (token.type === 'heading') {
      const { depth, text } = token as Tokens.Heading
      if (depth === 1) title = plain(text)
      sections.push({ id: depth === 1 ? '' : slugOf(text), title: plain(text), text: '' })
    } else {
      const section = sections.at(-1)
      if (section) section.text += ` ${plain(token.raw)}`
    }
  }
  return { name, title, html: marked.parse(source, { async: false }), sections }
}

const rank = (name: string): number => {
  const at = order.indexOf(name)
  return at < 0 ? order.length : at
}

const sources = import.meta.glob<string>('../../docs/{fr,en}/*.md', { query: '?raw', import: 'default', eager: true })
const pictures = import.meta.glob<string>('../../docs/images/{exam,machine,stock}.png', {
  query: '?url',
  import: 'default',
  eager: true,
})
const pictureAt = (file: string): string | undefined => pictures[`../../docs/images/${file}`]

/** Every page in that language. */
export const helpPages = (language: Language): HelpPage[] =>
  Object.entries(sources)
    .filter(([path]) => path.startsWith(`../../docs/${language}/`))
    .map(([path, source]) => renderPage(path.replace(/^.*\/|\.md$/g, ''), source, pictureAt))
    .sort((a, b) => rank(a.name) - rank(b.name) || (a.name < b.name ? -1 : 1))

export interface HelpFind {
  page: HelpPage
  section: HelpSection
}

const fold = (text: string): string => text.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '')
const mostFinds = 12

/** The sections that hold every word typed, those whose title does first. */
export function searchHelp(pages: readonly HelpPage[], typed: string): HelpFind[] {
  const wanted = fold(typed).split(/\s+/).filter(Boolean)
  if (wanted.length === 0) return []
  const holds = (text: string): boolean => wanted.every((word) => fold(text).includes(word))
  const all = pages.flatMap((page) => page.sections.map((section) => ({ page, section })))
  const titled = all.filter(({ section }) => holds(section.title))
  const others = all.filter(({ section }) => !holds(section.title) && holds(`${section.title} ${section.text}`))
  return [...titled, ...others].slice(0, mostFinds)
}
