#!/bin/sh
# `amorce` opens the console; `amorce <command>` runs the command line, without a window or a display.
app=$(dirname "$(dirname "$(readlink -f "$0")")")

# Chromium's sandbox needs a helper that is root's, as the Debian package lays it, or leave to make user namespaces; without
# either it only crashes.
require_sandbox() {
  helper=$app/chrome-sandbox
  [ "$(id -u)" != 0 ] && [ ! -u "$helper" ] && command -v unshare >/dev/null || return 0
  if unshare --user true 2>/dev/null; then return 0; fi
  case ${LC_ALL:-${LC_MESSAGES:-${LANG-}}} in
    fr*) echo 'amorce : ce système refuse le bac à sable de Chromium aux utilisateurs. Tapez une fois :' >&2 ;;
    *) echo 'amorce: this system denies normal users the sandbox of Chromium. Type once:' >&2 ;;
  esac
  echo "  sudo chown root:root '$helper' && sudo chmod 4755 '$helper'" >&2
  exit 1
}

case "${1-}" in
  '' | --data* | --demo* | --language* | --machines* | --screenshot* | --exit-when-ready* | --no-sandbox* | --disable-* | --ozone-*)
    case " $* " in *' --no-sandbox '*) ;; *) require_sandbox ;; esac
    exec "$app/amorce" "$@"
    ;;
esac
ELECTRON_RUN_AS_NODE=1 exec "$app/amorce" "$app/resources/app.asar/out/main/cli.cjs" "$@"
