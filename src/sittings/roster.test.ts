import { describe, expect, it } from 'vitest'
import { readPasted } from '../exchange/index.ts'
import { readRoster } from './roster.ts'

const read = (text: string, durationMinutes = 120) =>
  readRoster(readPasted(text), { durationMinutes, known: new Set(['21001']) })

describe('a pasted list of candidates', () => {
  it('is read from an Apogée export, whose first lines are not the list', () => {
    const preview = read(
      'XX_APOGEE\r\n\r\nNuméro\tNom\tPrénom\tDate de naissance\tGroupe\tTiers-temps\r\n' +
        '21001\tLEGRAND\tÉlise\t01/02/2005\tTD1\t\r\n21002\tO’Neil\tSean\t\tTD2\tOui\r\n',
    )
    expect(preview.columns.map(({ field }) => field)).toEqual([
      'number',
      'lastName',
      'firstName',
      'ignored',
      'group',
      'extraMinutes',
    ])
    expect(preview.candidates).toEqual([
      {
        line: 4,
        number: '21001',
        lastName: 'LEGRAND',
        firstName: 'Élise',
        group: 'TD1',
        extraMinutes: 0,
        isNew: false,
      },
      { line: 5, number: '21002', lastName: 'O’Neil', firstName: 'Sean', group: 'TD2', extraMinutes: 40, isNew: true },
    ])
    expect(preview.faults).toEqual([])
  })

  it('is read without headings, in the usual order', () => {
    expect(read('1;Durand;Zoé;A\n2;Martin;Léo;B;30 min').candidates).toMatchObject([
      { line: 1, number: '1', lastName: 'Durand', firstName: 'Zoé', group: 'A', extraMinutes: 0 },
      { line: 2, number: '2', extraMinutes: 30 },
    ])
  })

  it('keeps separators and quotes inside quotes', () => {
    expect(read('number,last name,first name\n7,"Martin, dit ""Le Grand""",Jo').candidates[0]?.lastName).toBe(
      'Martin, dit "Le Grand"',
    )
  })

  it.each([
    ['1h10', 70],
    ['1 h', 60],
    ['33 %', 40],
    ['1/3', 40],
    ['+20', 20],
    ['Non', 0],
  ])('takes %s of extra time for %i minutes', (text, minutes) => {
    expect(read(`n;nom;extra\n1;A;${text}`).candidates[0]?.extraMinutes).toBe(minutes)
  })

  it('says line by line what cannot be used, and keeps the rest', () => {
    const preview = read(
      `numero;nom;extra\n;Sans\n5;\n6;Bon\n6;Deux fois\n7;Long;${'9'.repeat(4)}\n${'8'.repeat(41)};X`,
    )
    expect(preview.candidates.map(({ number }) => number)).toEqual(['6'])
    expect(preview.faults.map(({ line, fault }) => [line, fault])).toEqual([
      [2, 'noNumber'],
      [3, 'noName'],
      [5, 'duplicate'],
      [6, 'badExtraTime'],
      [7, 'tooLong'],
    ])
    expect(preview.faults[0]?.text).toBe('Sans')
  })

  it('that is empty is nobody', () => {
    expect(read('')).toMatchObject({ candidates: [], faults: [] })
  })
})
