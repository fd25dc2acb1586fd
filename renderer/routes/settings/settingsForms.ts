import { settingsInputSchema, type SettingsInput, type SettingsView } from '../../../src/contract/index.ts'
import { Form, usualMessage } from '../../components/form.svelte.ts'
import { formatNumber } from '../../messages/format.ts'
import { t } from '../../messages/words.svelte.ts'

export const between = (min: number, max: number): string =>
  t('field.range', { min: formatNumber(min), max: formatNumber(max) })

/** A whole number as typed; NaN, which no schema takes, for anything else. */
export const numberOf = (text: string): number => (/^\s*\d+\s*$/.test(text) ? Number(text) : Number.NaN)

export interface RoomDraft {
  roomName: string
  invigilator: string
  expectedMachines: string
  incidentAlerts: boolean
  retentionDays: string
}

export const makeRoomForm = (settings: SettingsView): Form<RoomDraft, SettingsInput> =>
  new Form(
    {
      roomName: settings.roomName,
      invigilator: settings.invigilator,
      expectedMachines: String(settings.expectedMachines),
      incidentAlerts: settings.incidentAlerts,
      retentionDays: String(settings.retentionDays),
    },
    settingsInputSchema,
    (draft) => ({
      roomName: draft.roomName.trim(),
      invigilator: draft.invigilator.trim(),
      expectedMachines: numberOf(draft.expectedMachines),
      incidentAlerts: draft.incidentAlerts,
      retentionDays: numberOf(draft.retentionDays),
    }),
    (field, issue) =>
      field === 'expectedMachines'
        ? between(0, 2000)
        : field === 'retentionDays'
          ? between(0, 3650)
          : usualMessage(issue),
  )

export interface StockDraft {
  technician: string
  stockNotifications: boolean
}

export const makeStockForm = ({ technician, stockNotifications }: SettingsView): Form<StockDraft, SettingsInput> =>
  new Form(
    { technician, stockNotifications },
    settingsInputSchema,
    (draft) => ({ ...draft, technician: draft.technician.trim() }),
    (_, issue) => usualMessage(issue),
  )
