import type { MessageKey } from '../../messages/words.svelte.ts'
import type { MachineView, TroubleCode } from '../../../src/contract/index.ts'
import type { Console } from '../../stores/console.svelte.ts'

/** What a click does about a verdict: mend it, or lead to the place where it is mended. */
export interface TroubleRemedy {
  label: MessageKey
  act(app: Console, machine: Pick<MachineView, 'mac'>): void
}

const showJournal: TroubleRemedy = {
  label: 'trouble.remedy.journal',
  act: ({ journal, navigation }, { mac }) => {
    journal.clearFilters()
    journal.filter({ mac })
    navigation.place = 'diagnosis'
    navigation.diagnosisTab = 'journal'
  },
}

/** The packets that arrived and were held back. */
const showUnheard: TroubleRemedy = {
  label: 'trouble.remedy.packets',
  act: ({ packets, navigation }, { mac }) => {
    packets.filter({ protocols: [], mac, search: '', unheardOnly: true })
    navigation.place = 'diagnosis'
    navigation.diagnosisTab = 'packets'
  },
}

/** Whether our services answer at all. */
const trySelfTest: TroubleRemedy = {
  label: 'trouble.remedy.selfTest',
  act: ({ checks, navigation }) => {
    navigation.place = 'diagnosis'
    navigation.diagnosisTab = 'checks'
    void checks.runSelfTest()
  },
}

const toSettings = (label: MessageKey, section: 'network' | 'files' | 'profiles', withMore = false): TroubleRemedy => ({
  label,
  act: ({ navigation }) => navigation.openSettings(section, withMore),
})

/** One that sleeps, or was switched off, comes back; one that does not is told so. */
const wakeIt: TroubleRemedy = {
  label: 'trouble.remedy.wake',
  act: ({ leases }, { mac }) => void leases.wake(mac),
}

const remedies: Partial<Record<TroubleCode, TroubleRemedy>> = {
  machineGone: wakeIt,
  heartbeatLost: wakeIt,
  firewall: showUnheard,
  proxyUnanswered: showUnheard,
  noLoaderRequest: trySelfTest,
  blockTooLarge: toSettings('trouble.remedy.blockSize', 'network', true),
  poolEmpty: toSettings('trouble.remedy.settingsNetwork', 'network'),
  leaseRefused: toSettings('trouble.remedy.settingsNetwork', 'network'),
  fileMissing: toSettings('trouble.remedy.settingsFiles', 'files'),
  loaderLoop: toSettings('trouble.remedy.settingsFiles', 'files'),
  wrongArchitecture: toSettings('trouble.remedy.settingsFiles', 'files'),
  loaderHang: toSettings('trouble.remedy.settingsFiles', 'files'),
  secureBoot: toSettings('trouble.remedy.settingsFiles', 'files'),
  scriptSilent: toSettings('trouble.remedy.settingsProfiles', 'profiles'),
  systemLost: toSettings('trouble.remedy.settingsProfiles', 'profiles'),
}

export const remedyOf = (code: TroubleCode): TroubleRemedy => remedies[code] ?? showJournal
