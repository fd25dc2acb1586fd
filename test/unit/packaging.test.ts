import { existsSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { defaultSettings } from '../../src/storage/settings.ts'
import { debHelper } from '../../src/updates/debInstaller.ts'
import { projectRoot } from '../../tools/run.mjs'

// What is laid on computers that no test runs on. Linux packages are really installed, by test/lab/package.spec.ts.

const read = (path: string): string => readFileSync(join(projectRoot, path), 'utf8')

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
  }, 60_000)
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
