import { beforeEach, describe, expect, it } from 'vitest'
import { ManualClock } from '../base/index.ts'
import type { ProfileInput } from '../contract/index.ts'
import { openDatabase, type Database } from '../storage/index.ts'
import { createProfiles, type Profiles } from './profiles.ts'

const linux: ProfileInput = {
  name: 'Debian exam',
  system: 'linux',
  kernel: 'debian/vmlinuz',
  initrds: ['debian/initrd.img', 'overlay.img'],
  commandLine: ' boot=live ',
}
const localDisk: ProfileInput = { ...linux, name: 'Rien', system: 'localDisk' }

let database: Database
let profiles: Profiles
beforeEach(() => {
  database = openDatabase({ path: ':memory:', nativeBinding: process.env.AMORCE_SQLITE_BINDING })
  profiles = createProfiles(database, new ManualClock())
})

const refusal = (code: string, details: object): object =>
  expect.objectContaining({ code, details: expect.objectContaining(details) as object }) as object

describe('the first start', () => {
  it('has one profile, which changes nothing on any machine', () => {
    expect(profiles.list()).toEqual([
      {
        ...{ id: 1, name: 'Disque local', system: 'localDisk', purpose: 'everyday' },
        ...{ kernel: '', initrds: [], commandLine: '', winpeTask: 'none', isDefault: true },
      },
    ])
    expect(profiles.default().name).toBe('Disque local')
  })

  it('happens once', () => {
    profiles.makeDefault(profiles.add(linux).id)
    const again = createProfiles(database, new ManualClock())
    expect(again.list()).toEqual(profiles.list())
    expect(again.default().name).toBe('Debian exam')
  })
})

describe('profiles', () => {
  it('come back as they were written', () => {
    const added = profiles.add(linux)
    const unsaid = { purpose: 'exam', winpeTask: 'none', isDefault: false }
    expect(added).toEqual({ ...linux, ...unsaid, commandLine: 'boot=live', id: added.id })
    expect(profiles.get(added.id)).toEqual(added)
    expect(profiles.list().map((profile) => profile.name)).toEqual(['Debian exam', 'Disque local'])
  })

  it('are for what a person says, else for what is usual', () => {
    expect(profiles.add({ ...linux, purpose: 'maintenance' }).purpose).toBe('maintenance')
    expect(profiles.add({ ...linux, system: 'localDisk', purpose: 'exam' }).purpose).toBe('exam')
    expect(profiles.everyday().name).toBe('Disque local')
  })

  it('are changed', () => {
    const { id } = profiles.add(linux)
    expect(profiles.update(id, { ...linux, name: 'Debian 13', initrds: [] })).toMatchObject({
      id,
      name: 'Debian 13',
      initrds: [],
    })
    expect(profiles.get(id).name).toBe('Debian 13')
  })

  it('of the local disk keep no files that the form still held', () => {
    expect(profiles.add(localDisk)).toMatchObject({ kernel: '', initrds: [], commandLine: '' })
  })

  it('that no script can carry are refused, and nothing is written', () => {
    const { id } = profiles.add(linux)
    const before = profiles.list()
    const bad = { ...linux, commandLine: '${net0/mac}' }
    expect(() => profiles.add(bad)).toThrow(refusal('boot.profileInvalid', { reason: 'expansion' }))
    expect(() => profiles.update(id, bad)).toThrow(refusal('boot.profileInvalid', { reason: 'expansion' }))
    expect(profiles.list()).toEqual(before)
  })

  it('that are not there are said not to be', () => {
    for (const act of [profiles.get, profiles.remove, profiles.makeDefault, (id: number) => profiles.update(id, linux)])
      expect(() => act(99)).toThrow(refusal('boot.profileNotFound', { id: 99 }))
  })
})

describe('the default', () => {
  it('is one, and moves', () => {
    const { id } = profiles.add(linux)
    expect(profiles.makeDefault(id)).toMatchObject({ id, isDefault: true })
    expect(profiles.list().filter((profile) => profile.isDefault)).toHaveLength(1)
    expect(profiles.default().id).toBe(id)
  })

  it('falls back to the local disk when it is removed', () => {
    const { id } = profiles.add(linux)
    profiles.makeDefault(id)
    profiles.remove(id)
    expect(profiles.default().system).toBe('localDisk')
  })
})

describe('the local disk', () => {
  it('always stays: the last such profile can neither be removed nor made into another', () => {
    const lastLocalDisk = refusal('boot.profileInvalid', { reason: 'lastLocalDisk' })
    expect(() => profiles.remove(1)).toThrow(lastLocalDisk)
    expect(() => profiles.update(1, linux)).toThrow(lastLocalDisk)
    expect(profiles.update(1, { ...localDisk, name: 'Disque dur' }).name).toBe('Disque dur')
  })

  it('may go when there is another such profile', () => {
    const other = profiles.add(localDisk)
    profiles.remove(1)
    expect(profiles.default().id).toBe(other.id)
  })
})
