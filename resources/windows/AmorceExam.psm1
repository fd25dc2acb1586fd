# Exam mode of an installed Windows, and the way back. Every setting is written down before it is changed, once, and put back
# from there: calling anything twice is harmless. Needs Windows PowerShell 5.1 as an administrator or as SYSTEM.

Set-StrictMode -Version 2.0
$ErrorActionPreference = 'Stop'

$script:Home_ = Join-Path $env:ProgramData 'Amorce'
$script:StateFile = Join-Path $script:Home_ 'state.json'
$script:FirewallFile = Join-Path $script:Home_ 'firewall-before.wfw'
$script:LogFile = Join-Path $script:Home_ 'amorce.log'
$script:Winlogon = 'HKLM:\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon'
$script:RemovableStorage = 'HKLM:\SOFTWARE\Policies\Microsoft\Windows\RemovableStorageDevices'
$script:UsbStorage = 'HKLM:\SYSTEM\CurrentControlSet\Services\USBSTOR'
$script:FastStart = 'HKLM:\SYSTEM\CurrentControlSet\Control\Session Manager\Power'

function Write-Log {
    param([Parameter(Mandatory)] [string] $Text)
    $line = '{0:yyyy-MM-ddTHH:mm:ssK} {1}' -f (Get-Date), $Text
    Add-Content -LiteralPath $script:LogFile -Value $line -Encoding UTF8
}

function Read-State {
    if (-not (Test-Path -LiteralPath $script:StateFile)) { return @{} }
    $state = @{}
    $read = Get-Content -LiteralPath $script:StateFile -Raw -Encoding UTF8 | ConvertFrom-Json
    foreach ($property in $read.PSObject.Properties) { $state[$property.Name] = $property.Value }
    return $state
}

function Write-State {
    param([Parameter(Mandatory)] [hashtable] $State)
    # Whole or not at all: a power cut must not lose what is to be put back.
    $unfinished = "$script:StateFile.part"
    $State | ConvertTo-Json -Depth 6 | Set-Content -LiteralPath $unfinished -Encoding UTF8
    Move-Item -LiteralPath $unfinished -Destination $script:StateFile -Force
}

function Save-Setting {
    # The first value seen is the one to go back to.
    param([Parameter(Mandatory)] [string] $Name, $Value)
    $state = Read-State
    if ($state.ContainsKey($Name)) { return }
    $state[$Name] = $Value
    Write-State $state
}

function Set-RegistryValue {
    param(
        [Parameter(Mandatory)] [string] $Path,
        [Parameter(Mandatory)] [string] $Name,
        [Parameter(Mandatory)] $Value,
        [Parameter(Mandatory)] [string] $Type
    )
    $before = $null
    if (Test-Path -LiteralPath $Path) {
        $item = Get-Item -LiteralPath $Path
        if ($item.GetValueNames() -contains $Name) {
            $before = @{ Value = $item.GetValue($Name); Type = [string] $item.GetValueKind($Name) }
        }
    } else {
        New-Item -Path $Path -Force | Out-Null
    }
    Save-Setting -Name "registry|$Path|$Name" -Value $before
    New-ItemProperty -LiteralPath $Path -Name $Name -Value $Value -PropertyType $Type -Force | Out-Null
}

function Restore-Registry {
    $state = Read-State
    foreach ($key in @($state.Keys | Where-Object { $_ -like 'registry|*' })) {
        $parts = $key.Split('|')
        $before = $state[$key]
        if ($null -eq $before) {
            Remove-ItemProperty -LiteralPath $parts[1] -Name $parts[2] -ErrorAction SilentlyContinue
        } else {
            New-ItemProperty -LiteralPath $parts[1] -Name $parts[2] -Value $before.Value -PropertyType $before.Type -Force |
                Out-Null
        }
        $state.Remove($key)
        Write-State $state
    }
}

function Remove-StartService {
    # Where Windows PE had a script run at this start, it is run once: what fails is not tried again at every start.
    & sc.exe delete AmorceSetup | Out-Null
}

function Get-ExamConfig {
    $path = Join-Path $PSScriptRoot 'exam.json'
    return Get-Content -LiteralPath $path -Raw -Encoding UTF8 | ConvertFrom-Json
}

function Test-Package {
    # Every file of the package is the one that Amorce packed; what is not in the manifest is not of it.
    param([Parameter(Mandatory)] [string] $Folder, [string] $ManifestHash)
    $manifestPath = Join-Path $Folder 'manifest.json'
    if ($ManifestHash) {
        $hash = (Get-FileHash -LiteralPath $manifestPath -Algorithm SHA256).Hash
        if ($hash -ne $ManifestHash) { throw "manifest.json is not the one that Amorce showed: $hash" }
    }
    $manifest = Get-Content -LiteralPath $manifestPath -Raw -Encoding UTF8 | ConvertFrom-Json
    foreach ($file in $manifest.files) {
        $path = Join-Path $Folder $file.name
        if (-not (Test-Path -LiteralPath $path -PathType Leaf)) { throw "$($file.name) is missing" }
        $hash = (Get-FileHash -LiteralPath $path -Algorithm SHA256).Hash
        if ($hash -ne $file.sha256) { throw "$($file.name) was changed" }
    }
}

function New-ExamUser {
    param([Parameter(Mandatory)] $Config)
    $name = $Config.user
    $bytes = New-Object byte[] 24
    [System.Security.Cryptography.RandomNumberGenerator]::Create().GetBytes($bytes)
    # The ending satisfies complexity rules whatever the bytes are.
    $password = [Convert]::ToBase64String($bytes) + 'aA1!'
    $secure = ConvertTo-SecureString -String $password -AsPlainText -Force
    $existing = Get-LocalUser -Name $name -ErrorAction SilentlyContinue
    $state = Read-State
    if ($existing -and -not $state.ContainsKey('userCreated')) {
        throw "There is an account called $name already, which is not Amorce's: choose another name."
    }
    if ($existing) {
        Set-LocalUser -Name $name -Password $secure
    } else {
        Save-Setting -Name 'userCreated' -Value $name
        New-LocalUser -Name $name -Password $secure -FullName 'Amorce' -AccountNeverExpires -PasswordNeverExpires `
            -UserMayNotChangePassword | Out-Null
        # Users, whatever they are called in the language of this Windows.
        Add-LocalGroupMember -SID 'S-1-5-32-545' -Member $name
    }
    Enable-LocalUser -Name $name
    return $password
}

function Get-KioskInstance {
    $instance = Get-CimInstance -Namespace 'root\cimv2\mdm\dmmap' -ClassName 'MDM_AssignedAccess' -ErrorAction SilentlyContinue
    if (-not $instance) { throw 'This edition of Windows has no Assigned Access (Home has none).' }
    return $instance
}

function Set-KioskXml {
    param([Parameter(Mandatory)] [ValidateSet('Configuration', 'ShellLauncher')] [string] $Property, [AllowNull()] [string] $Xml)
    $instance = Get-KioskInstance
    # The bridge takes XML as escaped text.
    $value = $null
    if ($Xml) { $value = [System.Security.SecurityElement]::Escape($Xml) }
    $instance.$Property = $value
    Set-CimInstance -CimInstance $instance
}

function Enable-Kiosk {
    param([Parameter(Mandatory)] $Config)
    if ($Config.kiosk -eq 'none') { return }
    $property = 'Configuration'
    if ($Config.kiosk -eq 'shellLauncher') { $property = 'ShellLauncher' }
    Save-Setting -Name "kiosk|$property" -Value ([string] (Get-KioskInstance).$property)
    $template = Get-Content -LiteralPath (Join-Path $PSScriptRoot "$($Config.kiosk).xml") -Raw -Encoding UTF8
    $escape = { param($text) [System.Security.SecurityElement]::Escape($text) }
    $xml = $template.Replace('@USER@', (& $escape $Config.user)).Replace('@PAGE@', (& $escape $Config.page))
    Set-KioskXml -Property $property -Xml $xml
}

function Disable-Kiosk {
    $state = Read-State
    foreach ($key in @($state.Keys | Where-Object { $_ -like 'kiosk|*' })) {
        $property = $key.Split('|')[1]
        $before = [System.Net.WebUtility]::HtmlDecode([string] $state[$key])
        Set-KioskXml -Property $property -Xml $before
        $state.Remove($key)
        Write-State $state
    }
}

function Enable-ExamFirewall {
    param([Parameter(Mandatory)] $Config)
    if (-not (Test-Path -LiteralPath $script:FirewallFile)) {
        & netsh.exe advfirewall export $script:FirewallFile | Out-Null
        if ($LASTEXITCODE -ne 0) { throw 'The firewall could not be written down: nothing was changed.' }
    }
    # Allow rules would outlive a default that blocks: they go, and come back from the export.
    Set-NetFirewallProfile -All -Enabled True -DefaultInboundAction Block -DefaultOutboundAction Block
    Get-NetFirewallRule -PolicyStore PersistentStore -ErrorAction SilentlyContinue | Remove-NetFirewallRule
    $allowed = @($Config.serverAddress) + @($Config.allowedAddresses)
    New-NetFirewallRule -DisplayName 'Amorce: server' -Group 'Amorce' -Direction Outbound -Action Allow -RemoteAddress $allowed |
        Out-Null
    New-NetFirewallRule -DisplayName 'Amorce: DHCP' -Group 'Amorce' -Direction Outbound -Action Allow -Protocol UDP `
        -LocalPort 68 -RemotePort 67 | Out-Null
}

function Disable-ExamFirewall {
    if (-not (Test-Path -LiteralPath $script:FirewallFile)) { return }
    & netsh.exe advfirewall import $script:FirewallFile | Out-Null
    if ($LASTEXITCODE -ne 0) { throw 'The firewall could not be put back.' }
    Remove-Item -LiteralPath $script:FirewallFile
}

function Enable-StorageDenial {
    param([Parameter(Mandatory)] $Config)
    if (-not $Config.denyRemovableStorage) { return }
    Set-RegistryValue -Path $script:RemovableStorage -Name 'Deny_All' -Value 1 -Type DWord
    # 4: the driver of USB disks is not started.
    Set-RegistryValue -Path $script:UsbStorage -Name 'Start' -Value 4 -Type DWord
}

function Enable-AutoLogon {
    param([Parameter(Mandatory)] $Config, [Parameter(Mandatory)] [string] $Password)
    Set-RegistryValue -Path $script:Winlogon -Name 'AutoAdminLogon' -Value '1' -Type String
    Set-RegistryValue -Path $script:Winlogon -Name 'DefaultUserName' -Value $Config.user -Type String
    Set-RegistryValue -Path $script:Winlogon -Name 'DefaultDomainName' -Value $env:COMPUTERNAME -Type String
    Set-RegistryValue -Path $script:Winlogon -Name 'DefaultPassword' -Value $Password -Type String
    # A fast start is no start: the network would not be asked what to boot.
    Set-RegistryValue -Path $script:FastStart -Name 'HiberbootEnabled' -Value 0 -Type DWord
}

function Test-ExamMode {
    return (Read-State).ContainsKey('examMode')
}

function Enter-ExamMode {
    param([Parameter(Mandatory)] $Config)
    if (Test-ExamMode) { return $false }
    Write-Log 'entering exam mode'
    try {
        $password = New-ExamUser -Config $Config
        # Fail closed: nobody is logged on before the network and the disks are shut.
        Enable-ExamFirewall -Config $Config
        Enable-StorageDenial -Config $Config
        Enable-Kiosk -Config $Config
        Enable-AutoLogon -Config $Config -Password $password
        Save-Setting -Name 'examMode' -Value ([string] (Get-Date -Format o))
    } catch {
        Write-Log "exam mode failed: $_"
        Exit-ExamMode
        throw
    }
    return $true
}

function Exit-ExamMode {
    # One step that fails must not keep the others from being undone.
    Write-Log 'leaving exam mode'
    $failures = @()
    $steps = [ordered] @{
        firewall = { Disable-ExamFirewall }
        registry = { Restore-Registry }
        kiosk    = { Disable-Kiosk }
        user     = {
            $state = Read-State
            if ($state.ContainsKey('userCreated')) { Disable-LocalUser -Name $state['userCreated'] -ErrorAction SilentlyContinue }
        }
    }
    foreach ($name in $steps.Keys) {
        try { & $steps[$name] } catch { $failures += "${name}: $_" }
    }
    if ($failures.Count -gt 0) {
        foreach ($failure in $failures) { Write-Log "not undone: $failure" }
        throw ($failures -join '; ')
    }
    $state = Read-State
    $state.Remove('examMode')
    Write-State $state
}

function Remove-ExamUser {
    $state = Read-State
    if (-not $state.ContainsKey('userCreated')) { return }
    $name = $state['userCreated']
    $user = Get-LocalUser -Name $name -ErrorAction SilentlyContinue
    if ($user) {
        # Nothing of a candidate stays behind.
        Get-CimInstance -ClassName Win32_UserProfile -Filter "SID = '$($user.SID)'" | Remove-CimInstance
        Remove-LocalUser -Name $name
    }
    $state.Remove('userCreated')
    Write-State $state
}

Export-ModuleMember -Function @(
    'Write-Log'
    'Remove-StartService'
    'Get-ExamConfig'
    'Test-Package'
    'Test-ExamMode'
    'Enter-ExamMode'
    'Exit-ExamMode'
    'Remove-ExamUser'
)
