import type { Clock } from '../base/index.ts'
import { isPlaceholder } from '../boot/index.ts'
import type { MachineFacts } from '../contract/index.ts'
import type { Database } from '../storage/index.ts'

const longestAssetTag = 64

/**
 * The tag in a machine's firmware, where it may be an item's: none that repeats the serial number, as makers do who fill
 * it in, and none that is longer than an item keeps it.
 */
export function usableTag({ assetTag = '', serial = '' }: MachineFacts): string | undefined {
  const isUsable = !isPlaceholder(assetTag) && assetTag.length <= longestAssetTag
  return isUsable && assetTag.toLowerCase() !== serial.toLowerCase() ? assetTag : undefined
}

/** Proposes the next tag of a pattern: `PC-####` gives PC-0001, PC-0002… after the highest that is or was in use. */
export function createTagProposer(database: Database, clock: Clock): (pattern: string) => string {
  // Removed items too: a tag that comes back when one is restored must not have been given away.
  const selectTags = database
    .prepare<[string, string], string>(
      'SELECT asset_tag FROM items WHERE asset_tag COLLATE NOCASE >= ? AND asset_tag COLLATE NOCASE < ?',
    )
    .pluck()

  return (pattern) => {
    const year = String(new Date(clock.now()).getUTCFullYear())
    const [prefix = '', suffix = ''] = pattern.replaceAll('{yyyy}', year).replaceAll('{yy}', year.slice(2)).split(/#+/)
    const digits = /#+/.exec(pattern)?.[0].length ?? 1
    // Every tag that begins so: nothing that is written comes after the last code point.
    const numbers = selectTags
      .all(prefix, `${prefix}\u{10ffff}`)
      .filter((tag) => tag.toLowerCase().endsWith(suffix.toLowerCase()))
      .map((tag) => tag.slice(prefix.length, tag.length - suffix.length))
      .map((rest) => Number(/^\d{1,9}$/.exec(rest)?.[0] ?? 0))
    const next = numbers.reduce((highest, number) => Math.max(highest, number), 0) + 1
    return `${prefix}${String(next).padStart(digits, '0')}${suffix}`
  }
}
