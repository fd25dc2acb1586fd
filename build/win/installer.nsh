; Included by electron-builder into its NSIS script. Rules are named, so that what one version laid another removes; they hold for
; Amorce's own program only. The HTTP port is the one that settings begin with: for another one Amorce asks when an exam starts.

!define RULE_UDP "Amorce (DHCP, TFTP, PXE)"
!define RULE_HTTP "Amorce (HTTP)"

!macro removeFirewallRules
  nsExec::ExecToLog '"$SYSDIR\netsh.exe" advfirewall firewall delete rule name="${RULE_UDP}"'
  Pop $0
  nsExec::ExecToLog '"$SYSDIR\netsh.exe" advfirewall firewall delete rule name="${RULE_HTTP}"'
  Pop $0
!macroend

!macro customInstall
  !insertmacro removeFirewallRules
  nsExec::ExecToLog '"$SYSDIR\netsh.exe" advfirewall firewall add rule name="${RULE_UDP}" dir=in action=allow protocol=UDP localport=67,69,4011 program="$INSTDIR\${APP_EXECUTABLE_FILENAME}" profile=any'
  Pop $0
  ${if} $0 != 0
    DetailPrint "The firewall rule for UDP 67, 69 and 4011 was not laid ($0)."
  ${endif}
  nsExec::ExecToLog '"$SYSDIR\netsh.exe" advfirewall firewall add rule name="${RULE_HTTP}" dir=in action=allow protocol=TCP localport=8067 program="$INSTDIR\${APP_EXECUTABLE_FILENAME}" profile=any'
  Pop $0
  ${if} $0 != 0
    DetailPrint "The firewall rule for TCP 8067 was not laid ($0)."
  ${endif}
!macroend

!macro customUnInstall
  !insertmacro removeFirewallRules
!macroend
