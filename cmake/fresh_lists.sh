# For the install scripts, which source it.

# Runs its arguments, and once more with fresh package lists when that fails.
with_fresh_lists() {
  "$@" 2>/dev/null && return
  as_root=
  [ "$(id -u)" -eq 0 ] || as_root=sudo
  $as_root apt-get -q update
  "$@"
}
