@echo off
rem `amorce <command>` runs the command line, without a window.
setlocal
set ELECTRON_RUN_AS_NODE=1
"%~dp0..\Amorce.exe" "%~dp0..\resources\app.asar\out\main\cli.cjs" %*
exit /b %ERRORLEVEL%
