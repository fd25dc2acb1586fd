import { expect, it } from 'vitest'
import { saidIn } from './said.ts'

it.each([
  ['fr', 0, 'exam0, 10.0.0.1 : 0 poste, 0 prêt, 0 arrêté.'],
  ['fr', 1, 'exam0, 10.0.0.1 : 1 poste, 1 prêt, 1 arrêté.'],
  ['fr', 2, 'exam0, 10.0.0.1 : 2 postes, 2 prêts, 2 arrêtés.'],
  ['en', 0, 'exam0, 10.0.0.1: 0 machines, 0 ready, 0 stuck.'],
  ['en', 1, 'exam0, 10.0.0.1: 1 machine, 1 ready, 1 stuck.'],
] as const)('counts machines in %s as one says it: %d', (language, count, words) => {
  expect(saidIn[language].running('exam0', '10.0.0.1', count, count, count)).toContain(words)
})
