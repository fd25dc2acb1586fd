import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openDatabase, schemaVersion, type Database } from './database.ts'
import { migrations } from './migrations/index.ts'

let folder: string
beforeEach(() => (folder = mkdtempSync(join(tmpdir(), 'amorce-schemas-'))))
afterEach(() => rmSync(folder, { recursive: true, force: true }))

const open = (wanted: typeof migrations): Database =>
  openDatabase({
    path: join(folder, 'amorce.sqlite'),
    nativeBinding: process.env['AMORCE_SQLITE_BINDING'],
    migrations: wanted,
  })

/** What somebody who used that schema had in it: rows of the tables that each migration brought. */
const rowsSince: Record<string, string> = {
  '001-first': `
    INSERT INTO settings VALUES ('roomName', '"B104"');
    INSERT INTO boot_profiles (id, name, system, kernel, initrds, command_line, created_at)
      VALUES (1, 'Examen', 'linux', 'vmlinuz', '["initrd"]', 'quiet', 1);
    INSERT INTO exams (id, nic, address, prefix, simulated, started_at, stopped_at)
      VALUES (1, 'enp0s8', '192.168.60.1', 24, 0, 1, 2);
    INSERT INTO leases (network, address, client_key, mac, state, starts_at, expires_at)
      VALUES ('192.168.60.0/24', 3232250900, 'mac:52:54:00:00:00:01', '52:54:00:00:00:01', 'leased', 1, 2);
    INSERT INTO reservations (network, address, mac) VALUES ('192.168.60.0/24', 3232250901, '52:54:00:00:00:02');
    INSERT INTO journal (exam_id, at, mac, type, event) VALUES (1, 1, '52:54:00:00:00:01', 'boot.report', '{}');
    INSERT INTO items (id, asset_tag, type, state, created_at, updated_at) VALUES (1, 'PC-1', 'pc', 'spare', 1, 2);
    INSERT INTO items (id, asset_tag, type, state, created_at, updated_at) VALUES (2, 'IMP-1', 'printer', 'spare', 1, 2);
    INSERT INTO item_macs VALUES ('52:54:00:00:00:01', 1);
    INSERT INTO item_history (item_id, at, field, before, after) VALUES (1, 1, 'created', '', 'PC-1');
    INSERT INTO items_search (rowid, text) VALUES (1, 'PC-1');`,
  '003-lease-journal': `INSERT INTO lease_journal (network, records) VALUES ('192.168.60.0/24', '[]');`,
  '005-stock': `
    INSERT INTO locations (id, name, kind, path) VALUES (1, 'Réserve', 'room', 'Réserve');
    INSERT INTO suppliers (id, name) VALUES (1, 'Bureau Vallée');
    INSERT INTO people (id, name) VALUES (1, 'Ana Diaz');
    INSERT INTO custom_fields (id, name, kind, choices) VALUES (1, 'Salle d''origine', 'text', '[]');
    INSERT INTO consumables (id, reference, name, category, created_at, updated_at)
      VALUES (1, 'TN-1', 'Toner', 'cartridge', 1, 1);
    INSERT INTO cartridge_printers VALUES (1, 'HL-1');
    INSERT INTO movements (id, at, consumable_id, kind, quantity, to_id, reason) VALUES (1, 1, 1, 'in', 5, 1, 'delivery');
    INSERT INTO movements (id, at, consumable_id, kind, quantity, from_id, reason, printer_id)
      VALUES (2, 2, 1, 'out', 1, 1, 'use', 2);
    INSERT INTO cartridge_changes (movement_id, printer_id, pages) VALUES (2, 2, 100);
    INSERT INTO loans (id, person_id, lent_at, purpose) VALUES (1, 1, 1, 'cours');
    INSERT INTO loan_items (loan_id, item_id, state_before) VALUES (1, 1, 'spare');
    INSERT INTO interventions (id, title, kind, urgency, impact, state, item_id, opened_at, updated_at)
      VALUES (1, 'Panne', 'failure', 1, 1, 'new', 2, 1, 1);
    INSERT INTO intervention_notes (intervention_id, at, text) VALUES (1, 1, 'vu');
    INSERT INTO disposal_batches (id, name, created_at) VALUES (1, 'Lot 1', 1);
    UPDATE items SET custom = '{"1":"Réserve","2":"1 250,50","7":""}' WHERE id = 1;
    INSERT INTO saved_lists (list, name, content) VALUES ('items', 'mien', '{}');`,
  '007-sittings': `
    INSERT INTO rooms (id, name, columns, rows, created_at, updated_at) VALUES (1, 'B104', 4, 4, 0, 0);
    INSERT INTO seats (id, room_id, label, column_, row_, item_id) VALUES (1, 1, 'A1', 0, 0, 1);
    INSERT INTO sittings (id, title, duration_minutes, state, secret, created_at)
      VALUES (1, 'Algorithmique', 60, 'draft', x'00', 0);
    INSERT INTO candidates (id, sitting_id, number, last_name) VALUES (1, 1, '42', 'Durand');
    INSERT INTO incidents (sitting_id, at, kind, severity) VALUES (1, 1, 'usbPlugged', 'serious');`,
  '003-papers': `
    INSERT INTO subjects (id, name, size, sha256, added_at) VALUES (1, 'sujet.pdf', 1, 'x', 1);
    INSERT INTO works (exam_id, seat, mac, name, version, size, sha256, received_at, path)
      VALUES (1, 'A1', '52:54:00:00:00:01', 'tp.py', 1, 1, 'x', 1, 'a/b');`,
  '006-exchange': `
    INSERT INTO imports (id, at, file, state) VALUES (1, 1, 'parc.csv', 'done');
    INSERT INTO import_changes (import_id, item_id) VALUES (1, 1);
    INSERT INTO import_templates VALUES ('GLPI', '[]');`,
}

const tablesOf = (database: Database): string[] =>
  database
    .prepare<[], string>(
      "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE 'sqlite_%'",
    )
    .pluck()
    .all()
const countsOf = (database: Database, tables: readonly string[]): Record<string, number> =>
  Object.fromEntries(
    tables.map((table) => [table, database.prepare<[], number>(`SELECT count(*) FROM ${table}`).pluck().get() ?? 0]),
  )
const schemaOf = (database: Database): unknown[] =>
  database.prepare('SELECT type, name, tbl_name, sql FROM sqlite_master ORDER BY type, name').all()

describe.each(migrations.map(({ name }, index) => [index + 1, name] as const))('schema %i (%s)', (version) => {
  it('is brought up to date with everything that was in it, to the same schema as a new file', () => {
    const then = migrations.slice(0, version)
    const old = open(then)
    for (const { name } of then) if (rowsSince[name]) old.exec(rowsSince[name])
    const tables = tablesOf(old)
    const counts = countsOf(old, tables)
    expect(old.pragma('foreign_key_check')).toEqual([])
    old.close()

    const now = open(migrations)
    try {
      expect(schemaVersion(now)).toBe(migrations.length)
      expect(countsOf(now, tables)).toMatchObject(counts)
      expect(now.pragma('foreign_key_check')).toEqual([])
      expect(now.pragma('integrity_check', { simple: true })).toBe('ok')
      const fresh = openDatabase({ path: ':memory:', nativeBinding: process.env['AMORCE_SQLITE_BINDING'] })
      expect(schemaOf(now)).toEqual(schemaOf(fresh))
      fresh.close()
    } finally {
      now.close()
    }
  })
})

it('what was there before the index of everything is found by it', () => {
  const before = migrations.findIndex(({ name }) => name === '024-stock-more')
  const old = open(migrations.slice(0, before))
  for (const { name } of migrations.slice(0, before)) if (rowsSince[name]) old.exec(rowsSince[name])
  old.close()
  const now = open(migrations)
  try {
    const found = now.prepare<[string], string>('SELECT kind FROM records_search WHERE records_search MATCH ?').pluck()
    expect(found.all('toner')).toEqual(['kindconsumable'])
    expect(found.all('durand')).toEqual(['kindcandidate'])
    expect(found.all('diaz').sort()).toEqual(['kindloan', 'kindperson'])
    expect(now.prepare('SELECT count(*) FROM records_search').pluck().get()).toBe(11)
    // Since lists are searched by it, also by what rows refer to.
    expect(found.all('pc1')).toEqual(['kindloan'])
    expect(found.all('imp1')).toEqual(['kindintervention'])
  } finally {
    now.close()
  }
})

it('what items said in custom fields can be sorted and filtered by, and is kept by whoever writes an item', () => {
  const before = migrations.findIndex(({ name }) => name === '030-custom-values')
  const old = open(migrations.slice(0, before))
  for (const { name } of migrations.slice(0, before)) if (rowsSince[name]) old.exec(rowsSince[name])
  old.close()
  const now = open(migrations)
  try {
    const values = (): unknown[] => now.prepare('SELECT * FROM item_values ORDER BY item_id, field_id').raw().all()
    expect(values()).toEqual([
      [1, 1, 'reserve', null],
      [1, 2, '1 250,50', 1250.5],
    ])
    now.exec(`
      UPDATE items SET custom = '{"2":"-.5","3":"ŒUVRE D''ÉLÈVE"}' WHERE id = 1;
      INSERT INTO items (id, asset_tag, type, state, created_at, updated_at, custom)
        VALUES (9, 'PC-9', 'pc', 'spare', 1, 2, '{"2":"1.2.3"}');`)
    expect(values()).toEqual([
      [1, 2, '-.5', -0.5],
      [1, 3, "œuvre d'eleve", null],
      [9, 2, '1.2.3', null],
    ])
    now.exec("DELETE FROM items WHERE id = 9; UPDATE items SET custom = '{}' WHERE id = 1")
    expect(values()).toEqual([])
  } finally {
    now.close()
  }
})
