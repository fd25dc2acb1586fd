import { readdirSync, readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Node, Parser as TreeParser } from '@vscode/tree-sitter-wasm'
import { kitNames } from './index.ts'
import type * as TreeSitter from '@vscode/tree-sitter-wasm'

// No PowerShell runs here: a grammar of the language reads every script, and what the scripts promise each other is looked for.

const sources = join(process.cwd(), 'resources', 'windows')
const scripts = readdirSync(sources).filter((name) => /\.psm?1$/.test(name))
const textOf = (name: string): string => readFileSync(join(sources, name), 'utf8')

let parser: TreeParser

beforeAll(async () => {
  const require = createRequire(import.meta.url)
  const entry = require.resolve('@vscode/tree-sitter-wasm')
  const { Language, Parser } = require(entry) as typeof TreeSitter
  await Parser.init({ locateFile: (name: string) => join(dirname(entry), name) })
  parser = new Parser()
  parser.setLanguage(await Language.load(join(dirname(entry), 'tree-sitter-powershell.wasm')))
})

function faultsOf(text: string): string[] {
  const tree = parser.parse(text)
  const faults: string[] = []
  const walk = (node: Node): void => {
    if (node.isError || node.isMissing) faults.push(`line ${node.startPosition.row + 1}: ${node.text.slice(0, 60)}`)
    for (const child of node.children) if (child) walk(child)
  }
  if (tree) walk(tree.rootNode)
  return faults
}

function namesOf(text: string, type: string): string[] {
  const found = parser.parse(text)?.rootNode.descendantsOfType(type) ?? []
  return found.flatMap((node) => (node ? [node.text] : []))
}

describe('the scripts for Windows', () => {
  it('are told from text that is no PowerShell', () => {
    expect(faultsOf('if ($a -eq 1 { Write-Output "x" }')).not.toEqual([])
    expect(faultsOf('function Get-A {\n  param([string] $B)\n  return $B\n}\n')).toEqual([])
  })

  it.each(scripts)('%s is PowerShell', (name) => {
    expect(faultsOf(textOf(name))).toEqual([])
  })

  it.each(scripts)(
    '%s is plain ASCII: PowerShell 5.1 takes a script without a mark for the code page of its Windows',
    (name) => {
      expect(textOf(name)).toMatch(/^[\t\n -~]*$/)
    },
  )

  it.each(scripts)('%s stops at the first error and at a name that is not set', (name) => {
    expect(textOf(name)).toContain("$ErrorActionPreference = 'Stop'")
    expect(textOf(name)).toContain('Set-StrictMode -Version 2.0')
  })

  it('call functions that the module exports, and the module exports functions that it has', () => {
    const module = textOf('AmorceExam.psm1')
    const defined = namesOf(module, 'function_name')
    const exported = [...module.slice(module.indexOf('Export-ModuleMember')).matchAll(/'([\w-]+)'/g)].map(
      ([, name]) => name!,
    )
    expect(defined).toEqual(expect.arrayContaining(exported))
    for (const name of scripts.filter((each) => each.endsWith('.ps1'))) {
      const own = namesOf(textOf(name), 'function_name')
      const called = namesOf(textOf(name), 'command_name').filter((each) => defined.includes(each))
      expect(called.filter((each) => !own.includes(each) && !exported.includes(each))).toEqual([])
    }
  })

  it('undo each thing that they do', () => {
    const module = textOf('AmorceExam.psm1')
    const body = (name: string): string =>
      parser
        .parse(module)!
        .rootNode.descendantsOfType('function_statement')
        .find((node) => node?.text.startsWith(`function ${name} `))?.text ?? ''
    expect(body('Enter-ExamMode')).toMatch(
      /New-ExamUser[^]+Enable-ExamFirewall[^]+Enable-StorageDenial[^]+Enable-Kiosk[^]+Enable-AutoLogon[^]+'examMode'/,
    )
    for (const undone of ['Disable-ExamFirewall', 'Restore-Registry', 'Disable-Kiosk', 'Disable-LocalUser'])
      expect(body('Exit-ExamMode')).toContain(undone)
    // Before anything is changed, that something is; and no trace of it once all is undone.
    expect(body('Enter-ExamMode')).toMatch(/'examBegun'[^]+New-ExamUser/)
    for (const mark of ['examMode', 'examBegun']) expect(body('Exit-ExamMode')).toContain(`$state.Remove('${mark}')`)
    expect(textOf('Agent.ps1')).toMatch(/elseif \(Test-ExamTrace\) \{\s+Exit-ExamMode/)
    // No value of the registry is changed but through the function that writes down what it was.
    const writes = namesOf(module, 'command_name').filter((name) => name === 'New-ItemProperty')
    expect(writes.length).toBe(
      (body('Set-RegistryValue') + body('Restore-Registry')).split('New-ItemProperty').length - 1,
    )
  })

  it('let nothing through the firewall but the server, DHCP, and what a technician allowed', () => {
    const module = textOf('AmorceExam.psm1')
    const rules = [...module.matchAll(/New-NetFirewallRule ([^]+?)\|/g)].map(([, words = '']) =>
      words.replace(/`\s+/g, ''),
    )
    expect(rules.map((words) => words.replace(/^-DisplayName '[^']+' -Group 'Amorce' /, '').trim())).toEqual([
      '-Direction Outbound -Action Allow -RemoteAddress $allowed',
      '-Direction Outbound -Action Allow -Protocol UDP -LocalPort 68 -RemotePort 67',
      '-Direction Inbound -Action Allow -Protocol UDP -LocalPort 68 -RemotePort 67',
    ])
    expect(module).toMatch(/\$allowed = @\(\$Config\.serverAddress\) \+ @\(\$Config\.allowedAddresses\)\n/)
    expect(module).toContain('-All -Enabled True -DefaultInboundAction Block -DefaultOutboundAction Block')
  })

  it('run nothing as the system that a user could have laid there', () => {
    const install = textOf('Install.ps1')
    const order = ['Test-Package', 'Protect-ExamFolder', 'Copy-Item', "Register-Task 'Undo'", "Register-Task 'Agent'"]
    const places = order.map((word) => install.indexOf(word))
    expect(places).toEqual([...places].sort((a, b) => a - b))
    expect(places[0]).toBeGreaterThan(0)
    expect(textOf('AmorceExam.psm1')).toMatch(/GetOwner[^]+rmdir[^]+icacls\.exe[^]+\/setowner/)
  })

  it('take the kiosk’s page and user from the choices alone', () => {
    for (const name of ['assignedAccess.xml', 'shellLauncher.xml']) {
      expect(textOf(name)).toContain('@USER@')
      expect(textOf(name)).toContain('@PAGE@')
    }
  })

  it('lay every file of the package from Windows PE, and go to no label that is not there', () => {
    const deploy = textOf('deploy.cmd')
    expect(/^set "names=(.+)"$/m.exec(deploy)?.[1]?.split(' ')).toEqual(kitNames)
    expect(deploy).toMatch(/^[\n -~]*$/)
    const labels = [...deploy.matchAll(/^:(\w+)$/gm)].map(([, label]) => label)
    const wanted = [...deploy.matchAll(/(?:goto |call :)(\w+)/g)].map(([, label]) => label)
    expect(new Set(wanted)).toEqual(new Set(labels))
    for (const line of deploy.split('\n')) expect((line.match(/"/g)?.length ?? 0) % 2, line).toBe(0)
  })

  it('leave what Windows PE had them run at a start before anything can fail', () => {
    for (const name of ['Install.ps1', 'Undo.ps1']) {
      const text = textOf(name)
      expect(text.indexOf('Remove-StartService')).toBeGreaterThan(0)
      expect(text.indexOf('Remove-StartService')).toBeLessThan(text.search(/Test-Package|Stop-ScheduledTask/))
    }
    // The service that it makes is the one that they remove, and what it runs is theirs.
    expect(textOf('AmorceExam.psm1')).toContain('sc.exe delete AmorceSetup')
    expect(textOf('deploy.cmd')).toContain('\\Services\\AmorceSetup"')
    expect(textOf('deploy.cmd')).toMatch(/Install\.ps1[^]+-ManifestHash %hash%/)
    expect(textOf('Install.ps1')).toContain('[string] $ManifestHash')
    expect(textOf('Undo.ps1')).toContain('[switch] $Restart')
  })
})
