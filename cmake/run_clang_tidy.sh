#!/bin/sh
# clang-tidy with the compile commands of a build folder: over every .cpp file of ours or, when a
# revision is given, over those that differ from it.
set -eu

build=$1
revision=${2-}

if [ -n "$revision" ]; then
  files=$({ git diff --name-only --diff-filter=d "$revision" -- '*.cpp'
            git ls-files --others --exclude-standard -- '*.cpp'; } | sort -u)
else
  files=$(git ls-files --cached --others --exclude-standard --deduplicate -- '*.cpp')
fi
if [ -z "$files" ]; then
  echo "clang-tidy: nothing differs from $revision" >&2
  exit 0
fi
echo "$files" | xargs -n 1 -P "$(nproc)" clang-tidy --quiet -p "$build"
