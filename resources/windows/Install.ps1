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
$names = Test-Package -Folder $PSScriptRoot -ManifestHash $ManifestHash
$config = Get-ExamConfig
$until = [DateTimeOffset]::Parse($config.endsAt).LocalDateTime
if ($until -le (Get-Date)) { throw "This package ended on $until. Make a new one." }
# What the agent needs and a Home edition has not: said here, not on the day of the exam.
foreach ($program in 'quser.exe', 'tsdiscon.exe', 'tscon.exe', 'logoff.exe', 'msg.exe') {
    if (-not (Get-Command $program -ErrorAction SilentlyContinue)) { throw "This Windows has no ${program}: a Home edition cannot be locked." }
}

$target = Join-Path $env:ProgramData 'Amorce'
Protect-ExamFolder -Folder $target
if ($PSScriptRoot -ne $target) {
    foreach ($name in $names) { Copy-Item -LiteralPath (Join-Path $PSScriptRoot $name) -Destination $target -Force }
}

$system = New-ScheduledTaskPrincipal -UserId 'S-1-5-18' -LogonType ServiceAccount -RunLevel Highest
function Register-Task([string] $Name, [string] $Script, $Trigger, $Limit) {
    $arguments = '-NoProfile -NonInteractive -ExecutionPolicy Bypass -File "{0}"' -f (Join-Path $target $Script)
    $action = New-ScheduledTaskAction -Execute 'powershell.exe' -Argument $arguments
    $settings = New-ScheduledTaskSettingsSet -StartWhenAvailable -AllowStartIfOnBatteries -DontStopIfGoingOnBatteries `
        -ExecutionTimeLimit $Limit -MultipleInstances IgnoreNew
    Register-ScheduledTask -TaskName $Name -TaskPath '\Amorce\' -Action $action -Trigger $Trigger -Principal $system `
        -Settings $settings -Force | Out-Null
}
# The date that was missed is made up for at the next start. A script that fails is no failure to Windows, which starts it
# anew by its trigger alone: until it has removed its own task.
Register-Task 'Undo' 'Undo.ps1' (New-ScheduledTaskTrigger -Once -At $until -RepetitionInterval (New-TimeSpan -Minutes 10)) `
    (New-TimeSpan -Hours 1)
# An agent that ended is back within a minute; one that runs is not started twice.
$atStartup = New-ScheduledTaskTrigger -AtStartup
$atStartup.Repetition = (New-ScheduledTaskTrigger -Once -At (Get-Date) -RepetitionInterval (New-TimeSpan -Minutes 1)).Repetition
Register-Task 'Agent' 'Agent.ps1' $atStartup ([TimeSpan]::Zero)

Write-Log "installed, until $until"
Write-Output "Amorce: ready. Undone by itself on $until, or by Undo.ps1."
