import type { Clock } from '../base/index.ts'
import { CodedError, usualPurpose, type ProfileInput } from '../contract/index.ts'
import { readUntilWritten, type Database } from '../storage/index.ts'
import { checkProfile, type BootProfile } from './script.ts'

/** The boot profiles. One of them is always the default, and one always sends a machine to its own disk. */
export interface Profiles {
  /** By name. */
  list(): BootProfile[]
  /** @throws CodedError `boot.profileNotFound` */
  get(id: number): BootProfile
  /** @throws CodedError `boot.profileInvalid` */
  add(profile: ProfileInput): BootProfile
  /** @throws CodedError `boot.profileNotFound`, `boot.profileInvalid` */
  update(id: number, profile: ProfileInput): BootProfile
  /**
   * When it was the default, a local disk profile becomes it.
   * @throws CodedError `boot.profileNotFound`, `boot.profileInvalid` (`reason: 'lastLocalDisk'`)
   */
  remove(id: number): void
  /** @throws CodedError `boot.profileNotFound` */
  makeDefault(id: number): BootProfile
  default(): BootProfile
  /** What a machine boots on a day without an exam: the first local disk. */
  everyday(): BootProfile
}

interface ProfileRow {
  id: number
  name: string
  system: BootProfile['system']
  purpose: BootProfile['purpose']
  kernel: string
  initrds: string
  command_line: string
  winpe_task: BootProfile['winpeTask']
  is_default: number
}

/** The profile that is there from the start: it changes nothing on any machine. */
const localDisk: ProfileInput = {
  name: 'Disque local',
  system: 'localDisk',
  kernel: '',
  initrds: [],
  commandLine: '',
}

export function createProfiles(database: Database, clock: Clock): Profiles {
  const selectAll = database.prepare<[], ProfileRow>('SELECT * FROM boot_profiles ORDER BY name COLLATE NOCASE, id')
  const selectOne = database.prepare<[number], ProfileRow>('SELECT * FROM boot_profiles WHERE id = ?')
  const selectDefault = database.prepare<[], ProfileRow>('SELECT * FROM boot_profiles WHERE is_default = 1')
  const selectLocalDisks = database.prepare<[], ProfileRow>(
    "SELECT * FROM boot_profiles WHERE system = 'localDisk' ORDER BY purpose <> 'everyday', id",
  )
  const insert = database.prepare(`
    INSERT INTO boot_profiles (name, system, purpose, kernel, initrds, command_line, winpe_task, created_at)
    VALUES (@name, @system, @purpose, @kernel, @initrds, @commandLine, @winpeTask, @createdAt)`)
  const change = database.prepare(`
    UPDATE boot_profiles
    SET name = @name, system = @system, purpose = @purpose, kernel = @kernel, initrds = @initrds, command_line = @commandLine,
      winpe_task = @winpeTask
    WHERE id = @id`)
  const deleteOne = database.prepare<[number]>('DELETE FROM boot_profiles WHERE id = ?')
  const clearDefault = database.prepare('UPDATE boot_profiles SET is_default = 0 WHERE is_default = 1')
  const setDefault = database.prepare<[number]>('UPDATE boot_profiles SET is_default = 1 WHERE id = ?')

  // Asked for with every heartbeat.
  const list = readUntilWritten(database, () => selectAll.all().map(fromRow))
  const byDefault = readUntilWritten(database, () => fromRow(selectDefault.get()!))
  const everyday = readUntilWritten(database, () => fromRow(selectLocalDisks.get()!))

  const get = (id: number): BootProfile => {
    const row = selectOne.get(id)
    if (!row) throw new CodedError('boot.profileNotFound', `no boot profile ${id}`, { id })
    return fromRow(row)
  }

  const moveDefault = (id: number): void => {
    clearDefault.run()
    setDefault.run(id)
  }

  const keepOneLocalDisk = (leaving: BootProfile): void => {
    if (leaving.system !== 'localDisk' || selectLocalDisks.all().length > 1) return
    throw new CodedError('boot.profileInvalid', 'one local disk profile is always kept', {
      field: 'system',
      reason: 'lastLocalDisk',
      value: leaving.name,
    })
  }

  const addRow = (profile: ProfileInput): number =>
    Number(insert.run({ ...toColumns(profile), createdAt: clock.now() }).lastInsertRowid)

  database.transaction(() => {
    const local = selectLocalDisks.get()?.id ?? addRow(localDisk)
    if (!selectDefault.get()) setDefault.run(local)
  })()

  return {
    list,
    get,
    add(profile) {
      checkProfile(profile)
      return get(addRow(profile))
    },
    update: database.transaction((id: number, profile: ProfileInput) => {
      const before = get(id)
      checkProfile(profile)
      if (profile.system !== 'localDisk') keepOneLocalDisk(before)
      change.run({ ...toColumns(profile), id })
      return get(id)
    }),
    remove: database.transaction((id: number) => {
      const leaving = get(id)
      keepOneLocalDisk(leaving)
      deleteOne.run(id)
      if (leaving.isDefault) setDefault.run(selectLocalDisks.get()!.id)
    }),
    makeDefault: database.transaction((id: number) => {
      get(id)
      moveDefault(id)
      return get(id)
    }),
    default: byDefault,
    everyday,
  }
}

/** A local disk profile names no files, and only Windows PE has a task, whatever the form still held. */
function toColumns({ name, system, kernel, initrds, commandLine, ...rest }: ProfileInput): Record<string, string> {
  const purpose = rest.purpose ?? usualPurpose[system]
  const winpeTask = system === 'windows' ? (rest.winpeTask ?? 'none') : 'none'
  return system === 'localDisk'
    ? { name, system, purpose, kernel: '', initrds: '[]', commandLine: '', winpeTask }
    : { name, system, purpose, kernel, initrds: JSON.stringify(initrds), commandLine: commandLine.trim(), winpeTask }
}

const fromRow = (row: ProfileRow): BootProfile => ({
  id: row.id,
  name: row.name,
  system: row.system,
  purpose: row.purpose,
  kernel: row.kernel,
  initrds: JSON.parse(row.initrds) as string[],
  commandLine: row.command_line,
  winpeTask: row.winpe_task,
  isDefault: row.is_default === 1,
})
