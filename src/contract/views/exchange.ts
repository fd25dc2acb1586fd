import type { ItemField } from './stock.ts'

export const textEncodings = ['utf-8', 'windows-1252', 'utf-16le', 'utf-16be'] as const
export type TextEncodingName = (typeof textEncodings)[number]
export const separators = [';', ',', '\t', '|'] as const
export type Separator = (typeof separators)[number]

/** Where a file seems to come from, by its heads. */
export type ImportOrigin = 'glpi' | 'snipeIt' | 'glpiInventory' | 'amorce' | 'other'

export const importSubjects = ['items', 'consumables', 'locations', 'people', 'suppliers'] as const
/** What the lines of a file are. */
export type ImportSubject = (typeof importSubjects)[number]

export const consumableImportFields = [
  'reference',
  'name',
  'category',
  'manufacturer',
  'quantity',
  'location',
  'threshold',
  'target',
  'supplier',
  'supplierReference',
  'priceCents',
  'unit',
  'barcode',
  'pages',
  'printerModels',
  'notes',
] as const
export type ConsumableImportField = (typeof consumableImportFields)[number]

/** Of what items are described by; a person's first name goes before the other. */
export const referenceImportFields = {
  locations: ['path', 'kind', 'notes'],
  people: ['name', 'firstName', 'department', 'email', 'phone', 'notes'],
  suppliers: ['name', 'email', 'phone', 'address', 'notes'],
} as const
export type ReferenceSubject = keyof typeof referenceImportFields
export type ReferenceImportField = {
  [Subject in ReferenceSubject]: `${Subject}:${(typeof referenceImportFields)[Subject][number]}`
}[ReferenceSubject]

/** A field of an item that is in every file of them, as a column of it. */
export type PlainImportField = Exclude<ItemField, 'parentId' | 'custom'> | 'parentTag'
/** What a column says: a field of an item, a custom field by its id, one of a consumable, of a place, person or supplier, or nothing. */
export type ImportField =
  PlainImportField | `custom:${number}` | `consumable:${ConsumableImportField}` | ReferenceImportField | 'ignore'

export const importVerdicts = ['added', 'changed', 'unchanged', 'refused'] as const
export type ImportVerdict = (typeof importVerdicts)[number]

/** Why a line is refused, or what in it is not taken. */
export const importProblems = [
  'noIdentity',
  'nameMissing',
  'kindUnknown',
  'duplicateInFile',
  'ambiguous',
  'dateInvalid',
  'priceInvalid',
  'numberInvalid',
  'macInvalid',
  'uuidInvalid',
  'tooLong',
  'parentUnknown',
  'onLoan',
  'inBatch',
  'typeUnknown',
  'categoryUnknown',
  'placeMissing',
  'lotsThere',
  'stateUnknown',
  'placeholderSerial',
  'valueInvalid',
] as const
export type ImportProblemCode = (typeof importProblems)[number]

export interface ImportProblem {
  code: ImportProblemCode
  field?: ImportField
  /** What the cell says, cut short. */
  value?: string
  /** The line in the file that says the same. */
  otherLine?: number
  /** The line goes in without it. */
  isWarning: boolean
}

export interface ItemImportLine {
  /** As a spreadsheet numbers it. */
  line: number
  verdict: ImportVerdict
  /** The asset tag, or what else it is told by. */
  label: string
  changes: { field: ImportField; before: string; after: string }[]
  problems: ImportProblem[]
}

export interface ImportLinePage {
  lines: ItemImportLine[]
  total: number
}

/** A file that is being looked at, before anything is written. */
export interface ImportDraft {
  id: number
  file: string
  subject: ImportSubject
  kind: 'text' | 'workbook' | 'inventory'
  origin: ImportOrigin
  rows: number
  heads: string[]
  /** The first values of each column. */
  samples: string[][]
  /** One for each head. */
  mapping: ImportField[]
  /** The template whose heads these are, when there is one. */
  template?: string
  encoding?: TextEncodingName
  separator?: Separator
  sheet?: string
  sheets?: string[]
}

export interface ImportCounts {
  added: number
  changed: number
  unchanged: number
  refused: number
  /** Lines that go in, and something in them does not. */
  warnings: number
}

/** An import at work: reading through the lines, or writing them. */
export interface ImportProgress {
  step: 'checking' | 'writing' | 'undoing'
  done: number
  total: number
}

export interface ImportRecord {
  id: number
  at: number
  file: string
  subject: ImportSubject
  who: string
  added: number
  changed: number
  state: 'done' | 'undone'
}

export interface ImportTemplate {
  name: string
  /** A field for each head. */
  fields: { head: string; field: ImportField }[]
}

export const stockExportFormats = ['csv', 'xlsx', 'glpi'] as const
export type StockExportFormat = (typeof stockExportFormats)[number]
