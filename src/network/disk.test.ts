import { statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { freeDiskBytes } from './disk.ts'

it('tells the room where a folder would be made', async () => {
  const { blocks, bsize } = statfsSync(tmpdir())
  const free = await freeDiskBytes(join(tmpdir(), 'not', 'there', 'yet'))
  expect(free).toBeGreaterThan(0)
  expect(free).toBeLessThanOrEqual(blocks * bsize)
})

it('does not take a file for a folder', async () => {
  await expect(freeDiskBytes(join(import.meta.filename, 'below'))).rejects.toMatchObject({ code: 'ENOTDIR' })
})
