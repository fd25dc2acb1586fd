@echo off
rem In Windows PE: lays this package into the Windows of a disk, which installs it at its next start; or has that Windows take
rem everything back.
rem   deploy.cmd [SHA-256 of manifest.json] [C:]
rem   deploy.cmd undo [C:]
rem Exit codes: 0 done, 1 failed, 2 no Windows, 3 several, 4 damaged package, 5 not written, 7 nothing to undo.
setlocal
set "disk="
set "several="
set "hash="
set "undo="
:arguments
if "%~1"=="" goto look
set "word=%~1"
if "%word:~1%"==":" (set "disk=%word%") else if /i "%word%"=="undo" (set "undo=1") else set "hash=%word%"
shift /1
goto arguments

:look
if defined disk goto check
for %%d in (C D E F G H I J K L M N O P Q R S T U V W Y Z) do if exist "%%d:\Windows\System32\config\SYSTEM" call :found %%d:
if not defined several goto check
echo Amorce: several Windows on this machine: run deploy.cmd with the letter of the right one, C: for example
exit /b 3
:check
if not exist "%disk%\Windows\System32\config\SYSTEM" (
  echo Amorce: no Windows that can be read here. Behind BitLocker it cannot: run Install.ps1 in that Windows
  exit /b 2
)
set "package=%disk%\ProgramData\Amorce-package"
if defined undo goto undo

if not defined hash goto copy
if not exist "%SystemRoot%\System32\certutil.exe" goto copy
certutil.exe -hashfile "%~dp0manifest.json" SHA256 | find /i "%hash%" >nul
if not errorlevel 1 goto copy
echo Amorce: this package is not the one that was made
exit /b 4
:copy
rem What somebody may have laid there before, and made themselves the owner of, goes first.
if exist "%package%\" rmdir /s /q "%package%"
mkdir "%package%"
if not exist "%package%\" goto notWritten
icacls.exe "%package%" /inheritance:r /grant "*S-1-5-32-544:(OI)(CI)F" "*S-1-5-18:(OI)(CI)F" >nul
if errorlevel 1 goto notWritten
set "names=AmorceExam.psm1 Agent.ps1 Install.ps1 Undo.ps1 assignedAccess.xml shellLauncher.xml deploy.cmd exam.json manifest.json"
for %%f in (%names%) do copy /b /v /y "%~dp0%%f" "%package%\" >nul
for %%f in (%names%) do if not exist "%package%\%%f" goto notWritten
rem Checked again there, file by file, before anything is changed.
set "command=Amorce-package\Install.ps1"
if defined hash set "command=%command% -ManifestHash %hash%"
call :atNextStart
if errorlevel 1 goto notWritten
echo Amorce: %disk% is prepared at its next start
exit /b 0

:undo
set "command="
if exist "%disk%\ProgramData\Amorce\Undo.ps1" set "command=Amorce\Undo.ps1 -Restart"
if not exist "%package%\" if not defined command (
  echo Amorce: %disk% was not prepared
  exit /b 7
)
call :atNextStart
if errorlevel 1 goto notWritten
if exist "%package%\" rmdir /s /q "%package%"
if defined command (echo Amorce: %disk% takes everything back at its next start) else echo Amorce: %disk% is as it was
exit /b 0

:notWritten
echo Amorce: %disk% cannot be written to. Leave its Windows by Restart, not by Shut down, then try again
if not defined undo if exist "%package%\" rmdir /s /q "%package%"
exit /b 5

:found
if defined disk set "several=1"
set "disk=%1"
exit /b 0

rem A service of that Windows, which its script removes first of all: whatever fails, the machine starts as ever. A service
rem must be no script, so the one that is started leaves it behind at once.
:atNextStart
reg.exe load HKLM\AmorceOffline "%disk%\Windows\System32\config\SYSTEM" >nul
if errorlevel 1 exit /b 1
set "set="
for /f "tokens=3" %%v in ('reg.exe query HKLM\AmorceOffline\Select /v Current') do set /a set=%%v
set "key=HKLM\AmorceOffline\ControlSet00%set%\Services\AmorceSetup"
set "failed="
reg.exe delete "%key%" /f >nul 2>&1
if not defined command goto unload
set "image=%%SystemRoot%%\System32\cmd.exe /c start /b powershell.exe -NoProfile -NonInteractive -ExecutionPolicy Bypass"
set "image=%image% -File %%SystemDrive%%\ProgramData\%command%"
call :value Type REG_DWORD 16
call :value Start REG_DWORD 2
call :value ErrorControl REG_DWORD 0
call :value ObjectName REG_SZ LocalSystem
call :value DependOnService REG_MULTI_SZ Schedule
rem Not by call, which would put the folders of Windows PE in place of the names of those of that Windows.
reg.exe add "%key%" /v ImagePath /t REG_EXPAND_SZ /d "%image%" /f >nul
if errorlevel 1 set "failed=1"
if defined failed reg.exe delete "%key%" /f >nul 2>&1
:unload
reg.exe unload HKLM\AmorceOffline >nul
if defined failed exit /b 1
exit /b 0

:value
reg.exe add "%key%" /v %1 /t %2 /d %3 /f >nul
if errorlevel 1 set "failed=1"
exit /b 0
