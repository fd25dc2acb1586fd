import { readFile, writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { CodedError, type examDayCommands } from '../../contract/index.ts'
import { readRows } from '../../exchange/index.ts'
import { renderPrint } from '../../report/index.ts'
import { readRoster } from '../../sittings/index.ts'
import type { CommandDeps, HandlersOf } from './deps.ts'

/** Lists from files, paper, the report, and what happened when. */
export function examDayHandlers(deps: CommandDeps): HandlersOf<typeof examDayCommands> {
  const { examDay, sittingRunner, sittingReports, desktop, settings, rooms, clock } = deps
  const { sittings, incidents } = examDay
  /** The file that was chosen last: another of its sheets may be asked for. */
  let rosterFile: string | undefined

  return {
    'roster.file': async ({ sittingId, again }) => {
      const { durationMinutes, candidates } = sittings.get(sittingId)
      const path = again ? rosterFile : (await desktop.chooseTable())[0]
      if (path === undefined) return null
      rosterFile = path
      const file = basename(path)
      let bytes: Uint8Array
      try {
        bytes = await readFile(path)
      } catch (error) {
        throw new CodedError('file.notRead', String(error), { file, reason: String(error) })
      }
      const { rows, ...rest } = readRows(bytes, again)
      const known = new Set(candidates.map(({ number }) => number.toLowerCase()))
      return { file, ...rest, preview: readRoster(rows, { durationMinutes, known }) }
    },
    'sitting.wake': (id) => sittingRunner.wake(id),
    'sitting.takeBack': ({ id, who }) => sittings.takeBack(id, who),
    'candidate.checkIn': ({ sittingId, ticket, who }) => examDay.attendance.checkIn(sittingId, ticket, who),
    'candidate.forget': ({ sittingId, candidateId, who }) => sittingRunner.forgetCandidate(candidateId, sittingId, who),
    'incident.toIntervention': ({ id, who }) => {
      const incident = incidents.get(id)
      if (incident.itemId === undefined)
        throw new CodedError('incident.noItem', `incident ${id} is about no stock item`, { id })
      if (incident.interventionId !== undefined) return incident.interventionId
      const sitting = incident.sittingId === undefined ? undefined : sittings.get(incident.sittingId)
      const { title, description } = sittingReports.interventionWords(incident, sitting)
      const intervention = rooms.interventions.add({
        ...{ title, description, kind: 'examIncident', requester: who, itemId: incident.itemId },
        location: [examDay.rooms.list().find((room) => room.id === sitting?.roomId)?.name, incident.seatLabel]
          .filter(Boolean)
          .join(' · '),
        urgency: incident.severity === 'serious' ? 3 : 2,
        impact: 2,
        assignee: '',
      })
      incidents.linkTo(id, intervention.id, who)
      return intervention.id
    },
    'print.save': async ({ sittingId, kind }) => {
      const sitting = sittings.get(sittingId)
      const room = examDay.rooms.list().find(({ id }) => id === sitting.roomId)
      const input = { sitting, room, language: settings.current.language, now: clock.now() }
      const path = await desktop.chooseSaveFile(`${kind}.pdf`)
      if (path === undefined) return null
      const pdf = await renderPrint(kind, input)
      try {
        await writeFile(path, pdf)
      } catch (error) {
        throw new CodedError('file.notWritten', String(error), { file: basename(path), reason: String(error) })
      }
      return path
    },
    'report.save': (sittingId) => sittingReports.save(sittingId),
    'timeline.read': (sittingId) => sittingReports.timeline(sittingId),
  }
}
