import { presences, type SittingEntry, type SittingView } from '../../../src/contract/index.ts'
import { formatSigned } from '../../messages/format.ts'
import { candidateName } from '../../messages/sentences.ts'
import { isMessageKey, t, tell } from '../../messages/words.svelte.ts'

/** What a line of a sitting's journal says. */
export function entrySentence(
  { action, details, text }: SittingEntry,
  { candidates }: SittingView,
  seatLabel: (id: number) => string,
): string {
  const key = `sitting.action.${action}`
  if (!isMessageKey(key)) return action
  const candidate = candidates.find(({ id }) => id === details['candidateId'])
  const presence = presences.find((each) => each === details['presence'])
  const incident = `incident.${String(details['kind'])}`
  return tell(key, {
    name: candidate ? candidateName(candidate) : undefined,
    text,
    minutes: action === 'extend' ? formatSigned(Number(details['minutes'])) : details['minutes'],
    count: details['count'],
    presence: presence && t(`presence.${presence}`),
    incident: isMessageKey(incident) ? tell(incident) : undefined,
    profile: details['profile'] ?? t('boot.menu'),
    from: seatLabel(Number(details['from'])),
    to: seatLabel(Number(details['to'])),
  })
}
