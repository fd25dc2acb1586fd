import type { Language } from '../../src/contract/index.ts'

/**
 * A message is a text with `{placeholders}`. A part in `[square brackets]` is left out when one of its placeholders has
 * no value. A message that counts has one text for each plural category, chosen by the value `count`.
 */
export type Message = string | { one: string; other: string }
export type Value = string | number | boolean | undefined

type NamesIn<Text extends string> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | NamesIn<Rest> : never
type TextOf<M> = M extends string ? M : M extends { one: infer One; other: infer Other } ? One | Other : never

/** The placeholders of a message; a message that counts also needs `count`. */
export type PlaceholdersOf<M> =
  (TextOf<M> extends infer T extends string ? NamesIn<T> : never) | (M extends string ? never : 'count')

export const placeholdersIn = (message: Message): string[] => {
  const texts = typeof message === 'string' ? [message] : [message.one, message.other]
  const names = texts.flatMap((text) => [...text.matchAll(/\{(\w+)\}/g)].map((match) => match[1] ?? ''))
  return [...new Set(names)].sort()
}

/** The text of a message with its values in place. A value that is missing outside brackets shows as an ellipsis. */
export function fillMessage(message: Message, values: Readonly<Record<string, Value>>, language: Language): string {
  const text = typeof message === 'string' ? message : message[pluralOf(values['count'], language)]
  const filled = text
    .replace(/\[([^[\]]*)\]/g, (_, part: string) =>
      placeholdersIn(part).every((name) => isPresent(values[name])) ? part : '',
    )
    .replace(/\{(\w+)\}/g, (_, name: string) => {
      const value = values[name]
      if (!isPresent(value)) return '…'
      return name === 'count' && typeof value === 'number' ? integers[language].format(value) : String(value)
    })
  return language === 'fr' ? withFrenchSpaces(filled) : filled
}

const isPresent = (value: Value): boolean => value !== undefined && value !== ''

const plurals = { fr: new Intl.PluralRules('fr'), en: new Intl.PluralRules('en') }
const integers = { fr: new Intl.NumberFormat('fr'), en: new Intl.NumberFormat('en') }

const pluralOf = (count: Value, language: Language): 'one' | 'other' =>
  typeof count === 'number' && plurals[language].select(count) === 'one' ? 'one' : 'other'

/** French sets a space that does not break before : ; ! ? % » and after «. */
const withFrenchSpaces = (text: string): string => text.replace(/ ([:;!?%»])/g, '\u00a0$1').replace(/« /g, '«\u00a0')
