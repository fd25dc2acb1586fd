import { sittingInputSchema, type SittingInput, type SittingView } from '../../../src/contract/index.ts'
import { Form, usualMessage } from '../../components/form.svelte.ts'
import { t } from '../../messages/words.svelte.ts'

/** A sitting as it is typed in. */
export interface SittingDraft {
  title: string
  module: string
  /** Ids as text, empty for none: what a list of choices holds. */
  roomId: string
  profileId: string
  /** As an input of type `datetime-local` has it, in local time. */
  plannedAt: string
  durationMinutes: string
  /** Percent. */
  quorum: string
  warnings: string
  collectMinutes: string
  /** Empty: somebody closes it. */
  graceMinutes: string
  wakes: boolean
}

const draftOf = (sitting: SittingView): SittingDraft => ({
  title: sitting.title,
  module: sitting.module,
  roomId: sitting.roomId === undefined ? '' : String(sitting.roomId),
  profileId: sitting.profileId === undefined ? '' : String(sitting.profileId),
  plannedAt: sitting.plannedAt === undefined ? '' : localTime(sitting.plannedAt),
  durationMinutes: String(sitting.durationMinutes),
  quorum: String(Math.round(sitting.quorum * 100)),
  warnings: sitting.warnings.join(', '),
  collectMinutes: String(sitting.collectMinutes),
  graceMinutes: sitting.graceMinutes === undefined ? '' : String(sitting.graceMinutes),
  wakes: sitting.wakes,
})

const emptyDraft: SittingDraft = {
  title: '',
  module: '',
  roomId: '',
  profileId: '',
  plannedAt: '',
  durationMinutes: '120',
  quorum: '90',
  warnings: '15, 5',
  collectMinutes: '10',
  graceMinutes: '',
  wakes: true,
}

export function localTime(at: number): string {
  const date = new Date(at)
  return new Date(at - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}

const numberOf = (text: string): number => (/^\s*\d+\s*$/.test(text) ? Number(text) : NaN)

/** @param sitting the one to edit; none for a new one, held in `roomId` unless another room is chosen. */
export const makeSittingForm = (sitting: SittingView | undefined, roomId?: number): Form<SittingDraft, SittingInput> =>
  new Form(
    sitting ? draftOf(sitting) : { ...emptyDraft, roomId: roomId === undefined ? '' : String(roomId) },
    sittingInputSchema,
    (draft) => ({
      title: draft.title,
      module: draft.module,
      roomId: draft.roomId === '' ? undefined : Number(draft.roomId),
      profileId: draft.profileId === '' ? undefined : Number(draft.profileId),
      plannedAt: draft.plannedAt === '' ? undefined : new Date(draft.plannedAt).getTime(),
      durationMinutes: numberOf(draft.durationMinutes),
      quorum: numberOf(draft.quorum) / 100,
      warnings: draft.warnings
        .split(/[,;\s]+/)
        .filter(Boolean)
        .map(numberOf),
      collectMinutes: numberOf(draft.collectMinutes),
      graceMinutes: draft.graceMinutes.trim() === '' ? undefined : numberOf(draft.graceMinutes),
      wakes: draft.wakes,
    }),
    (field, issue) => {
      if (field === 'durationMinutes' || field === 'warnings') return t('field.range', { min: 1, max: 1440 })
      if (field === 'collectMinutes' || field === 'graceMinutes') return t('field.range', { min: 0, max: 240 })
      return field === 'quorum' ? t('field.range', { min: 0, max: 100 }) : usualMessage(issue)
    },
  )
