#!/bin/sh
# Installs the Debian packages named in the given lists (one a line, # starts a comment) that are
# not installed yet. Costs one dpkg-query when there is nothing to do.
set -eu

wanted=$(sed 's/#.*//' "$@" | tr -s '[:space:]' '\n' | sort -u)

if ! command -v dpkg-query >/dev/null 2>&1; then
  echo "This is not a Debian system: packages are not checked. Needed, by their Debian 12 names:" >&2
  echo $wanted >&2
  exit 0
fi

# dpkg-query fails when it does not know one of the names; that one is then simply missing.
installed=$(dpkg-query -W -f='${Package} ${db:Status-Status}\n' $wanted 2>/dev/null || true)
missing=
for package in $wanted; do
  case "
$installed
" in
    *"
$package installed
"*) ;;
    *) missing="$missing $package" ;;
  esac
done
[ -n "$missing" ] || exit 0

as_root=
if [ "$(id -u)" -ne 0 ]; then
  if ! command -v sudo >/dev/null 2>&1; then
    echo "Packages are missing, and installing them needs root. As root, run:" >&2
    echo "  apt-get update && apt-get install$missing" >&2
    exit 1
  fi
  as_root=sudo
fi

echo "Installing:$missing" >&2
apt="$as_root env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=300"
$apt update
# --no-remove: libboost1.81-dev conflicts with libboost-dev, and which of them stays is not for a
# build to decide.
if ! $apt install -y --no-install-recommends --no-remove $missing; then
  echo "Could not install:$missing" >&2
  echo "If apt wanted to remove libboost-dev (Boost 1.74): remove it yourself, then try again." >&2
  exit 1
fi
