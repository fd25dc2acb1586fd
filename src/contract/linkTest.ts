import type { TransferView } from './views/machines.ts'

/** Where a machine fetches bytes from only to see how fast they come; also what its transfer is called. */
export const linkTestPath = 'speed'

/** The newest measurement of a machine's link in this boot, in megabits per second as links are sold. */
export function measuredLink(transfers: readonly TransferView[]): { mbps: number; at: number } | undefined {
  const test = transfers.find(({ file, outcome }) => file === linkTestPath && outcome === 'complete')
  return test?.endedAt === undefined ? undefined : { mbps: (test.rate * 8) / 1e6, at: test.endedAt }
}
