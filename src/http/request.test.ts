import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { contentTypeOf } from './contentType.ts'
import { parseTarget } from './request.ts'

describe('parseTarget', () => {
  it.each([
    ['/', '/', ''],
    ['/a/b.efi', '/a/b.efi', ''],
    ['/sujet%20n%C2%B01.pdf', '/sujet n°1.pdf', ''],
    ['/a?mac=52%3A54&x=1', '/a', 'mac=52%3A54&x=1'],
    ['?x=1', '/', 'x=1'],
    ['http://192.168.60.1:8080/a?x=1', '/a', 'x=1'],
    ['http://192.168.60.1', '/', ''],
    ['/%2e%2e/%2E%2e%5cx', '/../..\\x', ''],
    ['/%252e%252e/x', '/%2e%2e/x', ''],
    ['/a%00b', '/a\0b', ''],
    ['//double//slash', '//double//slash', ''],
  ])('%s', (target, path, query) => {
    const parsed = parseTarget(target)
    expect(parsed?.path).toBe(path)
    expect(parsed?.query.toString()).toBe(query)
  })

  it.each(['*', '192.168.60.1:443', '/%', '/%zz', '/%c3', '/%ff', 'boot.ipxe', 'ftp://x/y'])(
    '%s is no path',
    (target) => expect(parseTarget(target)).toBeUndefined(),
  )

  it('never throws', () => {
    const piece = fc.oneof(fc.constantFrom('%', '%2', '/', '?', '#', '%00', 'http://', '%u0041'), fc.string())
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        expect(parseTarget(pieces.join(''))?.path ?? '/').toMatch(/^\//)
      }),
      { numRuns: 2000 },
    )
  })
})

it.each([
  ['EFI/BOOT/BOOTX64.EFI', 'application/efi'],
  ['boot.ipxe', 'text/plain; charset=utf-8'],
  ['live/filesystem.squashfs', 'application/octet-stream'],
  ['vmlinuz', 'application/octet-stream'],
  ['html', 'text/html; charset=utf-8'],
  ['a.constructor', 'application/octet-stream'],
])('contentTypeOf(%s)', (path, type) => expect(contentTypeOf(path)).toBe(type))
