import { describe, expect, it } from 'vitest'
import { ManualClock } from '../base/index.ts'
import { openDatabase } from '../storage/index.ts'
import { createStockRooms } from './rooms.ts'

const kindsIn = (...paths: string[]): Record<string, string> => {
  const database = openDatabase({ path: ':memory:', nativeBinding: process.env['AMORCE_SQLITE_BINDING'] })
  const { locations } = createStockRooms(database, new ManualClock(), () => 'Ana').items
  for (const path of paths) locations.ensure(path)
  return Object.fromEntries(locations.list().map(({ path, kind }) => [path, kind]))
}

describe('what a place is that a path names', () => {
  it('is told by its first word, in both languages, whatever its accents', () => {
    expect(kindsIn('Lycée Rousseau / Bâtiment B / Étage 2 / Salle B204 / Armoire 1')).toEqual({
      'Lycée Rousseau': 'site',
      'Lycée Rousseau / Bâtiment B': 'building',
      'Lycée Rousseau / Bâtiment B / Étage 2': 'other',
      'Lycée Rousseau / Bâtiment B / Étage 2 / Salle B204': 'room',
      'Lycée Rousseau / Bâtiment B / Étage 2 / Salle B204 / Armoire 1': 'cupboard',
    })
    expect(kindsIn('Building A / Room 12 / Cupboard 3', 'Lab 4 / Seat 7')).toEqual({
      'Building A': 'building',
      'Building A / Room 12': 'room',
      'Building A / Room 12 / Cupboard 3': 'cupboard',
      'Lab 4': 'room',
      'Lab 4 / Seat 7': 'seat',
    })
    expect(kindsIn('BÂT. B')).toEqual({ 'BÂT. B': 'building' })
  })

  it('is told by its number, as rooms and rack units are', () => {
    expect(kindsIn('B104', 'Sous-sol technique / Baie 1 / U12')).toEqual({
      B104: 'room',
      'Sous-sol technique': 'room',
      'Sous-sol technique / Baie 1': 'rack',
      'Sous-sol technique / Baie 1 / U12': 'rack',
    })
  })

  it('is told by what is in it or around it when its name says nothing', () => {
    expect(kindsIn('Réserve / Armoire 2', 'Nord / Salle 5', 'Genève / Bâtiment 1')).toMatchObject({
      Réserve: 'room',
      Nord: 'building',
      Genève: 'site',
    })
    expect(kindsIn('Campus / Vie scolaire', 'Bât. C / Accueil / Sous l’escalier')).toMatchObject({
      'Campus / Vie scolaire': 'room',
      'Bât. C / Accueil': 'room',
      'Bât. C / Accueil / Sous l’escalier': 'other',
    })
  })

  it('is told by its depth when nothing else says it', () => {
    expect(kindsIn('Administration')).toEqual({ Administration: 'room' })
    expect(kindsIn('Nord / Accueil')).toEqual({ Nord: 'building', 'Nord / Accueil': 'room' })
    expect(kindsIn('Genève / Nord / Accueil')).toEqual({
      Genève: 'site',
      'Genève / Nord': 'building',
      'Genève / Nord / Accueil': 'room',
    })
  })

  it('stays what a person said', () => {
    const database = openDatabase({ path: ':memory:', nativeBinding: process.env['AMORCE_SQLITE_BINDING'] })
    const { locations } = createStockRooms(database, new ManualClock(), () => 'Ana').items
    locations.add({ name: 'Salle des ventes', kind: 'site', notes: '' })
    locations.ensure('Salle des ventes / Nord / Accueil')
    expect(locations.list().map(({ kind }) => kind)).toEqual(['site', 'building', 'room'])
  })
})
