import type { Language, Mac } from '../../contract/index.ts'
import { agentName } from './agent.ts'

/**
 * What the batch file below is called. Not `startnet.cmd`: each image has one, and wimboot adds its entry to the folder without
 * looking for another of the same name.
 */
export const startupName = 'amorce.cmd'

/** A batch file that a technician adds to the profile's files: it is run once the network is up. */
export const taskName = 'amorce-task.cmd'

export interface StartupContext {
  /** `http://192.168.60.1:8080`, without a slash at its end. */
  serverUrl: string
  mac: Mac
  /** Of the sentences on the machine's screen, and in French of its keyboard. */
  language: Language
}

/**
 * What one machine runs when Windows PE is up: network, its server and MAC in the environment (`AMORCE_SERVER`, `AMORCE_MAC`), the
 * agent beside it, the technician's task when there is one, and a command prompt. It touches no disk.
 *
 * The agent is the script where Windows Script Host is installed, else `curl.exe` where that was added; without either the
 * machine works, and says that the console will not see it.
 */
export function startupCmd({ serverUrl, mac, language }: StartupContext): string {
  const say = sentences[language]
  return lines(
    '@echo off',
    `set AMORCE_SERVER=${serverUrl}`,
    `set AMORCE_MAC=${mac}`,
    'if "%~1"=="agent" goto agent',
    'if "%~1"=="tell" goto tell',
    // Plug and play, then the network: until then nothing can be told.
    'wpeinit',
    'wpeutil WaitForNetwork',
    ...say.keyboard,
    `echo ${say.title} - %AMORCE_MAC% - %AMORCE_SERVER%`,
    'start "Amorce" /min cmd.exe /c call "%~f0" agent',
    `if not exist "%SystemRoot%\\System32\\${taskName}" goto prompt`,
    `echo ${say.task}`,
    `call "%SystemRoot%\\System32\\${taskName}"`,
    'goto :eof',
    '',
    ':prompt',
    `echo ${say.prompt}`,
    'if exist "%SystemDrive%\\setup.exe" echo ' + say.setup,
    'goto :eof',
    '',
    ':agent',
    'if not exist "%SystemRoot%\\System32\\cscript.exe" goto curl',
    `cscript.exe //nologo //b //e:jscript "%SystemRoot%\\System32\\${agentName}" %AMORCE_SERVER% %AMORCE_MAC%`,
    // Only a script that could not work comes to an end.
    ':curl',
    'if not exist "%SystemRoot%\\System32\\curl.exe" goto silent',
    'set AMORCE_STAGE=system',
    ':beat',
    'curl.exe --silent --max-time 5 --data "mac=%AMORCE_MAC%&stage=%AMORCE_STAGE%" %AMORCE_SERVER%/api/heartbeat >nul',
    'if not errorlevel 1 set AMORCE_STAGE=ready',
    // Windows PE has no timeout.exe; pings are a second apart.
    'ping -n 6 127.0.0.1 >nul',
    'goto beat',
    '',
    ':silent',
    `echo ${say.silent}`,
    'pause',
    'goto :eof',
    '',
    // How a task ended: its name, then the exit code of its batch file.
    ':tell',
    'if not exist "%SystemRoot%\\System32\\cscript.exe" goto tellByCurl',
    `cscript.exe //nologo //b //e:jscript "%SystemRoot%\\System32\\${agentName}" %AMORCE_SERVER% %AMORCE_MAC% %2 %3`,
    'if not errorlevel 1 goto :eof',
    ':tellByCurl',
    'if not exist "%SystemRoot%\\System32\\curl.exe" goto :eof',
    'curl.exe --silent --max-time 10 --data "task=%2&code=%3" %AMORCE_SERVER%/boot/%AMORCE_MAC%/winpe/done >nul',
  )
}

/** Windows PE runs this in place of what it begins with otherwise: its own `startnet.cmd`, or Windows' installer. */
export const winpeshlIni = (): string =>
  lines('[LaunchApps]', `%SystemRoot%\\System32\\cmd.exe, /k %SystemRoot%\\System32\\${startupName}`)

/** In ASCII: the console of Windows PE has a code page of its own for each language. */
const sentences: Record<
  Language,
  { keyboard: string[]; title: string; task: string; prompt: string; setup: string; silent: string }
> = {
  fr: {
    // AZERTY, whatever language the image is in.
    keyboard: ['wpeutil SetKeyboardLayout 040c:0000040c'],
    title: 'Amorce : maintenance sous Windows PE',
    task: `Amorce : execution de ${taskName}`,
    prompt: 'Amorce : invite de commandes. Fermer cette fenetre redemarre le poste.',
    setup: `Amorce : l'installation de Windows n'est pas lancee ; pour la lancer : %SystemDrive%\\setup.exe`,
    silent: "Amorce : ni Windows Script Host ni curl.exe dans cette image : la console d'Amorce ne verra pas ce poste.",
  },
  en: {
    keyboard: [],
    title: 'Amorce: maintenance in Windows PE',
    task: `Amorce: running ${taskName}`,
    prompt: 'Amorce: command prompt. Closing this window restarts the machine.',
    setup: 'Amorce: the installation of Windows was not started; to start it: %SystemDrive%\\setup.exe',
    silent:
      'Amorce: neither Windows Script Host nor curl.exe in this image: the console of Amorce will not see this machine.',
  },
}

/** Batch files want the line ends of their system: with others, `goto` may miss its label. */
export const lines = (...text: string[]): string => [...text, ''].join('\r\n')
