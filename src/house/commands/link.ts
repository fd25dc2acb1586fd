import { CodedError, type linkCommands } from '../../contract/index.ts'
import type { CommandDeps, HandlersOf } from './deps.ts'

/** The bit that says "not from a maker" (IEEE 802 section 8.2.2). */
const localBit = 2

/** A machine's cable and its card. */
export const linkHandlers = ({ session, linkTests, vendors }: CommandDeps): HandlersOf<typeof linkCommands> => ({
  'link.measure': (mac) => {
    if (!session.running) throw new CodedError('exam.notRunning', 'nobody answers a machine while no exam runs')
    linkTests.ask(mac)
  },
  'link.isAwaited': (mac) => linkTests.isWanted(mac),
  'vendor.of': (mac) => {
    const vendor = vendors.of(mac)
    return {
      ...(vendor !== undefined && { vendor }),
      isLocal: (parseInt(mac.slice(0, 2), 16) & localBit) !== 0,
      ...(vendors.date !== undefined && { registryDate: vendors.date }),
    }
  },
})
