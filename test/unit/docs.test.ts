import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { slugOf } from '../../renderer/help/slug.ts'
import { en } from '../../renderer/messages/en.ts'
import { fr } from '../../renderer/messages/fr.ts'

// Every link of every page leads somewhere: to a file that is there, and to a heading that it has.

const root = join(import.meta.dirname, '../..')
const pagesIn = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(root, folder, name))
const pages = [
  ...readdirSync(root)
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(root, name)),
  ...pagesIn('docs'),
  ...pagesIn('test'),
]

const withoutCode = (text: string): string => text.replace(/```[\s\S]*?```/g, '').replace(/`[^`\n]*`/g, '')
const linksIn = (text: string): string[] =>
  [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target]) => (target === undefined ? [] : [target]))
const headingsIn = (path: string): string[] =>
  [...readFileSync(path, 'utf8').matchAll(/^#+ (.+)$/gm)].map(([, heading = '']) => slugOf(heading))

describe.each(pages.map((path) => [relative(root, path), path]))('%s', (_, path) => {
  it('links to what is there', () => {
    const broken = linksIn(readFileSync(path, 'utf8'))
      .filter((target) => !/^[a-z]+:/.test(target))
      .filter((target) => {
        const [file = '', anchor] = target.split('#')
        const at = file === '' ? path : join(dirname(path), decodeURI(file))
        if (!existsSync(at)) return true
        return anchor !== undefined && at.endsWith('.md') && !headingsIn(at).includes(decodeURI(anchor))
      })
    expect(broken).toEqual([])
  })
})

it('has every page of the documentation in French and in English', () => {
  const names = (language: string): string[] => readdirSync(join(root, 'docs', language)).sort()
  expect(names('fr')).toEqual(names('en'))
})

describe.each([
  ['fr', 'Réglages|Diagnostic|Stock', fr],
  ['en', 'Settings|Diagnosis|Stock', en],
] as const)('the help in %s', (language, places, catalogue) => {
  const plain = (words: string): string => words.replace(/…$/, '').replaceAll("'", '’')
  const said = Object.values<unknown>(catalogue).flatMap((words) => (typeof words === 'string' ? [plain(words)] : []))
  /** What follows a place's name, as in "**Settings, Boot files**". */
  const named = new RegExp(String.raw`\b(?:${places}), ((?:\*{0,2}\p{Lu}[^,.:;()*]*(?:\*{0,2}, ?)?)+)`, 'gu')
  const namesIn = (path: string): string[] =>
    [
      ...readFileSync(path, 'utf8')
        .replace(/\s*\n\s*/g, ' ')
        .matchAll(named),
    ]
      .flatMap(([, names = '']) => names.split(','))
      .map((name) => plain(name.replaceAll('*', '').trim()))
      .filter((name) => name !== '')

  it('calls the parts of the console what the console calls them', () => {
    const names = pagesIn(`docs/${language}`).flatMap(namesIn)
    expect(names.length).toBeGreaterThan(20)
    const unknown = names.filter((name) => !said.some((words) => name === words || name.startsWith(`${words} `)))
    expect(unknown).toEqual([])
  })
})
