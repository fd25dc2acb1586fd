import { afterEach, beforeEach } from 'vitest'
import type { House, HouseOptions } from '../index.ts'
import { openTestHouse, temporaryFolder } from './testHouse.ts'

export interface OwnHouse {
  /** The one that is open now. */
  readonly house: House
  readonly folder: string
  /** Closes it and opens it on the same data, as it was or otherwise. */
  reopen(changes?: Partial<HouseOptions>): Promise<void>
}

/** Gives each test of a file, or of a group, a house in a folder of its own, both gone after it. */
export function useHouse(options: Partial<HouseOptions> = {}): OwnHouse {
  let open: { house: House; folder: ReturnType<typeof temporaryFolder> } | undefined
  const own = (): NonNullable<typeof open> => {
    if (!open) throw new Error('a house is there only while a test runs')
    return open
  }
  beforeEach(async () => {
    const folder = temporaryFolder()
    open = { folder, house: await openTestHouse(folder.path, options) }
  })
  afterEach(async () => {
    const { house, folder } = own()
    open = undefined
    await house.close()
    folder.remove()
  })
  return {
    get house() {
      return own().house
    },
    get folder() {
      return own().folder.path
    },
    async reopen(changes = options) {
      const { house, folder } = own()
      await house.close()
      open = { folder, house: await openTestHouse(folder.path, changes) }
    },
  }
}
