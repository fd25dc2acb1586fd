import type { Ground } from './servers.ts'

/** What lies between the server's namespace and the clients'; the bare pair of NICs with nothing given. */
export interface Link {
  name: string
  delayMs?: number
  /** Of a hundred packets, each way. */
  lossPercent?: number
  /** As tc(8) writes it. */
  rate?: string
}

export const plainLink: Link = { name: 'plain' }

/**
 * Puts the link in place of what was there.
 * @returns false where this kernel cannot: a delay takes network emulation, a module that is not everywhere
 */
export async function setLink(
  { laptop, room, device }: Ground,
  { delayMs, lossPercent, rate }: Link,
): Promise<boolean> {
  const ends = [
    [laptop, device],
    [room, 'eth0'],
  ] as const
  for (const [machine, nic] of ends) {
    await machine.run('tc', ['qdisc', 'del', 'dev', nic, 'root'])
    await machine.run('nft', ['delete', 'table', 'inet', 'bench'])
    const discipline =
      delayMs !== undefined
        ? ['netem', 'delay', `${delayMs}ms`, 'limit', '100000']
        : rate !== undefined
          ? ['tbf', 'rate', rate, 'burst', '256kb', 'latency', '50ms']
          : undefined
    if (discipline) {
      const { code, stderr } = await machine.run('tc', ['qdisc', 'add', 'dev', nic, 'root', ...discipline])
      if (/kind is unknown/.test(stderr)) return false
      if (code !== 0) throw new Error(`tc ${discipline.join(' ')} ended with ${code}: ${stderr}`)
    }
    // Dropped on arrival, at random: every kernel that has a firewall can do that.
    if (lossPercent !== undefined)
      await machine.mustRun('nft', [
        'table inet bench { chain input { type filter hook input priority 0;',
        `iif "${nic}" numgen random mod 1000 < ${lossPercent * 10} drop; }; }`,
      ])
  }
  return true
}
