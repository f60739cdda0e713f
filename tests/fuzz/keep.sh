#!/bin/sh
# Adds to a target's corpus what runs have found since: keep.sh TARGET BUILD_FOLDER. One input stays for
# each piece of code that is reached.
set -eu

target=$1 build=$2
here=$(cd "${0%/*}" && pwd)
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/known" "$folder/kept"
tar -xzf "$here/corpus/$target.tar.gz" -C "$folder/known"
"$build/tests/fuzz/fuzz_$target" -set_cover_merge=1 -use_counters=0 -max_len=1024 \
  "$folder/kept" "$folder/known" "$build/found/$target"
tar --sort=name --mtime=@0 --owner=0 --group=0 --numeric-owner -C "$folder/kept" -c . |
  gzip -9n >"$here/corpus/$target.tar.gz"
