import { describe, expect, it } from 'vitest'
import css from './tokens.css?raw'

// WCAG 2 contrast of every text colour on every surface it is used on, in both themes.

const tones = ['neutral', 'blue', 'green', 'amber', 'red', 'violet']

const tokensOf = (theme: string): Map<string, string> => {
  const block = css.slice(css.indexOf(`[data-theme='${theme}'] {`)).split('}')[0] ?? ''
  return new Map([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map((match) => [match[1] ?? '', match[2] ?? '']))
}

const luminance = (hex: string): number => {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((start) => Number.parseInt(hex.slice(start, start + 2), 16) / 255)
    .map((channel) => (channel <= 0.04045 ? channel / 12.92 : ((channel + 0.055) / 1.055) ** 2.4))
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue
}

export const contrast = (a: string, b: string): number => {
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (light + 0.05) / (dark + 0.05)
}

const pairs: [string, string][] = [
  ...['text', 'text-soft', 'text-faint', 'accent-text'].flatMap((text) =>
    ['ground', 'surface', 'raised', 'sunken'].map((surface): [string, string] => [text, surface]),
  ),
  ['accent-text', 'accent-soft'],
  ['on-solid', 'accent'],
  ['on-solid', 'accent-hover'],
  ...tones.flatMap((tone): [string, string][] => [
    [`${tone}-text`, `${tone}-soft`],
    [`${tone}-text`, 'surface'],
    [`${tone}-text`, 'ground'],
    ['text', `${tone}-soft`],
    ['text-soft', `${tone}-soft`],
    ['on-solid', `${tone}-solid`],
  ]),
]

describe.each(['light', 'dark'])('the %s theme', (theme) => {
  const tokens = tokensOf(theme)

  it.each(pairs)('%s on %s is at least 4.5:1', (text, surface) => {
    expect(contrast(tokens.get(text) ?? '', tokens.get(surface) ?? '')).toBeGreaterThanOrEqual(4.5)
  })
})

it('contrast knows black on white', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21)
})
