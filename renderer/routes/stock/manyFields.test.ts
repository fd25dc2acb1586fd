import { expect, it } from 'vitest'
import type { CustomFieldView } from '../../../src/contract/index.ts'
import { consumableManyFields } from './consumableManyFields.ts'
import { itemManyFields } from './itemManyFields.ts'

const supplier = { id: 1, name: 'Bureau Vallée', email: '', phone: '', address: '', notes: '' }
const references = { suppliers: [supplier] } as unknown as Parameters<typeof consumableManyFields>[0]['references']

it('of consumables: numbers are whole, money is cents, nothing takes away', () => {
  const fields = new Map(consumableManyFields({ references }).map((field) => [field.id, field]))
  const patchOf = (id: string, typed: string) => fields.get(id)?.patchOf(typed)
  expect(patchOf('threshold', ' 12 ')).toEqual({ threshold: 12 })
  expect(patchOf('threshold', '')).toEqual({ threshold: null })
  expect(patchOf('threshold', '-1')).toBeUndefined()
  expect(patchOf('pages', '0')).toBeUndefined()
  expect(patchOf('priceCents', '45,5')).toEqual({ priceCents: 4550 })
  expect(patchOf('priceCents', 'cher')).toBeUndefined()
  expect(patchOf('supplier', '')).toEqual({ supplier: '' })
  expect(patchOf('unit', 'x'.repeat(41))).toBeUndefined()
  expect(fields.get('supplier')?.known).toEqual(['Bureau Vallée'])
  expect(fields.has('quantity')).toBe(false)
  for (const { choices, begin } of fields.values())
    if (choices) expect(choices.map(({ value }) => value)).toContain(begin)
})

it('of items: days, memory in GiB, and fields of one’s own by their kinds', () => {
  const own: CustomFieldView[] = [
    { id: 7, type: undefined, name: 'Écran', kind: 'number', choices: [] },
    { id: 8, type: undefined, name: 'Couleur', kind: 'choice', choices: ['noir', 'gris'] },
  ] as unknown as CustomFieldView[]
  const stock = { customFields: own, itemTypes: [], locations: [], references }
  const fields = new Map<string, ReturnType<typeof itemManyFields>[number]>(
    itemManyFields(stock).map((field) => [field.id, field]),
  )
  const patchOf = (id: string, typed: string) => fields.get(id)?.patchOf(typed)
  expect(patchOf('memoryMiB', '16')).toEqual({ memoryMiB: 16_384 })
  expect(patchOf('purchasedOn', '2026-02-30')).toBeUndefined()
  expect(patchOf('purchasedOn', '')).toEqual({ purchasedOn: '' })
  expect(patchOf('custom:7', '9,5')).toEqual({ custom: { 7: '9,5' } })
  expect(patchOf('custom:7', 'large')).toBeUndefined()
  expect(fields.get('custom:8')?.choices?.map(({ value }) => value)).toEqual(['', 'noir', 'gris'])
})
