import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase, type Database } from '../database.ts'
import { migrations } from './index.ts'

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'amorce-wiping-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const open = (wanted = migrations): Database =>
  openDatabase({
    path: join(folder, 'amorce.sqlite'),
    nativeBinding: process.env['AMORCE_SQLITE_BINDING'],
    migrations: wanted,
  })

/** A PC was wiped in a batch that was collected, another in an open one, where a screen is too. */
const rows = `
  INSERT INTO items (id, asset_tag, type, state, created_at, updated_at) VALUES
    (1, 'PC-1', 'pc', 'awaitingDisposal', 0, 0), (2, 'PC-2', 'pc', 'awaitingDisposal', 0, 0),
    (3, 'ECR-1', 'screen', 'awaitingDisposal', 0, 0);
  INSERT INTO disposal_batches (id, name, company, collected_on, created_at) VALUES
    (1, 'Open', 'Recup', '2026-01-02', 0), (2, 'Collected', 'Recup', '2026-01-02', 0);
  INSERT INTO disposal_items (batch_id, item_id, state_before) VALUES (2, 1, 'spare'), (1, 2, 'spare'), (1, 3, 'spare');
  UPDATE disposal_items SET wipe_method = 'nwipe', wiped_at = 1767355200000, wiped_by = 'Ana' WHERE item_id = 1;
  UPDATE disposal_batches SET closed_at = 30 WHERE id = 2;
  UPDATE items SET state = 'disposed' WHERE id = 1;`

describe('proofs of wiping', () => {
  let database: Database
  beforeEach(() => {
    const old = open(
      migrations.slice(
        0,
        migrations.findIndex(({ name }) => name === '031-wipe-proof'),
      ),
    )
    old.exec(rows)
    old.close()
    database = open()
  })
  afterEach(() => {
    database.close()
  })

  it('that were there are kept, those of what was collected as well', () => {
    expect(
      database
        .prepare('SELECT item_id, wipe_kind, wipe_method, wiped_on, wiped_by, wipe_reference FROM disposal_items')
        .all(),
    ).toEqual([
      ...[2, 3].map((id) => ({
        ...{ item_id: id, wipe_kind: '', wipe_method: '', wiped_on: null, wiped_by: '', wipe_reference: '' },
      })),
      {
        ...{ item_id: 1, wipe_kind: 'other', wipe_method: 'nwipe', wiped_on: '2026-01-02', wiped_by: 'Ana' },
        wipe_reference: '',
      },
    ])
  })

  it.each([
    [
      'of what was collected is rewritten',
      "UPDATE disposal_items SET wipe_reference = 'X' WHERE item_id = 1",
      'collected',
    ],
    [
      'has no day',
      "UPDATE disposal_items SET wipe_kind = 'purge', wipe_method = 'x', wiped_at = 1 WHERE item_id = 2",
      'whole',
    ],
    ['has a number only', "UPDATE disposal_items SET wipe_reference = 'X' WHERE item_id = 2", 'whole'],
    [
      'is of no known kind',
      "UPDATE disposal_items SET wipe_kind = 'magic', wipe_method = 'x', wiped_at = 1, wiped_on = '2026-01-02' WHERE item_id = 2",
      'CHECK',
    ],
    ['is missing where a disk is collected', 'UPDATE disposal_batches SET closed_at = 1 WHERE id = 1', 'was not wiped'],
  ])('none %s', (_, sql, told) => {
    expect(() => database.exec(sql)).toThrow(told)
  })

  it('let what holds no data go, and what was wiped; a disk in a screen is data', () => {
    database.exec("UPDATE items SET disks = '64 GB eMMC' WHERE id = 3")
    database.exec(
      "UPDATE disposal_items SET wipe_kind = 'purge', wipe_method = 'nvme format', wiped_at = 1, wiped_on = '2026-01-02' WHERE item_id = 2",
    )
    const close = 'UPDATE disposal_batches SET closed_at = 1 WHERE id = 1'
    expect(() => database.exec(close)).toThrow('was not wiped')
    database.exec("UPDATE items SET disks = '' WHERE id = 3")
    expect(() => database.exec(close)).not.toThrow()
  })
})
