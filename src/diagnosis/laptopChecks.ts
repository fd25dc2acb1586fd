import type { NicView, PreflightLine } from '../contract/index.ts'
import type { PortToBind, PreflightFacts } from './preflight.ts'

type Finding = Omit<PreflightLine, 'check'>

/** Whether what machines send comes in through the NIC: the fault that no server can see. */
export async function checkFirewall(
  facts: Pick<PreflightFacts, 'firewall'>,
  nic: string,
  ports: readonly PortToBind[],
): Promise<Finding> {
  const { kind = '', state, closed } = await facts.firewall(nic, [...ports])
  if (state === 'open') return { verdict: 'ok', finding: 'firewall.ok', details: {} }
  const details = { kind, nic, ports: closed.join(', ') }
  // It may well be open: a check that needs an administrator must not hold up an exam.
  if (state === 'unknown') return { verdict: 'ok', finding: 'firewall.unknown', details }
  return { verdict: 'warning', finding: 'firewall.closed', details, remedy: { id: 'openFirewall', details: { nic } } }
}

/** Thirty machines that share less than this load their system for the better part of an hour. */
const wantedMbps = 1000

/**
 * At what speed the cable runs, and whether both ends speak at once. Half duplex on a switch is one end that was set by hand
 * and one that was not (IEEE 802.3 clause 28): packets are lost under load, and only then.
 */
export function checkLink({ name, kind, speedMbps, duplex }: NicView): Finding {
  const details = { nic: name, ...(speedMbps && { speedMbps }), ...(duplex && { duplex }) }
  // A virtual card says any speed, and Wi-Fi has had its warning.
  if (kind !== 'ethernet' || speedMbps === undefined) return { verdict: 'ok', finding: 'link.unknown', details }
  const remedy = { id: 'retry', details: {} } as const
  if (duplex === 'half') return { verdict: 'warning', finding: 'link.half', details, remedy }
  if (speedMbps < wantedMbps) return { verdict: 'warning', finding: 'link.slow', details, remedy }
  return { verdict: 'ok', finding: 'link.ok', details }
}

/** An exam outlasts most batteries. */
export async function checkPower(facts: Pick<PreflightFacts, 'power'>): Promise<Finding> {
  const power = await facts.power()
  if (power === 'battery')
    return { verdict: 'warning', finding: 'power.battery', details: {}, remedy: { id: 'retry', details: {} } }
  return { verdict: 'ok', finding: power ? 'power.ok' : 'power.unknown', details: {} }
}

const tolerance = 3_600_000

/** A clock that went back would mix up journals and give leases that have ended. */
export function checkClock(facts: Pick<PreflightFacts, 'latestRecordedAt'>, now: number): Finding {
  const latest = facts.latestRecordedAt()
  if (now >= latest - tolerance) return { verdict: 'ok', finding: 'clock.ok', details: {} }
  return { verdict: 'warning', finding: 'clock.behind', details: { latest }, remedy: { id: 'retry', details: {} } }
}
