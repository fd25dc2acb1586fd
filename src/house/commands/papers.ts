import type { papersCommands } from '../../contract/index.ts'
import { exportZip } from '../../examFiles/index.ts'
import type { CommandDeps, HandlersOf } from './deps.ts'

/** Exam papers, and the work that comes back. */
export const papersHandlers = ({ papers, desktop }: CommandDeps): HandlersOf<typeof papersCommands> => ({
  'papers.view': () => papers.view(),
  'papers.addSubjects': async ({ targets, sittingId }) => {
    const paths = await desktop.chooseFiles('papers')
    if (paths.length === 0) return false
    await papers.addSubjects(paths, targets, sittingId)
    return true
  },
  'papers.setTargets': ({ id, targets }) => papers.setTargets(id, targets),
  'papers.removeSubject': (id) => papers.removeSubject(id),
  'papers.restoreSubject': (id) => papers.restoreSubject(id),
  'papers.collect': ({ isFinal }) => papers.collect(isFinal),
  'papers.collectEvery': (minutes) => papers.collectEvery(minutes),
  'papers.openFolder': () => desktop.openFolder(papers.folder),
  'papers.exportZip': async () => {
    const path = await desktop.chooseSaveFile('copies.zip')
    if (path === undefined) return null
    await exportZip(papers.folder, papers.works(), path)
    return path
  },
})
