import { runCommand, type CommandResult } from './runCommand.ts'

/** Runs a Windows PowerShell script, whose output comes as UTF-8. Encoded, so that no quoting stands in between. */
export const runPowerShell = (script: string, timeoutMs = 20_000): Promise<CommandResult> =>
  runCommand('powershell.exe', ['-NoProfile', '-NonInteractive', '-EncodedCommand', encodePowerShell(script)], {
    timeoutMs,
  })

/** PowerShell's `-EncodedCommand`: UTF-16LE in base64. */
export const encodePowerShell = (script: string): string =>
  Buffer.from(
    `$ErrorActionPreference='Stop';$ProgressPreference='SilentlyContinue';[Console]::OutputEncoding=[Text.Encoding]::UTF8;${script}`,
    'utf16le',
  ).toString('base64')

/** A PowerShell string literal. */
export const quotePowerShell = (text: string): string => `'${text.replaceAll(/['\u2018\u2019\u201a\u201b]/g, '$&$&')}'`

/** Reads what `ConvertTo-Json` printed: one object where there was one, a list where there were several, or nothing. */
export function parsePowerShellList(text: string): unknown[] | undefined {
  if (text.trim() === '') return []
  try {
    const json: unknown = JSON.parse(text.replace(/^\ufeff/, ''))
    return Array.isArray(json) ? (json as unknown[]) : [json]
  } catch {
    return undefined
  }
}
