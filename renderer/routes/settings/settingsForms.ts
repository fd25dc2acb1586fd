import { settingsInputSchema, type SettingsInput, type SettingsView } from '../../../src/contract/index.ts'
import { Form, usualMessage } from '../../components/form.svelte.ts'
import { formatNumber } from '../../messages/format.ts'
import { t } from '../../messages/words.svelte.ts'

const between = (min: number, max: number): string =>
  t('field.range', { min: formatNumber(min), max: formatNumber(max) })

/** A whole number as typed; NaN, which no schema takes, for anything else. */
const numberOf = (text: string): number => (/^\s*\d+\s*$/.test(text) ? Number(text) : Number.NaN)

export interface RoomDraft {
  roomName: string
  invigilator: string
  expectedMachines: string
}

export const makeRoomForm = (settings: SettingsView): Form<RoomDraft, SettingsInput> =>
  new Form(
    {
      roomName: settings.roomName,
      invigilator: settings.invigilator,
      expectedMachines: String(settings.expectedMachines),
    },
    settingsInputSchema,
    (draft) => ({
      roomName: draft.roomName.trim(),
      invigilator: draft.invigilator.trim(),
      expectedMachines: numberOf(draft.expectedMachines),
    }),
    (field, issue) => (field === 'expectedMachines' ? between(0, 2000) : usualMessage(issue)),
  )

export interface NetworkDraft {
  poolStart: string
  poolEnd: string
  /** Minutes, as typed. */
  leaseSeconds: string
  httpPort: string
}

export const makeNetworkForm = (settings: SettingsView): Form<NetworkDraft, SettingsInput> =>
  new Form(
    {
      poolStart: settings.poolStart,
      poolEnd: settings.poolEnd,
      leaseSeconds: String(Math.round(settings.leaseSeconds / 60)),
      httpPort: String(settings.httpPort),
    },
    settingsInputSchema,
    (draft) => ({
      poolStart: draft.poolStart.trim(),
      poolEnd: draft.poolEnd.trim(),
      leaseSeconds: numberOf(draft.leaseSeconds) * 60,
      httpPort: numberOf(draft.httpPort),
    }),
    (field) => {
      if (field === 'leaseSeconds') return between(1, 43_200)
      return field === 'httpPort' ? between(1, 65_535) : t('field.ipv4')
    },
  )
