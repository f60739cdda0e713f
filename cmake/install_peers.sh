#!/bin/sh
# Puts what benchmarks/peers compares with into build/tools/peers: PostgreSQL, Redis, FastAPI and
# SQLAlchemy, and the headers of their clients. Installing the packages would start services and
# bind a developer's machine to them: so they are unpacked. What is installed already is used from
# where it is.
set -eu
. "${0%/*}/fresh_lists.sh"

target=build/tools/peers
[ -f $target/complete ] && exit 0
if ! command -v apt-get >/dev/null 2>&1; then
  echo "Not a Debian system: only those peers that are installed are measured." >&2
  exit 0
fi

wanted="postgresql-15 libpq-dev redis-server libhiredis-dev libsqlite3-dev python3-fastapi
  python3-uvicorn python3-uvloop python3-httptools python3-sqlalchemy python3-psycopg2"
# With their dependencies, as apt would install them, if it were to.
missing() {
  apt-get -s --no-upgrade --no-install-recommends install $wanted 2>/dev/null |
    sed -n 's/^Inst \([^ ]*\) .*/\1/p'
}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
fetch() { (cd "$folder" && apt-get -q download $(missing)); }

echo "Fetching PostgreSQL, Redis, FastAPI and SQLAlchemy" >&2
with_fresh_lists fetch
mkdir -p "$folder/all" build/tools
for package in "$folder"/*.deb; do
  [ ! -e "$package" ] || dpkg-deb -x "$package" "$folder/all"
done
rm -rf $target
chmod 755 "$folder/all" # PostgreSQL's programs are run by another user
mv "$folder/all" $target
touch $target/complete
