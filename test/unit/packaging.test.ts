import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { defaultSettings } from '../../src/storage/settings.ts'
import { debHelper } from '../../src/updates/debInstaller.ts'
import { projectRoot } from '../../tools/run.mjs'

// What is laid on computers that no test runs on. Linux packages are really installed, by test/lab/package.spec.ts.

const read = (path: string): string => readFileSync(join(projectRoot, path), 'utf8')

const hasMakensis = spawnSync('makensis', ['-VERSION']).status === 0

/** Compiles an installer with these lines in the place of electron-builder's own, any warning being an error. */
function compiled(include: string): { status: number | null; stdout: string } {
  const folder = mkdtempSync(join(tmpdir(), 'amorce-nsis-'))
  try {
    const script = `Unicode true
Name "Amorce"
OutFile "${join(folder, 'amorce.exe')}"
InstallDir "$PROGRAMFILES64\\Amorce"
RequestExecutionLevel admin
!include LogicLib.nsh
!define APP_EXECUTABLE_FILENAME "Amorce.exe"
${include}
Section
  SetOutPath $INSTDIR
  WriteUninstaller "$INSTDIR\\uninstall.exe"
  !insertmacro customInstall
SectionEnd
Section Uninstall
  !insertmacro customUnInstall
  Delete "$INSTDIR\\uninstall.exe"
SectionEnd
`
    const { status, stdout, stderr } = spawnSync('makensis', ['-WX', '-V2', '-INPUTCHARSET', 'UTF8', '-'], {
      cwd: folder,
      input: script,
      encoding: 'utf8',
    })
    return { status, stdout: stdout + stderr }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

interface Configuration {
  nsis: Record<string, unknown> & { include: string }
  win: { target: unknown }
  mac: { entitlements: string; icon: string }
}
interface BuilderConfig {
  getConfig(folder: string, file: string, options: null): Promise<Configuration>
  validateConfiguration(config: Configuration, log: object): Promise<void>
}

/** electron-builder's own reading and check of a configuration, which it exports to nobody. */
function builder(): BuilderConfig {
  const fromBuilder = createRequire(createRequire(import.meta.url).resolve('electron-builder'))
  return fromBuilder('app-builder-lib/out/util/config/config.js') as BuilderConfig
}
const log = { isEnabled: false, add: () => undefined }

describe('the configuration of electron-builder', () => {
  it('is one that electron-builder takes, for Windows and macOS too', async () => {
    const { getConfig, validateConfiguration } = builder()
    const config = await getConfig(projectRoot, 'electron-builder.yml', null)
    await validateConfiguration(config, log)
    expect(config.nsis).toMatchObject({ perMachine: true, createStartMenuShortcut: true, warningsAsErrors: true })
    for (const file of [config.nsis.include, config.mac.entitlements, config.mac.icon])
      expect(existsSync(join(projectRoot, file)), file).toBe(true)
    await expect(validateConfiguration({ ...config, nsis: { ...config.nsis, perMachin: true } }, log)).rejects.toThrow(
      'configuration.nsis',
    )
  })
})

describe('the Windows installer', () => {
  const script = read('build/win/installer.nsh')
  /** The commands of a macro, with the values of what is defined. */
  const commandsOf = (macro: string): string[] => {
    const body = new RegExp(`^!macro ${macro}\\n([^]*?)^!macroend`, 'm').exec(script)?.[1] ?? ''
    const defined = new Map([...script.matchAll(/^!define (\w+) "(.*)"$/gm)].map(([, name, value]) => [name, value]))
    return [...body.matchAll(/^ *(?:nsExec::ExecToLog '(.*)'|!insertmacro (\w+))$/gm)].flatMap(
      ([, command, inserted]) =>
        inserted === undefined
          ? [command?.replace(/\$\{(RULE_\w+)\}/g, (whole, name: string) => defined.get(name) ?? whole) ?? '']
          : commandsOf(inserted),
    )
  }
  const netsh = '"$SYSDIR\\netsh.exe" advfirewall firewall'
  const removed = [`${netsh} delete rule name="Amorce (DHCP, TFTP, PXE)"`, `${netsh} delete rule name="Amorce (HTTP)"`]
  const program = 'program="$INSTDIR\\${APP_EXECUTABLE_FILENAME}"'

  it('lays its two firewall rules anew, for its own program, at the ports that settings begin with', () => {
    expect(commandsOf('customInstall')).toEqual([
      ...removed,
      `${netsh} add rule name="Amorce (DHCP, TFTP, PXE)" dir=in action=allow protocol=UDP localport=67,69,4011 ${program} profile=any`,
      `${netsh} add rule name="Amorce (HTTP)" dir=in action=allow protocol=TCP localport=${defaultSettings.httpPort} ${program} profile=any`,
    ])
  })

  it('takes the same two away when it is uninstalled', () => {
    expect(commandsOf('customUnInstall')).toEqual(removed)
  })

  it.skipIf(!hasMakensis)('is a script that makensis compiles without a warning', () => {
    expect(compiled(script)).toEqual({ status: 0, stdout: '' })
    // A name that nothing defines, and a variable that nothing sets, are what it would complain of.
    expect(compiled(script.replace('${RULE_HTTP}', '${RULE_HTPT}')).status).not.toBe(0)
    expect(compiled(script.replace('$SYSDIR', '$SYSDRI')).status).not.toBe(0)
  })

  it('never asks: installed with /S, nobody is there to answer', () => {
    expect(script).not.toMatch(/MessageBox|ExecWait|nsDialogs/i)
    // What a command answers stays on NSIS's stack until it is taken off.
    expect(script.match(/nsExec::/g)?.length).toBe(script.match(/Pop \$0/g)?.length)
  })
})

describe('the polkit action', () => {
  const policy = read('build/linux/app.amorce.console.policy')

  it('is for the program that an update is installed by, and asks for an administrator each time', () => {
    expect(/<annotate key="org\.freedesktop\.policykit\.exec\.path">(.*)<\/annotate>/.exec(policy)?.[1]).toBe(debHelper)
    const defaults = [...policy.matchAll(/<allow_(any|inactive|active)>(\w+)</g)].map(([, who, what]) => [who, what])
    expect(defaults).toEqual(['any', 'inactive', 'active'].map((who) => [who, 'auth_admin']))
  })

  it('is said in both languages', () => {
    for (const element of ['description', 'message'])
      expect(policy.match(new RegExp(`<${element}( xml:lang="fr")?>`, 'g'))).toEqual([
        `<${element}>`,
        `<${element} xml:lang="fr">`,
      ])
  })
})
