import fc from 'fast-check'
import { beforeEach, describe, expect, it } from 'vitest'
import { silentLogger } from '../base/index.ts'
import { CodedError, commands, type CommandName, type Reply } from '../contract/index.ts'
import type { House } from '../house/index.ts'
import { answerCommand } from './answerCommand.ts'

// What a page may send through the bridge is anything that can be cloned. Handlers must only ever see what their schema
// accepts, and the page must always get an answer.

interface Call {
  name: CommandName
  argument: unknown
}

const names = Object.keys(commands) as CommandName[]
let calls: Call[]
let handlers: House['commands']
let locked: CommandName[]

const pin: Pick<House['pin'], 'mustAllow'> = {
  mustAllow: (name: CommandName) => {
    if (locked.includes(name)) throw new CodedError('pin.needed', `${name} is locked`)
  },
}

beforeEach(() => {
  calls = []
  locked = []
  handlers = Object.fromEntries(
    names.map((name) => [name, (argument: unknown) => calls.push({ name, argument })]),
  ) as unknown as House['commands']
})

const ask = (name: unknown, input?: unknown): Promise<Reply<unknown>> =>
  answerCommand({ commands: handlers, pin }, name, input, silentLogger)
const invalid = { ok: false, error: { code: 'input.invalid' } }
const item = {
  assetTag: ' PC-1 ',
  type: 'pc',
  manufacturer: '',
  model: '',
  serial: '',
  macs: ['52-54-00-12-34-AB'],
  uuid: '',
  location: '',
  state: 'inService',
  notes: '',
}

describe('which command', () => {
  it.each<[string, unknown]>([
    ['a name nobody knows', 'exam.explode'],
    ['no name', undefined],
    ['an empty name', ''],
    ['the prototype', '__proto__'],
    ['the constructor', 'constructor'],
    ['a method of every object', 'hasOwnProperty'],
    ['toString', 'toString'],
    ['another case', 'EXAM.START'],
    ['a name with a space', ' exam.stop'],
    ['a number', 7],
    ['an array that reads like a name', ['exam.stop']],
    ['an object that reads like a name', { toString: () => 'exam.stop' }],
    ['an object that reads like nothing', Object.create(null)],
    ['a symbol', Symbol('exam.stop')],
    ['a name of a million characters', 'exam.stop'.repeat(111_111)],
  ])('%s is refused', async (_, name) => {
    const reply = await ask(name)
    expect(reply).toMatchObject(invalid)
    expect(JSON.stringify(reply).length).toBeLessThan(200)
    expect(calls).toEqual([])
  })
})

describe('with what', () => {
  it.each<[string, CommandName, unknown]>([
    ['an argument where none is taken', 'exam.stop', { force: true }],
    ['null where none is taken', 'exam.stop', null],
    ['text for a flag', 'exam.start', { acceptWarnings: 'yes' }],
    ['nothing for an object', 'exam.start', undefined],
    ['an array for an object', 'exam.start', [true]],
    ['a service that there is not', 'service.restart', 'dns'],
    ['the prototype for a service', 'service.restart', '__proto__'],
    ['half a MAC', 'machine.forget', '52:54:00'],
    ['a MAC of a million characters', 'machine.watch', '5'.repeat(1_000_000)],
    ['an address with a fifth part', 'nic.setAddress', { nic: 'a', address: '10.0.0.1.1', prefix: 24 }],
    ['an address with a line after it', 'nic.setAddress', { nic: 'a', address: '10.0.0.1\nlink set', prefix: 24 }],
    ['a prefix of half a bit', 'nic.setAddress', { nic: 'a', address: '10.0.0.1', prefix: 8.5 }],
    ['a prefix that is no number', 'nic.setAddress', { nic: 'a', address: '10.0.0.1', prefix: NaN }],
    ['a NIC without a name', 'nic.choose', ''],
    ['a NIC with a name of a million characters', 'nic.choose', 'x'.repeat(1_000_000)],
    ['an id below one', 'stock.get', 0],
    ['an id that is text', 'stock.get', '1'],
    ['an id past what is counted exactly', 'stock.get', Number.MAX_VALUE],
    ['infinitely many items', 'stock.list', { ...{ search: '', states: [], types: [] }, limit: Infinity }],
    ['a column that there is not', 'stock.list', listOf({ sort: 'id; DROP TABLE items' })],
    ['an item with seventeen MACs', 'stock.add', { ...item, macs: Array<string>(17).fill('52:54:00:00:00:01') }],
    ['an item with a blank tag', 'stock.add', { ...item, assetTag: '   ' }],
    ['notes of a megabyte', 'stock.add', { ...item, notes: 'x'.repeat(1_000_000) }],
    ['a file above the folder', 'bootFiles.remove', '../amorce.sqlite'],
    ['a file from the root', 'bootFiles.remove', '/etc/passwd'],
    ['a file by a Windows path', 'bootFiles.remove', 'a\\..\\..\\b'],
    ['a file after a zero', 'bootFiles.remove', 'a\0b'],
    ['a second line on the kernel command line', 'profile.add', profileWith({ commandLine: 'quiet\nimgfree' })],
    ['a port of 65536', 'settings.save', { httpPort: 65_536 }],
    ['a language nobody wrote', 'settings.save', { language: 'tlh' }],
    ['a journal of half a million lines', 'journal.list', { groups: [], mac: '', search: '', before: 0, limit: 5e5 }],
  ])('%s is refused', async (_, name, input) => {
    const reply = await ask(name, input)
    expect(reply).toMatchObject(invalid)
    expect(JSON.stringify(reply).length).toBeLessThan(1000)
    expect(calls).toEqual([])
  })

  it('says which field was wrong', async () => {
    expect(await ask('settings.save', { httpPort: 0 })).toMatchObject({ error: { details: { field: 'httpPort' } } })
  })

  it('hands over what the schema made of it, not what was sent', async () => {
    expect((await ask('stock.add', { ...item, admin: true })).ok).toBe(true)
    expect(calls).toEqual([{ name: 'stock.add', argument: { ...item, assetTag: 'PC-1', macs: ['52:54:00:12:34:ab'] } }])
  })

  it('keeps prototypes clean and out of the argument', async () => {
    const sent = JSON.parse('{"roomName":"B12","__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}')
    expect((await ask('settings.save', sent)).ok).toBe(true)
    const [call] = calls
    expect(Object.keys(call?.argument as object)).toEqual(['roomName'])
    expect(Object.getPrototypeOf(call?.argument)).toBe(Object.prototype)
    expect(({} as { polluted?: number }).polluted).toBeUndefined()
  })
})

describe('the technician’s PIN', () => {
  it('is asked for after the schema and before the command', async () => {
    locked = ['exam.stop', 'settings.save']
    expect(await ask('exam.stop')).toMatchObject({ ok: false, error: { code: 'pin.needed' } })
    expect(await ask('settings.save', { httpPort: 0 })).toMatchObject(invalid)
    expect(calls).toEqual([])
    expect((await ask('stock.get', 7)).ok).toBe(true)
  })
})

describe('what comes back', () => {
  it.each<[string, unknown, object]>([
    ['a coded error, whole', new CodedError('stock.itemNotFound', 'no item 7', { id: 7 }), { details: { id: 7 } }],
    ['any other error as internal', new TypeError('x is not a function'), { code: 'internal', details: {} }],
    ['something thrown that is no error', 'thrown', { code: 'internal', message: 'thrown' }],
  ])('%s', async (_, thrown, error) => {
    const failing = (): never => {
      throw thrown
    }
    const failingLater = (): Promise<never> => Promise.reject(thrown)
    for (const handler of [failing, failingLater])
      expect(
        await answerCommand({ commands: { ...handlers, 'stock.get': handler }, pin }, 'stock.get', 7, silentLogger),
      ).toMatchObject({ ok: false, error })
  })
})

describe('whatever a page sends', () => {
  // Words that the schemas know, so that a good part of what is made up comes close to what they accept.
  const words = fc.constantFrom(
    ...['__proto__', 'constructor', 'toString', 'dhcp', 'pc', 'spare', 'linux', '52:54:00:12:34:56', '10.0.0.1', ''],
    ...Object.keys(item),
    ...['search', 'states', 'types', 'sort', 'descending', 'offset', 'limit', 'id', 'item', 'nic', 'address', 'prefix'],
  )
  const value: fc.Arbitrary<unknown> = fc.oneof(
    { weight: 2, arbitrary: words },
    { weight: 1, arbitrary: fc.constantFrom(undefined, null, true, NaN, -0, Infinity, 1, 24, 10n) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 300 }) },
    {
      weight: 3,
      arbitrary: fc.dictionary(
        words,
        fc.oneof(
          words,
          fc.anything({ maxDepth: 1, maxKeys: 3, withDate: true, withMap: true, withSet: true, withBigInt: true }),
        ),
      ),
    },
    {
      weight: 3,
      arbitrary: fc.anything({
        key: words,
        maxDepth: 2,
        maxKeys: 4,
        withNullPrototype: true,
        withTypedArray: true,
        withSparseArray: true,
        withBoxedValues: true,
      }),
    },
  )

  it('is answered, and no handler sees what its schema would not accept', async () => {
    let accepted = 0
    // Plain comparisons: a hundred thousand `expect`s would be most of the time.
    const isSound = (reply: Reply<unknown>): boolean => {
      if (!reply.ok) return calls.length === 0 && reply.error.code === 'input.invalid'
      const [call, ...more] = calls
      accepted++
      return !!call && more.length === 0 && commands[call.name].input.safeParse(call.argument).success
    }
    await fc.assert(
      fc.asyncProperty(fc.oneof(fc.constantFrom<unknown>(...names), value), value, async (name, input) => {
        calls = []
        return isSound(await ask(name, input))
      }),
      { numRuns: 100_000 },
    )
    expect(accepted).toBeGreaterThan(100)
    expect(Object.keys(Object.prototype)).toEqual([])
  })
})

function listOf(changes: object): object {
  return { search: '', states: [], types: [], sort: 'model', descending: false, offset: 0, limit: 50, ...changes }
}

function profileWith(changes: object): object {
  return { name: 'Exam', system: 'linux', kernel: 'vmlinuz', initrds: [], commandLine: '', ...changes }
}
