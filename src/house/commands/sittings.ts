import { CodedError, type sittingsCommands } from '../../contract/index.ts'
import { readPasted } from '../../exchange/index.ts'
import { readRoster } from '../../sittings/index.ts'
import type { CommandDeps, HandlersOf } from './deps.ts'

/** Sittings, their candidates, and incidents. */
export function sittingsHandlers({
  examDay,
  examSystem,
  sittingRunner,
}: CommandDeps): HandlersOf<typeof sittingsCommands> {
  const { sittings, incidents } = examDay
  const rosterOf = (sittingId: number, rows: string[][]) => {
    const { durationMinutes, candidates } = sittings.get(sittingId)
    return readRoster(rows, {
      durationMinutes,
      known: new Set(candidates.map(({ number }) => number.toLowerCase())),
    })
  }
  return {
    'sitting.add': (sitting) => sittings.add(sitting),
    'sitting.update': ({ id, sitting, who }) => sittings.update(id, sitting, who),
    'sitting.duplicate': (id) => {
      const copy = sittings.duplicate(id)
      examSystem.rules.setOfSitting(copy.id, examSystem.rules.ofSitting(id))
      return copy
    },
    'sitting.remove': (id) => sittings.remove(id),
    'sitting.begin': ({ id, who }) => sittingRunner.begin(id, who),
    'sitting.pause': ({ id, who }) => sittings.pause(id, who),
    'sitting.goOn': ({ id, who }) => sittings.goOn(id, who),
    'sitting.close': ({ id, who }) => sittingRunner.close(id, who),
    'sitting.archive': ({ id, who }) => sittings.archive(id, who),
    'sitting.anonymise': ({ id, who }) => sittingRunner.anonymise(id, who),
    'sitting.journal': (id) => sittings.journal(id),

    'roster.read': ({ sittingId, text }) => rosterOf(sittingId, readPasted(text)),
    'roster.take': ({ sittingId, candidates }) => sittings.takeRoster(sittingId, candidates),
    'candidate.update': ({ id, candidate }) => sittings.updateCandidate(id, candidate),
    'candidate.remove': (id) => sittings.removeCandidate(id),
    'candidate.seat': ({ candidateId, seatId, who }) => sittings.seat(candidateId, seatId, who),
    'seating.assign': (seating) => sittings.assign(seating),

    'candidate.presence': ({ sittingId, candidateIds, presence, who }) =>
      sittings.setPresence(sittingId, candidateIds, presence, who),
    'candidate.extend': ({ sittingId, candidateIds, minutes, who }) =>
      sittings.extend(sittingId, candidateIds, minutes, who),
    'candidate.lock': ({ sittingId, candidateIds, reason, who }) => sittings.lock(sittingId, candidateIds, reason, who),
    'candidate.unlock': ({ sittingId, candidateIds, who }) => sittings.unlock(sittingId, candidateIds, who),
    'candidate.message': ({ sittingId, candidateIds, text, who }) =>
      sittings.order(sittingId, candidateIds, { kind: 'message', text }, who),
    'candidate.power': ({ sittingId, candidateIds, action, who }) =>
      sittings.order(sittingId, candidateIds, { kind: action }, who),
    'candidate.note': ({ candidateId, note, who }) => sittings.note(candidateId, note, who),

    'incident.list': () => incidents.list(),
    'incident.add': (incident) => {
      const added = incidents.add({ kind: 'byHand', ...incident })
      if (!added) throw new CodedError('internal', 'an incident written by hand was taken for a repeated one')
      return added
    },
    'incident.acknowledge': ({ id, comment, who }) => incidents.acknowledge(id, comment, who),
  }
}
