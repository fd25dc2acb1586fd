import CircleDashed from '@lucide/svelte/icons/circle-dashed'
import { expect, it } from 'vitest'
import { bestMatches } from './commands.ts'

const command = (label: string, note?: string) => ({ id: label, label, note, icon: CircleDashed, run: () => {} })
const labels = (wanted: string, most = 9) =>
  bestMatches(
    [command('A1', 'a4:bb:6d'), command('Salle A4'), command('A4'), command('Réglages'), command('B2')],
    wanted,
    most,
  ).map(({ label }) => label)

it('puts names before notes, and beginnings before the rest', () => {
  expect(labels('a4')).toEqual(['A4', 'Salle A4', 'A1'])
  expect(labels('a4', 1)).toEqual(['A4'])
})

it('finds words with accents when typed without', () => {
  expect(labels('reg')).toEqual(['Réglages'])
})
