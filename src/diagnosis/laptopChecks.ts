import type { PreflightLine } from '../contract/index.ts'
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
