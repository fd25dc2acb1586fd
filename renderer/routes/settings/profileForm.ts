import {
  profileInputSchema,
  type BootProfileView,
  type ProfileInput,
  type ProfilePurpose,
  type ProfileSystem,
  type WinpeTask,
} from '../../../src/contract/index.ts'
import { Form, linesOf, usualMessage } from '../../components/form.svelte.ts'
import { t } from '../../messages/words.svelte.ts'

export interface ProfileDraft {
  name: string
  system: ProfileSystem
  purpose: ProfilePurpose
  kernel: string
  /** One path per line. */
  initrds: string
  commandLine: string
  winpeTask: WinpeTask
}

/** @param profile the profile to edit; none for a new one. */
export const makeProfileForm = (profile?: BootProfileView): Form<ProfileDraft, ProfileInput> =>
  new Form(
    {
      name: profile?.name ?? '',
      system: profile?.system ?? 'linux',
      purpose: profile?.purpose ?? 'exam',
      kernel: profile?.kernel ?? '',
      initrds: profile?.initrds.join('\n') ?? '',
      commandLine: profile?.commandLine ?? '',
      winpeTask: profile?.winpeTask ?? 'none',
    },
    profileInputSchema,
    (draft) =>
      // A machine sent to its own disk is given nothing, whatever was typed before the system was chosen.
      draft.system === 'localDisk'
        ? { name: draft.name, system: draft.system, purpose: draft.purpose, kernel: '', initrds: [], commandLine: '' }
        : { ...draft, kernel: draft.kernel.trim(), initrds: linesOf(draft.initrds) },
    (field, issue) => {
      if (field === 'kernel') return t('field.path')
      if (field === 'initrds') return issue.path.length > 1 ? t('field.path') : t('field.pathCount')
      return field === 'commandLine' ? t('field.oneLine') : usualMessage(issue)
    },
  )
