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
# Both drivers of USB disks: the older one, and that of USB 3 enclosures.
$script:UsbStorage = @('HKLM:\SYSTEM\CurrentControlSet\Services\USBSTOR', 'HKLM:\SYSTEM\CurrentControlSet\Services\UASPStor')
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

function Protect-ExamFolder {
    # Whoever may make a folder below ProgramData may have made this one, owns it and may change what is then run as SYSTEM:
    # such a one goes first, with all that is in it. One of ours holds what is to be put back, and stays.
    param([Parameter(Mandatory)] [string] $Folder)
    $item = Get-Item -LiteralPath $Folder -Force -ErrorAction SilentlyContinue
    if ($item) {
        $owner = (Get-Acl -LiteralPath $Folder).GetOwner([System.Security.Principal.SecurityIdentifier]).Value
        $isLink = [bool] ($item.Attributes -band [System.IO.FileAttributes]::ReparsePoint)
        if ($isLink -or @('S-1-5-32-544', 'S-1-5-18') -notcontains $owner) {
            # Of a link, rmdir takes away the link.
            & cmd.exe /c rmdir /s /q $Folder
            if (Test-Path -LiteralPath $Folder) { throw "$Folder belongs to somebody else and cannot be removed" }
        }
    }
    New-Item -ItemType Directory -Path $Folder -Force | Out-Null
    # Administrators and the system alone: a candidate neither changes nor reads what watches him.
    & icacls.exe $Folder /inheritance:r /grant:r '*S-1-5-32-544:(OI)(CI)F' '*S-1-5-18:(OI)(CI)F' | Out-Null
    if ($LASTEXITCODE -ne 0) { throw "$Folder could not be protected" }
    & icacls.exe $Folder /setowner '*S-1-5-32-544' | Out-Null
    if ($LASTEXITCODE -ne 0) { throw "$Folder could not be protected" }
}

function Get-ExamConfig {
    $path = Join-Path $PSScriptRoot 'exam.json'
    return Get-Content -LiteralPath $path -Raw -Encoding UTF8 | ConvertFrom-Json
}

function Test-Package {
    # Every file of the package is the one that Amorce packed. Gives their names: what is not in the manifest is not of it.
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
    return @($manifest.files | ForEach-Object { $_.name }) + 'manifest.json'
}

function Get-ExamSession {
    param([Parameter(Mandatory)] [string] $User)
    # quser writes in the language of Windows; the number after the name is the session's in each of them.
    $lines = @(& quser.exe 2>$null)
    foreach ($line in $lines) {
        if ($line -match "^[> ]?$([regex]::Escape($User))\s+(?<console>\S+\s+)?(?<id>\d+)\s") {
            return @{ Id = [int] $Matches['id']; OnConsole = [bool] $Matches['console'] }
        }
    }
    return $null
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
        # Whole or not at all, as the state is.
        $unfinished = "$script:FirewallFile.part.wfw"
        Remove-Item -LiteralPath $unfinished -Force -ErrorAction SilentlyContinue
        & netsh.exe advfirewall export $unfinished | Out-Null
        if ($LASTEXITCODE -ne 0) { throw 'The firewall could not be written down: nothing was changed.' }
        Move-Item -LiteralPath $unfinished -Destination $script:FirewallFile
    }
    # Allow rules would outlive a default that blocks: they go, and come back from the export.
    Set-NetFirewallProfile -All -Enabled True -DefaultInboundAction Block -DefaultOutboundAction Block
    Get-NetFirewallRule -PolicyStore PersistentStore -ErrorAction SilentlyContinue | Remove-NetFirewallRule
    $allowed = @($Config.serverAddress) + @($Config.allowedAddresses)
    New-NetFirewallRule -DisplayName 'Amorce: server' -Group 'Amorce' -Direction Outbound -Action Allow -RemoteAddress $allowed |
        Out-Null
    New-NetFirewallRule -DisplayName 'Amorce: DHCP' -Group 'Amorce' -Direction Outbound -Action Allow -Protocol UDP `
        -LocalPort 68 -RemotePort 67 | Out-Null
    # Servers may answer a renewal to everybody, which is no answer to the firewall.
    New-NetFirewallRule -DisplayName 'Amorce: DHCP answers' -Group 'Amorce' -Direction Inbound -Action Allow -Protocol UDP `
        -LocalPort 68 -RemotePort 67 | Out-Null
    Assert-ExamFirewall
}

function Assert-ExamFirewall {
    # What is in force, with the policies of a domain: they go before what was set here.
    $open = @(Get-NetFirewallProfile -PolicyStore ActiveStore |
            Where-Object { [string] $_.Enabled -ne 'True' -or [string] $_.DefaultOutboundAction -ne 'Block' })
    if ($open.Count -gt 0) { throw "A group policy keeps the firewall open: $($open.Name -join ', ')" }
    $others = @(Get-NetFirewallRule -PolicyStore ActiveStore -Direction Outbound -Action Allow -Enabled True |
            Where-Object { [string] $_.PolicyStoreSourceType -eq 'GroupPolicy' })
    if ($others.Count -gt 0) { throw "A group policy lets out: $($others.DisplayName -join ', ')" }
}

function Update-ExamFirewall {
    # At the first logon of an account, Windows adds rules for each of its apps, which let them out.
    Get-NetFirewallRule -PolicyStore PersistentStore -ErrorAction SilentlyContinue | Where-Object { $_.Group -ne 'Amorce' } |
        Remove-NetFirewallRule
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
    foreach ($driver in $script:UsbStorage) {
        # 4: it is not started. Not every Windows has both.
        if (Test-Path -LiteralPath $driver) { Set-RegistryValue -Path $driver -Name 'Start' -Value 4 -Type DWord }
    }
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

function Test-ExamTrace {
    # True for exam mode that was entered half as well: a power cut on the way must not leave a PC without a network.
    return (Read-State).ContainsKey('examBegun') -or (Test-ExamMode)
}

function Enter-ExamMode {
    param([Parameter(Mandatory)] $Config)
    if (Test-ExamMode) { return $false }
    Write-Log 'entering exam mode'
    Save-Setting -Name 'examBegun' -Value ([string] (Get-Date -Format o))
    try {
        $password = New-ExamUser -Config $Config
        # Fail closed: nobody is logged on before the network and the disks are shut.
        Enable-ExamFirewall -Config $Config
        Enable-StorageDenial -Config $Config
        Enable-Kiosk -Config $Config
        Enable-AutoLogon -Config $Config -Password $password
        Save-Setting -Name 'examMode' -Value ([string] (Get-Date -Format o))
    } catch {
        $failure = $_
        Write-Log "exam mode failed: $failure"
        try { Exit-ExamMode } catch { Write-Log "and is not undone yet: $_" }
        throw $failure
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
    $state.Remove('examBegun')
    Write-State $state
}

function Remove-ExamUser {
    $state = Read-State
    if (-not $state.ContainsKey('userCreated')) { return }
    $name = $state['userCreated']
    $user = Get-LocalUser -Name $name -ErrorAction SilentlyContinue
    if ($user) {
        # Of an account that is logged on nothing can be removed.
        $session = Get-ExamSession -User $name
        if ($session) { & logoff.exe $session.Id }
        $find = { Get-CimInstance -ClassName Win32_UserProfile -Filter "SID = '$($user.SID)'" }
        for ($second = 0; $second -lt 60 -and @(& $find | Where-Object { $_.Loaded }).Count -gt 0; $second++) { Start-Sleep 1 }
        # Nothing of a candidate stays behind.
        & $find | Remove-CimInstance
        Remove-LocalUser -Name $name
    }
    $state.Remove('userCreated')
    Write-State $state
}

Export-ModuleMember -Function @(
    'Write-Log'
    'Remove-StartService'
    'Protect-ExamFolder'
    'Get-ExamConfig'
    'Get-ExamSession'
    'Test-Package'
    'Test-ExamMode'
    'Test-ExamTrace'
    'Update-ExamFirewall'
    'Enter-ExamMode'
    'Exit-ExamMode'
    'Remove-ExamUser'
)
