#!/bin/sh
# Installs what the tests of the pages and of the generated clients need: Chromium, Node and npm, each
# unless there is one, from wherever it came.
set -eu

list=$(mktemp)
trap 'rm -f "$list"' EXIT
command -v chromium >/dev/null 2>&1 || echo chromium >>"$list"
command -v node >/dev/null 2>&1 || echo nodejs >>"$list"
command -v npm >/dev/null 2>&1 || echo npm >>"$list"
"${0%/*}/install_packages.sh" "$list"
