import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { CodedError } from '../contract/index.ts'
import { namesOf } from './requestPath.ts'

const refusal = (path: string) => {
  try {
    return { names: namesOf(path) }
  } catch (error) {
    if (error instanceof CodedError) return { code: error.code, reason: error.details.reason }
    throw error
  }
}

describe('namesOf', () => {
  it.each([
    ['undionly.kpxe', ['undionly.kpxe']],
    ['/undionly.kpxe', ['undionly.kpxe']],
    ['//boot///ipxe.efi', ['boot', 'ipxe.efi']],
    ['\\Boot\\BCD', ['Boot', 'BCD']],
    ['./boot/./x', ['boot', 'x']],
    ['boot/../x', ['x']],
    ['boot/sub/../../x', ['x']],
    ['tftp://192.168.60.1/boot/x', ['boot', 'x']],
    ['/tftp://192.168.60.1/x', ['x']],
    ['TFTP:/192.168.60.1/x', ['x']],
    ['http://192.168.60.1:8080/x', ['x']],
    ['x/', ['x']],
    ['été/sujet n°1.pdf', ['été', 'sujet n°1.pdf']],
    ['.hidden', ['.hidden']],
    ['console.img', ['console.img']],
  ])('%s -> %j', (path, names) => expect(refusal(path)).toEqual({ names }))

  it.each([
    ['../x', 'content.outsideRoot'],
    ['/../x', 'content.outsideRoot'],
    ['..\\x', 'content.outsideRoot'],
    ['a/../../x', 'content.outsideRoot'],
    ['a/b/../../../x', 'content.outsideRoot'],
    ['tftp://192.168.60.1/../x', 'content.outsideRoot'],
    ['..', 'content.outsideRoot'],
    ['', 'content.notAFile'],
    ['/', 'content.notAFile'],
    ['.', 'content.notAFile'],
    ['a\0b', 'content.notAFile'],
    ['a\nb', 'content.notAFile'],
    ['boot/x\0.efi', 'content.notAFile'],
    ['C:/Windows/system.ini', 'content.notAFile'],
    ['x.txt::$DATA', 'content.notAFile'],
    ['NUL', 'content.notAFile'],
    ['nul.txt', 'content.notAFile'],
    ['boot/Con', 'content.notAFile'],
    ['com1', 'content.notAFile'],
    ['LPT9.img', 'content.notAFile'],
    ['CONIN$', 'content.notAFile'],
    ['aux .txt', 'content.notAFile'],
    ['x.', 'content.notAFile'],
    ['x ', 'content.notAFile'],
    ['.../x', 'content.notAFile'],
    ['n'.repeat(256), 'content.notAFile'],
    ['é'.repeat(128), 'content.notAFile'],
    ['a/'.repeat(600), 'content.notAFile'],
  ])('%j is refused: %s', (path, code) => expect(refusal(path)).toMatchObject({ code }))

  it('never lets a name through that climbs, separates or ends a string', () => {
    const piece = fc.oneof(
      fc.constantFrom('..', '.', '/', '\\', '\0', ':', ' ', 'a', 'NUL', 'tftp://h/', '%2e', '\u2025'),
      fc.string(),
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        for (const name of refusal(pieces.join('')).names ?? []) {
          expect(name).not.toMatch(/[/\\\0:]/)
          expect(['', '.', '..']).not.toContain(name)
        }
      }),
      { numRuns: 2000 },
    )
  })
})
