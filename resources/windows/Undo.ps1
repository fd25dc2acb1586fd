#Requires -Version 5.1
#Requires -RunAsAdministrator
# Takes back all that Amorce did to this Windows. Run by itself at the end date; can be run by hand at any time, twice too.
[CmdletBinding()]
param([switch] $Restart)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

Import-Module (Join-Path $PSScriptRoot 'AmorceExam.psm1') -Force
Remove-StartService
$target = Join-Path $env:ProgramData 'Amorce'

# First of all: an agent that still ran would lock again.
Stop-ScheduledTask -TaskName 'Agent' -TaskPath '\Amorce\' -ErrorAction SilentlyContinue
Unregister-ScheduledTask -TaskName 'Agent' -TaskPath '\Amorce\' -Confirm:$false -ErrorAction SilentlyContinue

if (Test-Path -LiteralPath (Join-Path $target 'state.json')) {
    # What cannot be undone now is tried again: this task starts anew as long as it is there.
    Exit-ExamMode
    Remove-ExamUser
}

Write-Log 'undone'
Unregister-ScheduledTask -TaskName 'Undo' -TaskPath '\Amorce\' -Confirm:$false -ErrorAction SilentlyContinue
Set-Location -LiteralPath $env:SystemRoot
Remove-Item -LiteralPath $target, "$target-package" -Recurse -Force -ErrorAction SilentlyContinue
Write-Output 'Amorce: everything was taken back. Restart this PC.'
if ($Restart) { Restart-Computer -Force }
