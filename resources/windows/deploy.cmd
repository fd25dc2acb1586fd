@echo off
rem From WinPE: lays the package into the Windows of a disk and has it installed at that Windows' next start.
rem   deploy.cmd C:
setlocal
set "disk=%~1"
if "%disk%"=="" set "disk=C:"
if not exist "%disk%\Windows\System32\config\SYSTEM" (
  echo Amorce: there is no Windows on %disk%
  exit /b 1
)
set "target=%disk%\ProgramData\Amorce-package"
mkdir "%target%" 2>nul
copy /y "%~dp0*.*" "%target%\" >nul || exit /b 1
reg load HKLM\AmorceOffline "%disk%\Windows\System32\config\SYSTEM" || exit /b 1
rem Setup's own way to run a command as SYSTEM before anybody logs on; Install.ps1 takes it away again.
reg add HKLM\AmorceOffline\Setup /v SetupType /t REG_DWORD /d 2 /f || goto failed
reg add HKLM\AmorceOffline\Setup /v CmdLine /t REG_SZ /d "powershell.exe -NoProfile -NonInteractive -ExecutionPolicy Bypass -File C:\ProgramData\Amorce-package\Install.ps1" /f || goto failed
reg unload HKLM\AmorceOffline
echo Amorce: %disk% is prepared at its next start
exit /b 0
:failed
reg unload HKLM\AmorceOffline
exit /b 1
