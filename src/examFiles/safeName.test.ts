import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { safeName, splitName } from './safeName.ts'

describe('a name that is safe on every system', () => {
  it.each(['rapport.odt', 'Sujet n°2 (été).pdf', '数学.txt', 'sans extension'])('%s stays', (name) => {
    expect(safeName(name)).toBe(name)
  })

  it.each([
    '../../etc/passwd',
    'a/b',
    'a\\b',
    'C:\\x',
    'con',
    'NUL.txt',
    'x\u0000y',
    'fin.',
    '.caché',
    ' ',
    'a\u202efdp.exe',
    'é'.repeat(300),
    `${'a'.repeat(300)}.odt`,
  ])('%j is changed, and marked', (name) => {
    const safe = safeName(name)
    expect(safe).not.toBe(name)
    expect(safe).toMatch(/-[0-9a-f]{6}(\.[^.]*)?$/)
  })

  it('whatever it was, it is one name of one folder; names that differ stay different', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 400 }), fc.string({ maxLength: 20 }), (one, other) => {
        const safe = safeName(one)
        // eslint-disable-next-line no-control-regex -- what must not be in it
        expect(safe).not.toMatch(/[\u0000-\u001f/\\:*?"<>|]|^\.|[. ]$|^$/)
        expect(Buffer.byteLength(safe)).toBeLessThanOrEqual(140)
        if (one.normalize('NFC') !== other.normalize('NFC')) expect(safeName(other)).not.toBe(safe)
      }),
    )
  })

  it('is split before the last dot', () => {
    expect(splitName('a.tar.gz')).toEqual(['a.tar', '.gz'])
    expect(splitName('.profile')).toEqual(['.profile', ''])
    expect(splitName('x')).toEqual(['x', ''])
  })
})
