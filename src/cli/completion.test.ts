import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { completionFor, shells } from './completion.ts'
import { commandNames, optionsOf } from './table.ts'

const isHere = (program: string): boolean => spawnSync(program, ['--version']).status === 0

/** What bash offers once Tab is pressed after these words; the last one is being typed. */
function offeredByBash(...typed: string[]): string[] {
  const words = ['amorce', ...typed].map((word) => `'${word}'`).join(' ')
  const script = `${completionFor('bash', 'en')}
COMP_WORDS=(${words}); COMP_CWORD=${typed.length}; COMPREPLY=()
_amorce
printf '%s\\n' "\${COMPREPLY[@]}"
complete -p amorce >&2`
  const { status, stdout, stderr } = spawnSync('bash', ['--norc', '-c', script], {
    encoding: 'utf8',
    cwd: import.meta.dirname,
  })
  expect({ status, stderr }).toEqual({ status: 0, stderr: 'complete -o filenames -F _amorce amorce\n' })
  return stdout.split('\n').filter((word) => word !== '')
}

describe.skipIf(!isHere('bash'))('the completion, in a real bash', () => {
  it('offers every command, and those that begin so', () => {
    expect(offeredByBash('').sort()).toEqual([...commandNames, '--help'].sort())
    expect(offeredByBash('se')).toEqual(commandNames.filter((name) => name.startsWith('se')))
  })

  it.each(commandNames)('offers the options of %s', (name) => {
    expect(offeredByBash(name, '--')).toEqual(optionsOf(name).map((option) => `--${option}`))
  })

  it('offers what may follow an option, files where nothing else fits, and nothing for a number', () => {
    expect(offeredByBash('serve', '--language', '')).toEqual(['fr', 'en'])
    expect(offeredByBash('completion', 'z')).toEqual(['zsh'])
    expect(offeredByBash('check', 'completion.t')).toEqual(['completion.test.ts', 'completion.ts'])
    expect(offeredByBash('serve', '--status-port', '')).toEqual([])
  })
})

describe.each(shells)('the completion for %s', (shell) => {
  it.skipIf(!isHere(shell)).each(['fr', 'en'] as const)('is a script that the shell can read, in %s', (language) => {
    const path = join(mkdtempSync(join(tmpdir(), 'amorce-')), shell)
    writeFileSync(path, completionFor(shell, language))
    const read = spawnSync(shell, [shell === 'fish' ? '--no-execute' : '-n', path], { encoding: 'utf8' })
    rmSync(dirname(path), { recursive: true })
    expect(read).toMatchObject({ status: 0, stderr: '', stdout: '' })
  })
})
