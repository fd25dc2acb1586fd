import { CodedError, type laptopCommands, type PortView } from '../../contract/index.ts'
import { findPortHolder, openUdpSocket, ping, suitableAddress, wake, listNics } from '../../network/index.ts'
import { bundleFiles, writeBundle } from '../supportBundle.ts'
import type { CommandDeps, HandlersOf } from './deps.ts'

/** The technician's own laptop, and the tools on it. */
export const laptopHandlers = (deps: CommandDeps): HandlersOf<typeof laptopCommands> => {
  const { openFirewall, session, settings, desktop, snapshot, journal, packetWatch, selfTester } = deps
  const { dataFolder: _, ...info } = deps.info
  const device = (): string | undefined =>
    session.venue?.simulated ? undefined : (session.venue?.nic ?? (settings.current.nic || undefined))

  return {
    'firewall.open': (nic) => openFirewall(nic),
    'tool.ping': async (address) => (await ping(address, { timeoutMs: 1000 })) ?? null,
    'tool.wake': async (mac) => {
      const chosen = device()
      if (chosen === undefined) throw new CodedError('exam.noNic', 'there is no NIC to call from')
      const nic = (await listNics()).find(({ name }) => name === chosen)
      const ownAddress = (nic && suitableAddress(nic)?.address) ?? '0.0.0.0'
      await wake(mac, { openSocket: openUdpSocket, device: chosen, ownAddress })
    },
    'tool.ports': () =>
      Promise.all(
        (
          [
            ['udp', 67],
            ['udp', 68],
            ['udp', 69],
            ['udp', 4011],
            ['tcp', settings.current.httpPort],
          ] as const
        ).map(async ([protocol, port]): Promise<PortView> => {
          const holder = await findPortHolder(protocol, port)
          return { protocol, port, held: holder !== undefined, ...holder }
        }),
      ),
    'bundle.save': async ({ keepsMacs }) => {
      const path = await desktop.chooseSaveFile('amorce-support.zip')
      if (path === undefined) return null
      const { technician, invigilator, roomName } = settings.current
      const { sittings } = deps.examDay
      const people = [...sittings.list(), ...sittings.archived()]
        .flatMap(({ candidates }) => candidates)
        .flatMap(({ firstName, lastName }) => [firstName, lastName])
      const rooms = deps.examDay.rooms.list().map(({ name }) => name)
      const files = bundleFiles({
        info,
        language: settings.current.language,
        view: await snapshot(),
        selfTest: selfTester.last ?? null,
        journal,
        packets: packetWatch.journal,
        names: [technician, invigilator, roomName, ...rooms, ...people],
        keepsMacs,
        now: Date.now(),
      })
      await writeBundle(path, files)
      return path
    },
  }
}
