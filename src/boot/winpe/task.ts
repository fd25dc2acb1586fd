import { winpeResults, type Language, type WinpeResult, type WinpeTask } from '../../contract/index.ts'
import { deployName } from '../../windowsKit/index.ts'
import { lines, startupName } from './startup.ts'

export interface TaskContext {
  task: Exclude<WinpeTask, 'none'>
  /** Absent: none was made, or it ended. */
  manifestHash?: string
  /** Whether its next boot is another one: else it would do the same again, for ever. */
  restarts: boolean
  language: Language
}

/**
 * The task's batch file: runs the package's own, tells the server how that ended (its exit code is the place of the result in
 * `winpeResults`), and restarts the machine.
 */
export function taskCmd({ task, manifestHash, restarts, language }: TaskContext): string {
  const say = sentences[language]
  const run =
    task === 'undo'
      ? `call "%~dp0${deployName}" undo`
      : manifestHash === undefined
        ? `cmd.exe /c exit ${codeOf('noPackage')}`
        : `call "%~dp0${deployName}" ${manifestHash}`
  return lines(
    '@echo off',
    `echo ${say.begin[task]}`,
    run,
    'set AMORCE_RESULT=%errorlevel%',
    `call "%~dp0${startupName}" tell ${task} %AMORCE_RESULT%`,
    `if not "%AMORCE_RESULT%"=="0" goto failed`,
    `echo ${say.done}`,
    // A moment to read it: Windows PE has no timeout.exe.
    ...(restarts ? ['ping -n 11 127.0.0.1 >nul', 'wpeutil reboot'] : []),
    'goto :eof',
    '',
    ':failed',
    ...(manifestHash === undefined && task === 'prepare' ? [`echo ${say.noPackage}`] : []),
    `echo ${say.failed}`,
  )
}

/** How a task ended, from what its batch file said; undefined for what no such file says. */
export const resultOf = (code: string | null): WinpeResult | undefined =>
  /^\d+$/.test(code ?? '') ? (winpeResults[Number(code)] ?? 'failed') : undefined

const codeOf = (result: WinpeResult): number => winpeResults.indexOf(result)

/** In ASCII, as those of the start. */
const sentences: Record<
  Language,
  { begin: Record<TaskContext['task'], string>; done: string; noPackage: string; failed: string }
> = {
  fr: {
    begin: { prepare: 'Amorce : preparation du Windows de ce poste', undo: 'Amorce : la preparation est defaite' },
    done: 'Amorce : fait. Windows termine a son prochain demarrage.',
    noPackage: 'Amorce : aucun paquet valable. Le faire dans Reglages, Windows installe.',
    failed: 'Amorce : la tache a echoue. Prevenez le technicien.',
  },
  en: {
    begin: { prepare: "Amorce: preparing this machine's Windows", undo: 'Amorce: undoing the preparation' },
    done: 'Amorce: done. Windows finishes it at its next start.',
    noPackage: 'Amorce: no valid package. Make it in Settings, Installed Windows.',
    failed: 'Amorce: the task failed. Call the technician.',
  },
}
