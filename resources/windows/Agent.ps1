#Requires -Version 5.1
# Started with Windows, as SYSTEM. Asks Amorce whether this boot is an exam, locks this PC or gives it back, and tells how it is.
# Without a server nothing changes: a PC that is locked stays locked until the end date, one that is not stays free.
[CmdletBinding()]
param()

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

Import-Module (Join-Path $PSScriptRoot 'AmorceExam.psm1') -Force
$config = Get-ExamConfig
$heartbeat = "$($config.server)/api/heartbeat"
$beatSeconds = 5
# The laptop is beside it: a proxy that a school has set for its PCs would not know it.
[System.Net.WebRequest]::DefaultWebProxy = $null

function Get-ExamMac {
    # Of the card that leads to the server.
    $route = Find-NetRoute -RemoteIPAddress $config.serverAddress -ErrorAction Stop | Select-Object -First 1
    $adapter = Get-NetAdapter -InterfaceIndex $route.InterfaceIndex
    return $adapter.MacAddress.Replace('-', ':').ToLowerInvariant()
}

function Get-Facts {
    $board = Get-CimInstance -ClassName Win32_ComputerSystemProduct
    $computer = Get-CimInstance -ClassName Win32_ComputerSystem
    $enclosure = Get-CimInstance -ClassName Win32_SystemEnclosure | Select-Object -First 1
    return @{
        manufacturer = [string] $board.Vendor
        product      = [string] $board.Name
        serial       = [string] $board.IdentifyingNumber
        uuid         = [string] $board.UUID
        assetTag     = [string] $enclosure.SMBIOSAssetTag
        memoryMiB    = [string] [math]::Round($computer.TotalPhysicalMemory / 1048576)
    }
}

function Get-UsbDisks {
    # By what they say they are: class 8 is storage, also while no driver of disks is started.
    return @(Get-CimInstance -ClassName Win32_PnPEntity -Filter "PNPDeviceID LIKE 'USB\\%'" |
            Where-Object { @($_.CompatibleID) -match '^USB\\Class_08' } | ForEach-Object { $_.PNPDeviceID })
}

function Set-Lock([bool] $IsLocked) {
    $session = Get-ExamSession -User $config.user
    if (-not $session) { return }
    # Only SYSTEM can bring it back: its password is known to nobody.
    if ($IsLocked -and $session.OnConsole) { & tsdiscon.exe $session.Id }
    if (-not $IsLocked -and -not $session.OnConsole) { & tscon.exe $session.Id /dest:console }
}

function Invoke-Order($Order) {
    switch ($Order.kind) {
        'message' { & msg.exe $config.user "/time:600" $Order.text }
        'reboot' { Restart-Computer -Force }
        'powerOff' { Stop-Computer -Force }
    }
}

$known = Get-UsbDisks
$received = @()
$incidents = @()
$facts = Get-Facts
$isFirst = $true
$clockOffset = $null
$wasSecondNetwork = $false

if ($facts.product -match 'Virtual|VMware|KVM|QEMU') { $incidents += @{ incident = 'virtualMachine'; text = $facts.product } }

while ($true) {
    try {
        $disks = Get-UsbDisks
        foreach ($disk in $disks) {
            if ($known -notcontains $disk) { $incidents += @{ incident = 'usbPlugged'; text = $disk } }
        }
        $known = $disks

        $up = @(Get-NetAdapter -Physical | Where-Object { $_.Status -eq 'Up' })
        if ($up.Count -gt 1 -and -not $wasSecondNetwork) {
            $incidents += @{ incident = 'secondNetwork'; text = ($up.InterfaceDescription -join ', ') }
        }
        $wasSecondNetwork = $up.Count -gt 1

        $stage = 'system'
        if (Test-ExamMode) {
            Update-ExamFirewall
            if (Get-ExamSession -User $config.user) { $stage = 'ready' }
        }
        $message = @{ mac = (Get-ExamMac); stage = $stage; received = @($received); incidents = @($incidents | Select-Object -First 20) }
        if ($isFirst) { $message.facts = $facts }
        $body = [System.Text.Encoding]::UTF8.GetBytes(($message | ConvertTo-Json -Depth 4 -Compress))
        $answer = Invoke-RestMethod -Uri $heartbeat -Method Post -Body $body -ContentType 'application/json' -TimeoutSec 10
        $isFirst = $false
        $received = @()
        $incidents = @()

        $offset = [DateTimeOffset]::UtcNow.ToUnixTimeMilliseconds() - [long] $answer.serverTime
        if ($null -ne $clockOffset -and [math]::Abs($offset - $clockOffset) -gt 60000) {
            $incidents += @{ incident = 'clockChanged'; text = "$([math]::Round(($offset - $clockOffset) / 1000)) s" }
        }
        $clockOffset = $offset

        $names = $answer.PSObject.Properties.Name
        if ($names -contains 'mode') {
            if ($answer.mode -eq 'exam') {
                # Logged on anew, into the kiosk and behind the firewall.
                if (Enter-ExamMode -Config $config) { Restart-Computer -Force; break }
            } elseif (Test-ExamTrace) {
                Exit-ExamMode
                Restart-Computer -Force
                break
            }
        }
        if ($names -contains 'seat' -and $answer.seat) {
            Set-Lock ($null -ne $answer.seat.locked)
            foreach ($order in $answer.seat.orders) {
                $received += $order.id
                Invoke-Order $order
            }
        }
    } catch {
        Write-Log "heartbeat: $_"
    }
    Start-Sleep -Seconds $beatSeconds
}
