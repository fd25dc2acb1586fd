import fc from 'fast-check'
import { deflateRawSync } from 'node:zlib'
import * as xlsx from '@e965/xlsx'
import { describe, expect, it } from 'vitest'
import { withGuard, withoutGuard } from './delimited.ts'
import { readTable } from './readTable.ts'
import { readCents, readDay, readLocation, readMacs, readMemory, readUuid } from './values.ts'
import { writeCsv, writeXlsx } from './writeTables.ts'

const utf8 = (text: string): Uint8Array => Buffer.from(text, 'utf8')
const bom16 = (text: string): Buffer => Buffer.from(`\ufeff${text}`, 'utf16le')
const refusal = (code: string): object => expect.objectContaining({ code }) as object

const french = 'Nom;Numéro de série\r\nÉlève à côté;É12\r\n'
const expected = { heads: ['Nom', 'Numéro de série'], rows: [{ line: 2, cells: ['Élève à côté', 'É12'] }] }

describe('text', () => {
  it.each<[string, Uint8Array, string]>([
    ['UTF-8', utf8(french), 'utf-8'],
    ['UTF-8 with a byte order mark', utf8(`\ufeff${french}`), 'utf-8'],
    ['ISO-8859-1', Buffer.from(french, 'latin1'), 'windows-1252'],
    ['UTF-16 with a byte order mark', bom16(french), 'utf-16le'],
    ['UTF-16 without one', Buffer.from(french, 'utf16le'), 'utf-16le'],
    ['UTF-16 the other way round', bom16(french).swap16(), 'utf-16be'],
  ])('in %s is told and read', (_, bytes, encoding) => {
    expect(readTable(bytes)).toMatchObject({ ...expected, encoding, separator: ';' })
  })

  it('in Windows-1252 has its euro, œ and quotes', () => {
    const bytes = Buffer.concat([Buffer.from('Nom;Prix\n'), Buffer.from([0x93, 0x9c, 0x94, 0x3b, 0x31, 0x80, 0x0a])])
    expect(readTable(bytes).rows[0]?.cells).toEqual(['“œ”', '1€'])
  })

  it('is read in another encoding when that is asked for', () => {
    expect(readTable(utf8('a;b\né;1'), { encoding: 'windows-1252' }).rows[0]?.cells).toEqual(['Ã©', '1'])
  })

  it.each([';', ',', '\t', '|'] as const)('parted by %j is told by its columns', (separator) => {
    const row = (...cells: string[]): string => cells.join(separator)
    const text = [row('Name', 'Model', 'Notes'), row('PC-1', 'A', '"x; y, z"'), row('PC-2', 'B', '')].join('\n')
    expect(readTable(utf8(text))).toMatchObject({ separator, heads: ['Name', 'Model', 'Notes'] })
  })

  it('obeys the line that Excel writes before the heads, and counts as a spreadsheet does', () => {
    const text = 'sep=;\r\nNom;Notes\r\n\r\nA;"deux\r\nlignes, ""citées"""\r\n;\r\nB;x'
    expect(readTable(utf8(text)).rows).toEqual([
      { line: 3, cells: ['A', 'deux\r\nlignes, "citées"'] },
      { line: 5, cells: ['B', 'x'] },
    ])
  })

  it.each<[string, Uint8Array, string]>([
    ['nothing', utf8(''), 'exchange.fileEmpty'],
    ['heads alone', utf8('Nom;Série\n'), 'exchange.fileEmpty'],
    ['a picture', Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex'), 'exchange.fileUnreadable'],
    ['broken JSON', utf8('{"content": {'), 'exchange.fileUnreadable'],
    ['JSON that is no inventory', utf8('[1, 2]'), 'exchange.fileUnreadable'],
    ['a thousand columns', utf8(`${'a;'.repeat(1000)}\n1`), 'exchange.fileTooLarge'],
  ])('that is %s is refused', (_, bytes, code) => {
    expect(() => readTable(bytes)).toThrow(refusal(code))
  })

  it('of any bytes gives a table or a refusal', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        try {
          return readTable(bytes).rows.length > 0
        } catch (error) {
          return String((error as { code?: string }).code).startsWith('exchange.')
        }
      }),
      { numRuns: 2000 },
    )
  })
})

describe('workbooks', () => {
  const rows = [
    ['Nom', 'Date d’achat', 'Prix', 'N°'],
    ['Écran', new Date(2024, 1, 29), 12.5, '007'],
  ]
  const bytesOf = (bookType: 'xlsx' | 'ods'): Uint8Array => {
    const book = xlsx.utils.book_new()
    xlsx.utils.book_append_sheet(book, xlsx.utils.aoa_to_sheet([['vide'], ['x']]), 'Autre')
    xlsx.utils.book_append_sheet(book, xlsx.utils.aoa_to_sheet(rows), 'Parc')
    return new Uint8Array(xlsx.write(book, { type: 'array', bookType, compression: true }) as ArrayBuffer)
  }

  it.each(['xlsx', 'ods'] as const)('of kind %s are read, the sheet that is asked for, with days as days', (kind) => {
    expect(readTable(bytesOf(kind))).toMatchObject({ kind: 'workbook', sheet: 'Autre', sheets: ['Autre', 'Parc'] })
    expect(readTable(bytesOf(kind), { sheet: 'Parc' })).toMatchObject({
      heads: ['Nom', 'Date d’achat', 'Prix', 'N°'],
      rows: [{ line: 2, cells: ['Écran', '2024-02-29', '12.5', '007'] }],
    })
  })

  it('that would fill the memory are refused before they are unpacked', () => {
    expect(() => readTable(bomb(400))).toThrow(refusal('exchange.fileTooLarge'))
  }, 30_000)

  it('that are cut short or no workbook at all are refused', () => {
    const whole = bytesOf('xlsx')
    for (const length of [4, 100, whole.length - 30])
      expect(() => readTable(whole.subarray(0, length))).toThrow(refusal('exchange.fileUnreadable'))
    expect(() => readTable(bomb(0))).toThrow(refusal('exchange.fileUnreadable'))
  })

  /** A zip whose one part is that many megabytes of zeros, and says that it is small. */
  function bomb(megabytes: number): Uint8Array {
    const packed = deflateRawSync(Buffer.alloc(megabytes * 1024 * 1024), { level: 9 })
    const name = Buffer.from('xl/workbook.xml')
    const local = Buffer.alloc(30)
    local.writeUInt32LE(0x04034b50)
    local.writeUInt16LE(8, 8)
    local.writeUInt32LE(packed.length, 18)
    local.writeUInt32LE(100, 22)
    local.writeUInt16LE(name.length, 26)
    const central = Buffer.alloc(46)
    central.writeUInt32LE(0x02014b50)
    central.writeUInt16LE(8, 10)
    central.writeUInt32LE(packed.length, 20)
    central.writeUInt32LE(100, 24)
    central.writeUInt16LE(name.length, 28)
    const end = Buffer.alloc(22)
    end.writeUInt32LE(0x06054b50)
    end.writeUInt16LE(1, 8)
    end.writeUInt16LE(1, 10)
    end.writeUInt32LE(46 + name.length, 12)
    end.writeUInt32LE(30 + name.length + packed.length, 16)
    return Buffer.concat([local, name, packed, central, name, end])
  }
})

describe('cells', () => {
  it.each([
    ['2024-03-01', '2024-03-01'],
    ['2024-03-01 10:20:00', '2024-03-01'],
    ['01/03/2024', '2024-03-01'],
    ['1.3.24', '2024-03-01'],
    ['12/31/2024', '2024-12-31'],
    ['31-12-2024 00:00', '2024-12-31'],
    ['31/02/2024', undefined],
    ['hier', undefined],
    ['2024', undefined],
  ])('the day %s is %s', (text, day) => expect(readDay(text)).toBe(day))

  it.each([
    ['1 234,56 €', 123_456],
    ['1,234.56', 123_456],
    ['1.234,5', 123_450],
    ['1\u202f234', 123_400],
    ['12', 1200],
    ['$899.00', 89_900],
    ['gratuit', undefined],
    ['-5', undefined],
  ])('the price %s is %s cents', (text, cents) => expect(readCents(text)).toBe(cents))

  it('memory, MACs, UUIDs and places are read as they are written', () => {
    expect(['8192', '8 Go', '16GiB', '0', 'x'].map(readMemory)).toEqual([8192, 8192, 16_384, undefined, undefined])
    expect(readMacs('52-54-00-12-34-AB, 5254.0012.34ab 02:00:00:00:00:01')).toEqual([
      '02:00:00:00:00:01',
      '52:54:00:12:34:ab',
    ])
    expect(readMacs('52:54:00')).toBeUndefined()
    expect(readUuid('{4C4C4544-0042-3510-8052-B4C04F4E4831}')).toBe('4c4c4544-0042-3510-8052-b4c04f4e4831')
    expect(readLocation('Site A > Bâtiment  B>Salle 12')).toBe('Site A / Bâtiment B / Salle 12')
  })
})

describe('what is written', () => {
  it('is never run as a formula, and comes back as it was', () => {
    for (const text of ['=1+1', '@SUM(A1)', '+33 1 23', '-x', '\tx', "'=1", "''=1", '-5', 'x=1', "'x"])
      expect(withoutGuard(withGuard(text))).toBe(text)
    expect(withGuard('=1+1')).toBe("'=1+1")
    expect(withGuard('-5')).toBe('-5')
  })

  const cell = fc
    .oneof(fc.string({ unit: 'grapheme' }), fc.constantFrom('=A1', "'", '"', ';', ',', 'é\nè', '007', '1e5', 'TRUE'))
    .map((text) => text.replace(/(?![\t\n\r])[\p{Cc}\p{Cs}\p{Cn}]/gu, '').trim())
  const tables = fc
    .tuple(fc.integer({ min: 2, max: 6 }), fc.integer({ min: 1, max: 8 }))
    .chain(([columns, rows]) =>
      fc.array(fc.array(cell, { minLength: columns, maxLength: columns }), { minLength: rows, maxLength: rows }),
    )
    .map((rows) => [
      ['Nom', ...Array.from({ length: (rows[0]?.length ?? 2) - 1 }, (_, n) => `Colonne ${n}`)],
      ...rows.map(([first = '', ...rest]) => [first || 'x', ...rest]),
    ])

  it('as CSV is read as the same table, in both languages', () => {
    fc.assert(
      fc.property(tables, fc.constantFrom('fr' as const, 'en' as const), (rows, language) => {
        const table = readTable(utf8(writeCsv(rows, language)))
        expect([table.heads, ...table.rows.map(({ cells }) => cells)]).toEqual(rows)
      }),
      { numRuns: 300 },
    )
  })

  it('as XLSX is read as the same table', () => {
    fc.assert(
      fc.property(tables, (rows) => {
        const table = readTable(writeXlsx(rows, 'Parc'))
        const normal = (text: string): string => text.replace(/\r\n?/g, '\n')
        expect([table.heads, ...table.rows.map(({ cells }) => rows[0]!.map((_, n) => normal(cells[n] ?? '')))]).toEqual(
          rows.map((row) => row.map(normal)),
        )
      }),
      { numRuns: 60 },
    )
  })
})
