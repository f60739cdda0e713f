#!/bin/sh
# Puts promtool, which checks /metrics in a test, into build/tools unless there is one. It is a part of
# Debian's package prometheus, but installing that would start a service on port 9090: so it is taken
# out of the package alone.
set -eu
. "${0%/*}/fresh_lists.sh"

command -v promtool >/dev/null 2>&1 && exit 0
[ -x build/tools/promtool ] && exit 0
if ! command -v apt-get >/dev/null 2>&1; then
  echo "promtool is missing: put it into the PATH, or the test of /metrics fails." >&2
  exit 0
fi

echo "Fetching promtool" >&2
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
fetch() { (cd "$folder" && apt-get -q download prometheus); }
with_fresh_lists fetch
dpkg-deb --fsys-tarfile "$folder"/prometheus_*.deb | tar -x -C "$folder" ./usr/bin/promtool
mkdir -p build/tools
mv "$folder/usr/bin/promtool" build/tools/promtool
