import { expect, it } from 'vitest'
import { words } from '../../messages/words.svelte.ts'
import { fieldWords } from './packetFields.ts'

it('says what a field is, and leaves what has no words as it came', () => {
  words.language = 'fr'
  expect(fieldWords('yiaddr')).toBe('Adresse donnée au poste')
  expect(fieldWords('option 53 messageType')).toBe('Type de message')
  expect(fieldWords('option 224 private')).toBe('Option 224')
  expect(fieldWords('Content-Length')).toBe('Content-Length')
})
