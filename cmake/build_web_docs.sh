#!/bin/sh
# Builds the pages under /docs and /redoc into the given folder, where Node is there. They are an
# extra: without them the server answers with a page that says how to get them, so nothing here
# fails the build.
set -u

out=$1
pages=${0%/*}/../web/docs

without_pages() {
  echo "warning: /docs and /redoc are not built: $1" >&2
  exit 0
}

[ -f "$pages/build.mjs" ] || exit 0
if [ -f "$out/.built" ] && [ -z "$(find "$pages" -path "$pages/node_modules" -prune -o \
    -type f -newer "$out/.built" -print)" ]; then
  exit 0
fi
command -v node >/dev/null 2>&1 || without_pages "Node 18 or later is not installed"
command -v npm >/dev/null 2>&1 || without_pages "npm is not installed"
major=$(node --version | sed 's/^v\([0-9]*\).*/\1/')
[ "$major" -ge 18 ] || without_pages "Node $(node --version) is too old, 18 or later is needed"

mkdir -p "$out" && out=$(cd "$out" && pwd) || without_pages "cannot create $out"
cd "$pages" || without_pages "cannot enter $pages"
npm ci --ignore-scripts --no-audit --no-fund >&2 || without_pages "npm ci failed"
node build.mjs "$out" >&2 || without_pages "web/docs/build.mjs failed"
touch "$out/.built"
