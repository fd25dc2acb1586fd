import type { Language } from '../../src/contract/index.ts'
import { en } from './en.ts'
import { fr } from './fr.ts'
import { fillMessage, type Message, type PlaceholdersOf, type Value } from './message.ts'

export type Catalogue = typeof fr
export type MessageKey = keyof Catalogue
type Values<Key extends MessageKey> = Record<PlaceholdersOf<Catalogue[Key]>, Value>
type ValuesArgument<Key extends MessageKey> = [PlaceholdersOf<Catalogue[Key]>] extends [never] ? [] : [Values<Key>]

export const catalogues: Record<Language, Record<MessageKey, Message>> = { fr, en }

class Words {
  /** The language of everything on the screen. */
  language = $state<Language>('fr')
  /** The names that types of items were given, by the type's key. */
  itemTypes = $state.raw<ReadonlyMap<string, string>>(new Map())
}

export const words = new Words()

/** The words for a key known when writing, with values for exactly its placeholders. */
export const t = <Key extends MessageKey>(key: Key, ...[values]: ValuesArgument<Key>): string => tell(key, values ?? {})

/** The words for a key put together at run time, whose values come from elsewhere. */
export const tell = (key: MessageKey, values: Readonly<Record<string, Value>> = {}): string =>
  fillMessage(catalogues[words.language][key], values, words.language)

export const isMessageKey = (key: string): key is MessageKey => Object.hasOwn(fr, key)
