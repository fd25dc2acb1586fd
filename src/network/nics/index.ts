import { isDeepStrictEqual } from 'node:util'
import type { Clock } from '../../base/index.ts'
import { nicKinds, type NicView } from '../../contract/index.ts'
import { linuxNics } from './linux.ts'
import { macNics } from './mac.ts'
import type { NicProvider } from './provider.ts'
import { windowsNics } from './windows.ts'

const provider = process.platform === 'win32' ? windowsNics : process.platform === 'darwin' ? macNics : linuxNics

/** Every NIC, up or down, those a technician would choose first: real ones before virtual ones, then by name. */
export const listNics = (): Promise<NicView[]> => listSorted(provider)

async function listSorted(source: NicProvider): Promise<NicView[]> {
  const nics = await source.list()
  return nics.sort(
    (a, b) =>
      nicKinds.indexOf(a.kind) - nicKinds.indexOf(b.kind) || a.name.localeCompare(b.name, 'en', { numeric: true }),
  )
}

export interface WatchOptions {
  /** Told when the NICs could not be listed; the next period tries again. */
  onError?: (error: unknown) => void
  /** Another source of NICs, for tests. */
  source?: NicProvider
}

/** Where listing is costly, it is done on a changed pulse, and every so many periods in case the pulse missed something. */
const periodsWithoutPulse = 10

/**
 * Follows NICs that come and go, their links and their addresses. Calls back with the first listing, then only when
 * something changed.
 * @param periodMs milliseconds between two looks.
 * @returns its stop: nothing is called back after it.
 */
export function watchNics(
  clock: Clock,
  onChange: (nics: NicView[]) => void,
  periodMs = 2000,
  { onError = () => {}, source = provider }: WatchOptions = {},
): () => void {
  let known: NicView[] | undefined
  let lastPulse: string | undefined
  let skipped = 0
  let looking = false
  let stopped = false

  const look = async () => {
    if (looking) return
    looking = true
    try {
      const pulse = source.pulse?.()
      if (pulse !== undefined && pulse === lastPulse && ++skipped < periodsWithoutPulse) return
      skipped = 0
      const nics = await listSorted(source)
      lastPulse = pulse
      if (stopped || isDeepStrictEqual(nics, known)) return
      known = nics
      onChange(nics)
    } catch (error) {
      if (!stopped) onError(error)
    } finally {
      looking = false
    }
  }
  const cancel = clock.every(periodMs, () => void look())
  void look()
  return () => {
    stopped = true
    cancel()
  }
}

export interface NicChange {
  nic: string
  change: 'up' | 'down' | 'gone' | 'addressChanged'
}

/** What happened between two listings, as the `nic.changed` events tell it. A NIC that came already up is `up`. */
export function nicChanges(before: readonly NicView[], after: readonly NicView[]): NicChange[] {
  const gone = before
    .filter((old) => !after.some((nic) => nic.name === old.name))
    .map((old): NicChange => ({ nic: old.name, change: 'gone' }))
  const changed = after.flatMap((nic): NicChange[] => {
    const old = before.find((other) => other.name === nic.name)
    const changes: NicChange['change'][] = []
    if (nic.link !== (old?.link ?? 'down')) changes.push(nic.link === 'down' ? 'down' : 'up')
    if (old && !isDeepStrictEqual(old.addresses, nic.addresses)) changes.push('addressChanged')
    return changes.map((change) => ({ nic: nic.name, change }))
  })
  return [...gone, ...changed]
}
