import type { examCommands } from '../../contract/index.ts'
import type { CommandDeps, HandlersOf } from './deps.ts'

/** The NIC, the exam and its machines. */
export const examHandlers = ({
  session,
  settings,
  journeys,
  supervisor,
  leases,
  mark,
  giveAddress,
  watch,
}: CommandDeps): HandlersOf<typeof examCommands> => ({
  'nic.choose': (nic) => {
    settings.save({ nic })
    mark('settings')
    leases.changed()
  },
  'nic.setAddress': ({ nic, address, prefix }) => giveAddress(nic, { address, prefix }),

  'exam.preflight': () => session.check(),
  'exam.start': (options) => session.start(options),
  'exam.startDemo': () => session.startSimulated(),
  'exam.stop': () => session.stop(),
  'exam.resume': () => session.resume(),
  'exam.discard': () => session.discard(),
  'service.restart': (service) => supervisor.restart(service),

  'machine.watch': (mac) => watch(mac),
  'machine.forget': (mac) => {
    journeys.forget(mac)
    mark('machines', 'machinesRemoved')
  },
})
