import type { TroubleCode } from '../../src/contract/index.ts'
import type { Amorce } from '../support/amorce.ts'
import { expect, labTest as test } from '../support/fixtures.ts'
import { holdExam, incidentsOf, startAgent, type Pc } from '../support/heldExam.ts'
import { LabNetwork } from '../support/namespaces.ts'

// Machines that sit in an exam and fall silent, each for a reason of its own: what the console can tell, and what becomes
// an incident of the sitting that is held.

const { examNic } = LabNetwork

const troubleOf = async (amorce: Amorce, { mac }: Pc): Promise<TroubleCode | undefined> =>
  (await amorce.machines()).find((machine) => machine.mac === mac)?.trouble?.code

test('a crashed agent, a pulled cable, its own disk, the switch, the laptop’s cable and sleep are told apart', async ({
  launch,
  network,
}) => {
  test.setTimeout(420_000)
  const amorce = await launch()
  const { pcs, url } = await holdExam(amorce, network, 6)
  const [crashed, pulled, restarted, ...others] = pcs as [Pc, Pc, Pc, Pc, Pc, Pc]
  const port = (name: string, state: 'up' | 'down') =>
    network.room.namespace.ip('link', 'set', name, state).then(() => undefined)

  // One of each, at the same moment.
  await crashed.agent.stop()
  await port(pulled.port, 'down')
  await restarted.agent.stop()
  await test.step('its own disk', async () => {
    await new Promise((resolve) => setTimeout(resolve, 13_000))
    await restarted.machine.run('udhcpc', [
      ...['-i', 'eth0', '-f', '-q', '-n', '-t', '3', '-V', 'MSFT 5.0', '-F', 'PC-12', '-s', '/bin/true'],
    ])
    await expect.poll(() => troubleOf(amorce, restarted), { timeout: 10_000 }).toBe('ownDisk')
  })
  await test.step('a crashed agent', () =>
    expect.poll(() => troubleOf(amorce, crashed), { timeout: 20_000 }).toBe('agentSilent'))
  await test.step('a pulled cable', () =>
    // The system takes a neighbour to be there for up to 45 s after it was heard.
    expect.poll(() => troubleOf(amorce, pulled), { timeout: 75_000 }).toBe('machineGone'))
  await expect
    .poll(() => incidentsOf(amorce), { timeout: 10_000 })
    .toEqual(['A3 otherSystem serious Nom3', 'A1 agentSilent attention Nom1', 'A2 machineLost attention Nom2'])

  await amorce.tile(pulled.mac).click()
  const verdict = amorce.machinePanel.getByTestId('verdict')
  await expect(verdict).toContainText('ne répond plus du tout')
  await expect(verdict.getByTestId('verdict-evidence')).toContainText('rien ne répond')
  await verdict.getByTestId('verdict-remedy').click()
  await expect(verdict).toContainText('même réveillé par le réseau (1 fois)')
  await amorce.page.keyboard.press('Escape')
  await port(pulled.port, 'up')
  await expect(amorce.tile(pulled.mac)).toHaveAttribute('data-stage', 'ready', { timeout: 20_000 })

  // From here on neighbours are looked after sooner: it is the verdict that is tried, not the system's patience.
  await network.laptop.mustRun('sysctl', ['-qw', `net.ipv4.neigh.${examNic}.base_reachable_time_ms=5000`])
  await test.step('the switch of a row', async () => {
    for (const each of others) await port(each.port, 'down')
    for (const each of others)
      await expect.poll(() => troubleOf(amorce, each), { timeout: 75_000 }).toBe('switchSilent')
    await expect
      .poll(async () => (await incidentsOf(amorce)).slice(3), { timeout: 10_000 })
      .toEqual(['A4, A5, A6 lineDown serious'])
    for (const each of others) await port(each.port, 'up')
    for (const { mac } of others)
      await expect(amorce.tile(mac)).toHaveAttribute('data-stage', 'ready', { timeout: 20_000 })
  })

  await test.step('the laptop’s own cable', async () => {
    await port('port1', 'down')
    await expect(amorce.page.getByTestId('room-trouble')).toContainText('plus de lien réseau', { timeout: 15_000 })
    for (const each of others)
      await expect.poll(() => troubleOf(amorce, each), { timeout: 30_000 }).toBe('laptopUnplugged')
    await port('port1', 'up')
    for (const { mac } of others)
      await expect(amorce.tile(mac)).toHaveAttribute('data-stage', 'ready', { timeout: 20_000 })
    expect((await incidentsOf(amorce)).slice(4)).toEqual([`${examNic} lineDown serious`])
  })

  await test.step('asleep', async () => {
    const [sleeper] = others
    await sleeper.machine.ip('link', 'set', 'eth0', 'down')
    await expect.poll(() => troubleOf(amorce, sleeper), { timeout: 45_000 }).toBe('machineGone')
    await amorce.call('lease.wake', sleeper.mac)
    await sleeper.machine.ip('link', 'set', 'eth0', 'up')
    await expect.poll(() => troubleOf(amorce, sleeper), { timeout: 20_000 }).toBe('wasAsleep')
  })

  // It was only the agent: it is started again, and nothing is left of the verdict.
  const again = startAgent(crashed.machine, crashed.mac, url)
  await expect.poll(() => troubleOf(amorce, crashed), { timeout: 20_000 }).toBeUndefined()
  await again.stop()
})
