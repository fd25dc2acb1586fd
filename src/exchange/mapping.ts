import type {
  CustomFieldView,
  ImportField,
  ImportOrigin,
  ImportSubject,
  ItemTypeView,
  ReferenceImportField,
  ReferenceSubject,
} from '../contract/index.ts'
import { consumableFieldWords } from './consumableWords.ts'
import { fieldHeads } from './fieldHeads.ts'
import { fieldWords, fold, lookupOf } from './itemWords.ts'
import { referenceFieldWords } from './referenceWords.ts'

const fieldLookup = lookupOf(fieldWords)
const consumableLookup = lookupOf(consumableFieldWords)

/** Heads that Snipe-IT alone writes, and those that GLPI does. */
const snipeHeads = [
  'asset tag',
  'item name',
  'model number',
  'checked out to username',
  'asset notes',
  'company',
  'qty',
  'min amount',
]
const glpiHeads = [
  'lieu',
  'fabricant',
  'numero d inventaire',
  'inventory number',
  'entite',
  'entity',
  'usager',
  'otherserial',
]

/** What each column says, by its head; a field is taken from the first column that says it. */
export function proposeMapping(
  heads: readonly string[],
  customFields: readonly CustomFieldView[],
  types: readonly ItemTypeView[],
): { mapping: ImportField[]; origin: ImportOrigin } {
  const customByHead = new Map(
    (['fr', 'en'] as const)
      .flatMap((language) => [...fieldHeads(customFields, types, language)])
      .map(([id, head]) => [fold(head), `custom:${id}` as const]),
  )
  const taken = new Set<ImportField>()
  const mapping = heads.map((head): ImportField => {
    const folded = fold(head)
    const field = fieldLookup.get(folded) ?? customByHead.get(folded)
    if (field === undefined || taken.has(field)) return 'ignore'
    taken.add(field)
    return field
  })
  return { mapping, origin: originOf(heads) }
}

function originOf(heads: readonly string[]): ImportOrigin {
  const folded = heads.map(fold)
  const count = (known: readonly string[]): number => known.filter((head) => folded.includes(head)).length
  const own = ['fr', 'en'] as const
  const ours = Object.values(fieldWords)
  if (own.some((language) => ours.every((words) => folded.includes(fold(words[language][0] ?? ''))))) return 'amorce'
  const [snipe, glpi] = [count(snipeHeads), count(glpiHeads)]
  if (snipe >= 2 && snipe > glpi) return 'snipeIt'
  return glpi >= 2 ? 'glpi' : 'other'
}

const foldedWords = (...all: readonly { fr: readonly string[]; en: readonly string[] }[]): ReadonlySet<string> =>
  new Set(all.flatMap(({ fr, en }) => [...fr, ...en].map(fold)))

/** Heads that lists of consumables alone have, and those that only a list of items has. */
const { threshold, target, supplierReference, printerModels, pages } = consumableFieldWords
const consumableHeads = new Set([
  ...foldedWords(threshold, target, supplierReference, printerModels, pages),
  ...['item no', 'item number', 'remaining', 'nombre de cartouches neuves', 'nombre de consommables neufs'],
])
const itemHeads = foldedWords(fieldWords.assetTag, fieldWords.serial, fieldWords.macs, fieldWords.uuid)

/** What the lines of a file seem to be. */
export function subjectOf(heads: readonly string[]): ImportSubject {
  const folded = heads.map(fold)
  const has = (words: ReadonlySet<string>): boolean => folded.some((head) => words.has(head))
  if (has(itemHeads)) return 'items'
  if (has(consumableHeads)) return 'consumables'
  if (has(addressHeads)) return 'suppliers'
  if (has(contactHeads)) return 'people'
  return has(pathHeads) ? 'locations' : 'items'
}

/** Heads that lists of places, of people or of suppliers alone have. */
const { people, suppliers } = referenceFieldWords
const addressHeads = foldedWords(suppliers.address)
const contactHeads = foldedWords(people.email, people.phone, people.firstName)
const pathHeads = new Set(['chemin', 'path', 'nom complet', 'intitule complet', 'complete name', 'completename'])

/** The same as `proposeMapping`, for places, people and suppliers: each field is in the column whose head says it best. */
export function proposeReferenceMapping(
  heads: readonly string[],
  subject: ReferenceSubject,
): { mapping: ImportField[]; origin: ImportOrigin } {
  const folded = heads.map(fold)
  const mapping = heads.map((): ImportField => 'ignore')
  const words = Object.entries(referenceFieldWords[subject])
  for (const [field, { fr, en }] of words) {
    const column = [...fr, ...en].map((word) => folded.indexOf(fold(word))).find((index) => mapping[index] === 'ignore')
    if (column !== undefined) mapping[column] = `${subject}:${field}` as ReferenceImportField
  }
  const isOurs = (['fr', 'en'] as const).some((language) =>
    words.every(([field, all]) => field === 'firstName' || folded.includes(fold(all[language][0] ?? ''))),
  )
  const isGlpi = ['entite', 'entity', 'nom complet', 'complete name', 'nom de famille'].some((head) =>
    folded.includes(head),
  )
  return { mapping, origin: isOurs ? 'amorce' : isGlpi ? 'glpi' : 'other' }
}

/** The same as `proposeMapping`, for consumables. */
export function proposeConsumableMapping(heads: readonly string[]): { mapping: ImportField[]; origin: ImportOrigin } {
  const taken = new Set<string>()
  const mapping = heads.map((head): ImportField => {
    const field = consumableLookup.get(fold(head))
    if (field === undefined || taken.has(field)) return 'ignore'
    taken.add(field)
    return `consumable:${field}`
  })
  return { mapping, origin: consumableOriginOf(heads.map(fold)) }
}

function consumableOriginOf(heads: readonly string[]): ImportOrigin {
  const has = (...known: readonly string[]): boolean => known.some((head) => heads.includes(head))
  if (has('niveau', 'level') && has('objectif', 'target')) return 'amorce'
  if (has('min amount', 'min qty', 'item no', 'company')) return 'snipeIt'
  return has('entite', 'entity', 'seuil d alerte', 'alarm threshold', 'alert threshold') ? 'glpi' : 'other'
}
