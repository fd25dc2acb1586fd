#!/bin/sh
# `amorce` opens the console; `amorce <command>` runs the command line, without a window or a display.
app=$(dirname "$(dirname "$(readlink -f "$0")")")
case "${1-}" in
  '' | --data* | --demo* | --language* | --machines* | --screenshot* | --exit-when-ready* | --no-sandbox* | --disable-* | --ozone-*)
    exec "$app/amorce" "$@"
    ;;
esac
ELECTRON_RUN_AS_NODE=1 exec "$app/amorce" "$app/resources/app.asar/out/main/cli.cjs" "$@"
