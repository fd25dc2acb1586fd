import type { Journey } from '../journey.ts'

/** RFC 2131: `secs` counts from when the client began; a ROM on an open port is heard with 0. */
const lateSecs = 10
/** Spanning tree listens and learns for 15 s each; iPXE, which brings the link up anew, waits for it. */
const lateLoaderMs = 30_000

/**
 * How many seconds late a machine's first words came through, when it was certainly asking all that time; undefined when
 * they did not come late, or nobody listened when it began.
 */
export function firstSecsWhileListening({ evidence }: Journey, listeningSince: number): number | undefined {
  const { firstDiscover, loaderDoneAt, loaderHeardAt } = evidence
  if (loaderDoneAt !== undefined && loaderHeardAt !== undefined && loaderHeardAt - loaderDoneAt >= lateLoaderMs)
    return Math.round((loaderHeardAt - loaderDoneAt) / 1000)
  if (!firstDiscover || firstDiscover.client.firmware === 'none') return undefined
  const { secs } = firstDiscover.client
  return secs >= lateSecs && firstDiscover.at - secs * 1000 > listeningSince ? secs : undefined
}
