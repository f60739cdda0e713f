#!/bin/sh
# Runs a fuzz target over its corpus, and on from there: run_fuzzer.sh TARGET BUILD_FOLDER SECONDS.
# What it finds anew stays in the build folder; an input that breaks a promise is named in the output.
set -eu

target=$1 build=$2 seconds=$3
here=$(cd "${0%/*}" && pwd)
program=$build/tests/fuzz/fuzz_$target
if [ ! -x "$program" ]; then
  echo "skipped: $program is not built; 'make fuzz' builds it"
  exit 4 # as the tests in CMakeLists.txt are skipped; libFuzzer's own is 77
fi
known=$build/found/known-$target
rm -rf "$known"
mkdir -p "$build/found/$target" "$known"
tar -xzf "$here/corpus/$target.tar.gz" -C "$known"
cd "$build/found"
dictionary=$here/$target.dict
[ -f "$dictionary" ] || dictionary=
# The low priority leaves the machine to tests that run beside it.
exec nice -n 10 "$program" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -max_len=4096 \
  ${dictionary:+"-dict=$dictionary"} -artifact_prefix="$build/found/$target-" -print_final_stats=1 -verbosity=0 \
  "$build/found/$target" "$known"
