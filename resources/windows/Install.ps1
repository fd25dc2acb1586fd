#Requires -Version 5.1
#Requires -RunAsAdministrator
# Prepares this Windows for exams with Amorce. Nothing is locked yet: that happens when the network says "exam" at a boot.
#   powershell -ExecutionPolicy Bypass -File Install.ps1 [-ManifestHash <SHA-256 shown by Amorce>]
[CmdletBinding()]
param([string] $ManifestHash)

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

Import-Module (Join-Path $PSScriptRoot 'AmorceExam.psm1') -Force
Remove-StartService
Test-Package -Folder $PSScriptRoot -ManifestHash $ManifestHash
$config = Get-ExamConfig
$until = [DateTimeOffset]::Parse($config.endsAt).LocalDateTime
if ($until -le (Get-Date)) { throw "This package ended on $until. Make a new one." }

$target = Join-Path $env:ProgramData 'Amorce'
New-Item -ItemType Directory -Path $target -Force | Out-Null
# Administrators and the system alone: a candidate neither changes nor reads what watches him.
& icacls.exe $target /inheritance:r /grant '*S-1-5-32-544:(OI)(CI)F' '*S-1-5-18:(OI)(CI)F' | Out-Null
if ($LASTEXITCODE -ne 0) { throw "$target could not be protected" }
if ($PSScriptRoot -ne $target) { Copy-Item -Path (Join-Path $PSScriptRoot '*') -Destination $target -Force }

$system = New-ScheduledTaskPrincipal -UserId 'S-1-5-18' -LogonType ServiceAccount -RunLevel Highest
function Register-Task([string] $Name, [string] $Script, $Trigger, $Limit) {
    $arguments = '-NoProfile -NonInteractive -ExecutionPolicy Bypass -File "{0}"' -f (Join-Path $target $Script)
    $action = New-ScheduledTaskAction -Execute 'powershell.exe' -Argument $arguments
    $settings = New-ScheduledTaskSettingsSet -StartWhenAvailable -AllowStartIfOnBatteries -DontStopIfGoingOnBatteries `
        -ExecutionTimeLimit $Limit -RestartCount 99 -RestartInterval (New-TimeSpan -Minutes 1)
    Register-ScheduledTask -TaskName $Name -TaskPath '\Amorce\' -Action $action -Trigger $Trigger -Principal $system `
        -Settings $settings -Force | Out-Null
}
# The date that was missed is made up for at the next start.
Register-Task 'Undo' 'Undo.ps1' (New-ScheduledTaskTrigger -Once -At $until) (New-TimeSpan -Hours 1)
Register-Task 'Agent' 'Agent.ps1' (New-ScheduledTaskTrigger -AtStartup) ([TimeSpan]::Zero)

Write-Log "installed, until $until"
Write-Output "Amorce: ready. Undone by itself on $until, or by Undo.ps1."
