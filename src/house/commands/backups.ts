import { CodedError, type backupCommands, type BackupList } from '../../contract/index.ts'
import type { CommandDeps, HandlersOf } from './deps.ts'

/** Backups, and the way back to one. */
export function backupHandlers({
  backups,
  databasePath,
  clock,
  session,
  desktop,
}: CommandDeps): HandlersOf<typeof backupCommands> {
  const list = (): BackupList => ({ folder: backups.folder, backups: backups.list() })
  return {
    'backup.list': list,
    'backup.make': async () => {
      await backups.make(clock.now())
      return list()
    },
    'backup.look': (name) => backups.look(name),
    'backup.restore': async (name) => {
      // What is there now goes with the exam that is held on it.
      if (session.running) throw new CodedError('exam.alreadyRunning', 'an exam is running', {})
      backups.prepareRestore(name, databasePath)
      await backups.make(clock.now())
      desktop.reopen()
    },
    'backup.saveWhole': async () => {
      const day = new Date(clock.now()).toISOString().slice(0, 10)
      const path = await desktop.chooseSaveFile(`amorce-${day}.sqlite`)
      if (path === undefined) return null
      await backups.saveTo(path)
      return path
    },
    'backup.takeIn': async () => {
      const [path] = await desktop.chooseFiles('backup')
      return path === undefined ? null : backups.takeIn(path, clock.now())
    },
    'backup.openFolder': () => desktop.openFolder(backups.folder),
  }
}
