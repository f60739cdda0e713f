#!/bin/sh
# Puts haproxy and nginx into build/tools/proxies unless they are there: a test holds the server
# against what they read in the same bytes. Installing their packages would start services: so they
# are taken out of them, with those of their libraries that no other package brings.
set -eu
. "${0%/*}/fresh_lists.sh"

target=build/tools/proxies
[ -x $target/usr/sbin/haproxy ] && [ -x $target/usr/sbin/nginx ] && exit 0
if ! command -v apt-get >/dev/null 2>&1; then
  echo "haproxy and nginx are missing: the test that compares the server with them is skipped." >&2
  exit 0
fi

echo "Fetching haproxy and nginx" >&2
packages="haproxy nginx liblua5.3-0 libopentracing-c-wrapper0 libopentracing1 libpcre2-8-0"
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
fetch() { (cd "$folder" && apt-get -q download $packages); }
with_fresh_lists fetch
mkdir -p "$folder/all" build/tools
for package in "$folder"/*.deb; do
  dpkg-deb --fsys-tarfile "$package" | tar -x -C "$folder/all" --wildcards './usr/sbin/*' './usr/lib/*/*.so*' \
    2>/dev/null || true # a package has one of the two only
done
rm -rf $target
mkdir -p $target
mv "$folder/all/usr" $target/
