import { readFile, stat, writeFile } from 'node:fs/promises'
import { basename, extname } from 'node:path'
import type { Clock } from '../base/index.ts'
import { CodedError, type DocumentKind, type DocumentView } from '../contract/index.ts'
import type { Database } from '../storage/index.ts'

/** Photos, invoices, proofs: kept inside the one file of the database. */
export interface Documents {
  ofItem(itemId: number): DocumentView[]
  ofBatch(batchId: number): DocumentView[]
  /** @throws CodedError `stock.documentTooLarge`, `content.unreadable` */
  add(owner: { itemId?: number; batchId?: number }, kind: DocumentKind, path: string): Promise<DocumentView>
  /** @throws CodedError `stock.entryNotFound` */
  bytes(id: number): Buffer
  nameOf(id: number): string
  /** @throws CodedError `stock.entryNotFound`, `file.notWritten` */
  save(id: number, path: string): Promise<void>
  remove(id: number): void
  restore(id: number): void
}

const mostBytes = 20 * 1024 * 1024

const mediaTypes: Record<string, string> = {
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.png': 'image/png',
  '.webp': 'image/webp',
  '.gif': 'image/gif',
  '.pdf': 'application/pdf',
  '.txt': 'text/plain',
}

export function createDocuments(database: Database, clock: Clock, who: () => string): Documents {
  const columns = 'id, kind, name, media_type AS mediaType, size, added_at AS addedAt, who'
  const selectOfItem = database.prepare<[number], DocumentView>(
    `SELECT ${columns} FROM documents WHERE item_id = ? AND removed_at IS NULL ORDER BY id DESC`,
  )
  const selectOfBatch = database.prepare<[number], DocumentView>(
    `SELECT ${columns} FROM documents WHERE batch_id = ? AND removed_at IS NULL ORDER BY id DESC`,
  )
  const selectOne = database.prepare<[number], DocumentView>(`SELECT ${columns} FROM documents WHERE id = ?`)
  const insert = database.prepare(`
    INSERT INTO documents (item_id, batch_id, kind, name, media_type, size, added_at, who)
    VALUES (@itemId, @batchId, @kind, @name, @mediaType, @size, @at, @who)`)
  const insertBytes = database.prepare<[number, Buffer]>(
    'INSERT INTO document_contents (document_id, bytes) VALUES (?, ?)',
  )
  const selectBytes = database
    .prepare<[number], Buffer>('SELECT bytes FROM document_contents WHERE document_id = ?')
    .pluck()
  const setRemoved = database.prepare<[number | null, number]>('UPDATE documents SET removed_at = ? WHERE id = ?')

  const get = (id: number): DocumentView => {
    const found = selectOne.get(id)
    if (!found) throw new CodedError('stock.entryNotFound', `no document ${id}`, { id })
    return found
  }
  const bytesOf = (id: number): Buffer => {
    get(id)
    return selectBytes.get(id) ?? Buffer.alloc(0)
  }
  const write = database.transaction((values: object, bytes: Buffer): number => {
    const id = Number(insert.run(values).lastInsertRowid)
    insertBytes.run(id, bytes)
    return id
  })

  return {
    ofItem: (itemId) => selectOfItem.all(itemId),
    ofBatch: (batchId) => selectOfBatch.all(batchId),
    async add({ itemId, batchId }, kind, path) {
      const name = basename(path)
      const { size } = await stat(path)
      if (size > mostBytes) throw new CodedError('stock.documentTooLarge', `${size} bytes`, { name, size })
      const bytes = await readFile(path).catch((error: unknown) => {
        throw new CodedError('content.unreadable', String(error), { file: name })
      })
      const mediaType = mediaTypes[extname(name).toLowerCase()] ?? 'application/octet-stream'
      const owner = { itemId: itemId ?? null, batchId: batchId ?? null }
      const values = { ...owner, kind, name, mediaType, size: bytes.length, at: clock.now(), who: who() }
      return get(write(values, bytes))
    },
    bytes: bytesOf,
    nameOf: (id) => get(id).name,
    async save(id, path) {
      const bytes = bytesOf(id)
      await writeFile(path, bytes).catch((error: unknown) => {
        throw new CodedError('file.notWritten', String(error), { file: basename(path) })
      })
    },
    remove: (id) => void setRemoved.run(clock.now(), get(id).id),
    restore: (id) => void setRemoved.run(null, get(id).id),
  }
}
