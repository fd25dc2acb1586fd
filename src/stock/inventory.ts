import type { Clock } from '../base/index.ts'
import { cleanFacts } from '../boot/index.ts'
import {
  proposalFields,
  type FirmwareKind,
  type ItemInput,
  type ItemProposal,
  type ItemView,
  type MachineFacts,
  type ProposalField,
  type SwapAdvice,
  type SwapQuery,
  type SwapReason,
} from '../contract/index.ts'
import type { Database } from '../storage/index.ts'
import { usableTag } from './assetTags.ts'
import type { Stock } from './stock.ts'

/** What a machine said of itself in one boot. */
export interface MachineReport {
  facts: MachineFacts
  mac: string
  firmware?: FirmwareKind
}

/** Boot = inventory: what machines report fills items, or proposes changes to them. */
export interface Inventory {
  /**
   * Takes a report in. What the item does not say is filled in; what a machine alone ever wrote follows the machine;
   * what a person wrote stays, and the difference is proposed. So is another asset tag, whoever wrote the one there is:
   * a label with it is on the machine. Fillers of makers count as nothing.
   */
  accept(itemId: number, report: MachineReport): void
  proposals(itemId: number): ItemProposal[]
  /** @throws CodedError as `Stock.update`; it waits on then */
  acceptProposal(itemId: number, field: ProposalField): void
  /** Not asked again, until the machine says something else. */
  refuseProposal(itemId: number, field: ProposalField): void
  /** Undoes a refusal. */
  askAgain(itemId: number, field: ProposalField): void
  /** Forgets what a person wrote into these items since, or an import into any. */
  settle(itemIds?: readonly number[]): void
  /** Which PCs should not stand in an exam room, and what could take their place. */
  swaps(query: SwapQuery): SwapAdvice[]
  /** How many PCs in service are known to have less memory, MiB. */
  pcsBelow(memoryMiB: number): number
}

type Reported = Partial<Record<ProposalField, string>>

/** A module that is gone is told by much less memory: firmware and graphics keep some of it. */
const memoryTolerance = 0.9

export function createInventory(database: Database, clock: Clock, stock: Stock): Inventory {
  const lastSource = database
    .prepare<[number, string], string>(
      'SELECT source FROM item_history WHERE item_id = ? AND field = ? ORDER BY id DESC LIMIT 1',
    )
    .pluck()
  const createdBy = database
    .prepare<[number], string>("SELECT source FROM item_history WHERE item_id = ? AND field = 'created' LIMIT 1")
    .pluck()
  const propose = database.prepare(`
    INSERT INTO item_proposals (item_id, field, reported, first_at, last_at) VALUES (@itemId, @field, @reported, @at, @at)
    ON CONFLICT DO UPDATE SET last_at = @at,
      refused_at = iif(reported = @reported, refused_at, NULL),
      first_at = iif(reported = @reported, first_at, @at), reported = @reported`)
  const forget = database.prepare<[number, string]>('DELETE FROM item_proposals WHERE item_id = ? AND field = ?')
  const setRefused = database.prepare<[number | null, number, string]>(
    'UPDATE item_proposals SET refused_at = ? WHERE item_id = ? AND field = ?',
  )
  const selectOpen = database.prepare<
    [number],
    { field: ProposalField; reported: string; first_at: number; last_at: number }
  >('SELECT field, reported, first_at, last_at FROM item_proposals WHERE item_id = ? AND refused_at IS NULL')
  const selectHolder = database
    .prepare<[string, number], number>(
      'SELECT id FROM items WHERE asset_tag = ? COLLATE NOCASE AND removed_at IS NULL AND id <> ?',
    )
    .pluck()
  const selectAsked = database
    .prepare<[], number>(
      `SELECT DISTINCT item_id FROM item_proposals JOIN items ON items.id = item_id
       WHERE refused_at IS NULL AND removed_at IS NULL`,
    )
    .pluck()

  const proposals = (itemId: number): ItemProposal[] => {
    const item = stock.get(itemId)
    return selectOpen.all(itemId).flatMap(({ field, reported, first_at: firstAt, last_at: lastAt }) => {
      const current = textOf(item, field)
      if (isSame(field, current, reported)) return []
      const isAlarming = isLoss(field, current, reported)
      const takenBy = field === 'assetTag' ? selectHolder.get(reported, itemId) : undefined
      return { itemId, field, current, reported, firstAt, lastAt, isAlarming, ...(takenBy ? { takenBy } : {}) }
    })
  }

  const countBelow = database
    .prepare<[number], number>(
      `SELECT count(*) FROM items WHERE removed_at IS NULL AND type IN ('pc', 'laptop') AND state = 'inService'
       AND memory_mib < ? * ${memoryTolerance}`,
    )
    .pluck()

  return {
    pcsBelow: (memoryMiB) => countBelow.get(memoryMiB) ?? 0,
    accept: database.transaction((itemId: number, report: MachineReport) => {
      const item = stock.get(itemId)
      const filled: Reported = {}
      let isProposed = false
      for (const [field, reported] of Object.entries(reportedOf(report)) as [ProposalField, string][]) {
        const current = textOf(item, field)
        if (isSame(field, current, reported)) {
          isProposed = forget.run(itemId, field).changes > 0 || isProposed
          continue
        }
        const source = lastSource.get(itemId, field) ?? createdBy.get(itemId) ?? 'person'
        // A machine that lost memory is told of whoever wrote the figure.
        const follows = source === 'machine' && field !== 'assetTag' && !isLoss(field, current, reported)
        const mayFill = current === '' || follows
        if (mayFill) filled[field] = reported
        else {
          propose.run({ itemId, field, reported, at: clock.now() })
          isProposed = true
        }
      }
      if (Object.keys(filled).length > 0) stock.update(itemId, withReported(item, filled), 'machine')
      else if (isProposed) stock.changed()
    }),
    proposals,
    acceptProposal: database.transaction((itemId: number, field: ProposalField) => {
      const proposal = proposals(itemId).find((candidate) => candidate.field === field)
      if (!proposal) return
      forget.run(itemId, field)
      stock.update(itemId, withReported(stock.get(itemId), { [field]: proposal.reported }))
      stock.changed()
    }),
    refuseProposal(itemId, field) {
      setRefused.run(clock.now(), itemId, field)
      stock.changed()
    },
    askAgain(itemId, field) {
      setRefused.run(null, itemId, field)
      stock.changed()
    },
    settle: database.transaction((itemIds: readonly number[] = selectAsked.all()) => {
      let agreed = 0
      for (const id of itemIds) {
        const item = stock.get(id)
        for (const { field, reported } of selectOpen.all(id))
          if (isSame(field, textOf(item, field), reported)) agreed += forget.run(id, field).changes
      }
      if (agreed > 0) stock.changed()
    }),
    swaps: (query) => adviseSwaps(database, stock, query),
  }
}

/** The facts of a report by the fields of an item. */
function reportedOf({ facts, mac, firmware }: MachineReport): Reported {
  const clean = cleanFacts(facts)
  const reported: Reported = {
    assetTag: usableTag(clean),
    manufacturer: clean.manufacturer,
    model: clean.product,
    serial: clean.serial,
    uuid: clean.uuid,
    macs: mac,
    cpu: clean.cpu,
    memoryMiB: clean.memoryMiB === undefined ? undefined : String(clean.memoryMiB),
    disks: clean.disks,
    firmware: firmware && generationOf(firmware),
    biosVersion: clean.biosVersion,
    biosDate: clean.biosDate,
  }
  return Object.fromEntries(proposalFields.flatMap((field) => (reported[field] ? [[field, reported[field]]] : [])))
}

/** How a machine boots changes with the boot; what its firmware is does not. */
function generationOf(firmware: FirmwareKind): string | undefined {
  if (firmware === 'bios' || firmware === 'http-bios') return 'BIOS'
  return /^(uefi|http)-/.test(firmware) ? 'UEFI' : undefined
}

function textOf(item: ItemView, field: ProposalField): string {
  const value = field === 'macs' ? item.macs.join(' ') : item[field]
  return value === undefined ? '' : String(value)
}

function isSame(field: ProposalField, current: string, reported: string): boolean {
  // An item has several NICs; each report names the one that it booted from.
  if (field === 'macs') return current.split(' ').includes(reported)
  if (field === 'memoryMiB' && current !== '') {
    const share = Number(reported) / Number(current)
    return share >= memoryTolerance && share <= 1 / memoryTolerance
  }
  return current.trim().toLowerCase() === reported.trim().toLowerCase()
}

/** Whether something is gone, and not only written otherwise. */
const isLoss = (field: ProposalField, current: string, reported: string): boolean =>
  (field === 'memoryMiB' && Number(reported) < Number(current) * memoryTolerance) ||
  (field === 'disks' && reported.split(',').length < current.split(',').length)

function withReported(item: ItemView, reported: Reported): ItemInput {
  const { id: _, createdAt, updatedAt, lastSeenAt, locationId, parentTag, ...said } = item
  void [createdAt, updatedAt, lastSeenAt, locationId, parentTag]
  const { macs, memoryMiB, ...texts } = reported
  return {
    ...said,
    ...texts,
    ...(macs === undefined ? {} : { macs: [...said.macs, macs] }),
    ...(memoryMiB === undefined ? {} : { memoryMiB: Number(memoryMiB) }),
  }
}

/** How many disks a list names, as SQL. */
const listed = (column: string): string => `length(${column}) - length(replace(${column}, ',', ''))`

interface SwapRow {
  id: number
  reasons: string
}

/** The reasons are found where they are written; spares that fit are those with as much memory, of the same model first. */
function adviseSwaps(database: Database, stock: Stock, { locationId, minMemoryMiB }: SwapQuery): SwapAdvice[] {
  const rows = database
    .prepare<[object], SwapRow>(
      `SELECT * FROM (
        SELECT id, found AS reasons, location, asset_tag FROM (
          SELECT id, location, asset_tag,
            iif(state IN ('underRepair', 'lost'), 'state ', '')
            || iif(EXISTS (SELECT 1 FROM interventions WHERE item_id = items.id AND solved_at IS NULL
                 AND kind IN ('failure', 'examIncident')), 'failure ', '')
            || iif(EXISTS (SELECT 1 FROM item_proposals WHERE item_id = items.id AND refused_at IS NULL
                 AND field = 'memoryMiB' AND CAST(reported AS INTEGER) < items.memory_mib * ${memoryTolerance}), 'memoryMissing ', '')
            || iif(EXISTS (SELECT 1 FROM item_proposals WHERE item_id = items.id AND refused_at IS NULL
                 AND field = 'disks' AND ${listed('reported')} < ${listed('items.disks')}), 'diskMissing ', '')
            || iif(memory_mib < @minMemoryMiB * ${memoryTolerance}, 'tooLittleMemory ', '') AS found
          FROM items
          WHERE removed_at IS NULL AND type IN ('pc', 'laptop') AND state IN ('inService', 'underRepair')
            AND (@locations = '[]' OR location_id IN (SELECT value FROM json_each(@locations)))
        ) WHERE found <> ''
      ) ORDER BY location COLLATE NOCASE, asset_tag COLLATE NOCASE LIMIT 500`,
    )
    .all({
      minMemoryMiB,
      locations: JSON.stringify(locationId === undefined ? [] : stock.locations.within(locationId)),
    })
  const selectSpares = database
    .prepare<[object], number>(
      `SELECT id FROM items WHERE removed_at IS NULL AND state = 'spare' AND type = @type
         AND coalesce(memory_mib, @needed) >= @needed * ${memoryTolerance}
         AND NOT EXISTS (SELECT 1 FROM interventions WHERE item_id = items.id AND solved_at IS NULL)
       ORDER BY model = @model COLLATE NOCASE DESC, manufacturer = @manufacturer COLLATE NOCASE DESC,
         memory_mib DESC, asset_tag COLLATE NOCASE LIMIT 3`,
    )
    .pluck()

  return rows.map(({ id, reasons }) => {
    const item = stock.get(id)
    const needed = Math.max(minMemoryMiB, item.memoryMiB ?? 0)
    const { type, model, manufacturer } = item
    const spares = selectSpares.all({ type, model, manufacturer, needed }).map((spareId) => {
      const spare = stock.get(spareId)
      return { ...briefOf(spare), sameModel: spare.model !== '' && spare.model === model }
    })
    return { item: { ...briefOf(item), state: item.state }, reasons: reasons.trim().split(' ') as SwapReason[], spares }
  })
}

const briefOf = ({ id, assetTag, manufacturer, model, location, memoryMiB }: ItemView) => ({
  id,
  assetTag,
  model: [manufacturer, model].filter(Boolean).join(' '),
  location,
  ...(memoryMiB === undefined ? {} : { memoryMiB }),
})
