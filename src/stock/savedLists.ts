import type { Database } from '../storage/index.ts'

/** What a technician made of a list, by name; what is in it only the screen reads. */
export interface SavedLists {
  list(list: string): { name: string; content: string }[]
  save(list: string, name: string, content: string): void
  remove(list: string, name: string): void
}

export function createSavedLists(database: Database): SavedLists {
  const select = database.prepare<[string], { name: string; content: string }>(
    'SELECT name, content FROM saved_lists WHERE list = ? ORDER BY name COLLATE NOCASE',
  )
  const write = database.prepare<[string, string, string]>(
    'INSERT INTO saved_lists (list, name, content) VALUES (?, ?, json(?)) ON CONFLICT DO UPDATE SET content = excluded.content',
  )
  const erase = database.prepare<[string, string]>('DELETE FROM saved_lists WHERE list = ? AND name = ?')
  return {
    list: (list) => select.all(list),
    save: (list, name, content) => void write.run(list, name, content),
    remove: (list, name) => void erase.run(list, name),
  }
}
