# shellcheck shell=bash
# Sourced by the scripts beside it, from the repository root: packages, build jobs, a server to talk to.
# Needs nothing but bash and what Debian calls essential until ensure_packages has run.

say() { printf '%s\n' "$*"; }
die() {
  printf 'error: %s\n' "$*" >&2
  exit 1
}

# packages_for KIND...: the names in scripts/packages that any of the kinds (build, test) needs.
packages_for() {
  local kind
  for kind in "$@"; do
    sed -n "s/^\([a-z0-9][^ ]*\) *${kind}\$/\1/p" scripts/packages
  done
}

# missing_packages NAME...: those that are not installed.
missing_packages() {
  local name
  for name in "$@"; do
    if [ "$(dpkg-query -W -f='${db:Status-Status}' "$name" 2>/dev/null)" != installed ]; then say "$name"; fi
  done
}

# apt_get ARG...: apt-get without questions, as root or through a sudo that asks for no password.
apt_get() {
  if [ "$(id -u)" = 0 ]; then
    DEBIAN_FRONTEND=noninteractive apt-get -q "$@"
  else
    sudo -n env DEBIAN_FRONTEND=noninteractive apt-get -q "$@"
  fi
}

# install_missing NAME...: installs what is missing; needs no root and no network where nothing is.
install_missing() {
  command -v dpkg-query >/dev/null || die "this needs Debian 12 or its like (no dpkg-query here); the list is scripts/packages"
  local missing
  missing=$(missing_packages "$@" | tr '\n' ' ')
  [ -n "$missing" ] || return 0
  say "Installing: $missing"
  if [ "$(id -u)" != 0 ] && ! sudo -n true 2>/dev/null; then
    die "packages are missing and there is neither root nor a sudo without password here. As root:
  apt-get update && apt-get install -y --no-install-recommends $missing"
  fi
  apt_get update || say "apt-get update failed; trying with the package lists that are here"
  # shellcheck disable=SC2086  # one word a package
  apt_get install -y --no-install-recommends $missing ||
    die "apt-get could not install: $missing"
}

ensure_packages() {
  local names
  mapfile -t names < <(packages_for "$@")
  [ "${#names[@]}" -gt 0 ] || die "scripts/packages names no package for: $*"
  install_missing "${names[@]}"
}

# build_jobs: one compiler for each processor and each 1.5 GB of free memory; REPRISE_JOBS overrides.
build_jobs() {
  local cpus by_memory
  if [ -n "${REPRISE_JOBS:-}" ]; then
    say "$REPRISE_JOBS"
    return
  fi
  cpus=$(nproc)
  by_memory=$(($(sed -n 's/^MemAvailable: *\([0-9]*\) kB/\1/p' /proc/meminfo) / 1572864))
  [ "$by_memory" -ge 1 ] || by_memory=1
  say $((cpus < by_memory ? cpus : by_memory))
}

readonly REPRISED=build/release/bin/reprised
readonly REPRISE=build/release/bin/reprise

# listens PORT: whether something accepts connections on that loopback port.
listens() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

# free_port FIRST: the first loopback port from FIRST on that nobody listens on.
free_port() {
  local port
  for ((port = $1; port < $1 + 100; port++)); do
    if ! listens "$port"; then
      say "$port"
      return
    fi
  done
  die "no free port between $1 and $(($1 + 99)) on 127.0.0.1"
}

# running_server DIR: the process id of the server that start_server recorded in DIR; fails if it is gone.
# A number alone proves nothing (it may belong to another program by now), so the program's path is compared.
running_server() {
  local pid exe
  pid=$(cat "$1/server.pid" 2>/dev/null) || return 1
  exe=$(readlink "/proc/$pid/exe" 2>/dev/null) || return 1
  [ "${exe% (deleted)}" = "$(pwd -P)/$REPRISED" ] || return 1
  say "$pid"
}

# start_server DIR FIRST_PORT: reprised with DIR/data on a free port; writes DIR/server.pid, server.address, server.log
# and returns when it answers.
start_server() {
  local dir=$1 address pid tries
  mkdir -p "$dir/data"
  address=127.0.0.1:$(free_port "$2")
  # 9 is the caller's lock, which the server must not hold for life.
  setsid nohup "$REPRISED" --listen "$address" --data-dir "$dir/data" >"$dir/server.log" 2>&1 </dev/null 9>&- &
  pid=$!
  say "$pid" >"$dir/server.pid"
  say "$address" >"$dir/server.address"
  for ((tries = 0; tries < 150; tries++)); do
    if "$REPRISE" --server "$address" memory list >/dev/null 2>&1; then return 0; fi
    kill -0 "$pid" 2>/dev/null || break
    sleep 0.2
  done
  tail -n 20 "$dir/server.log" >&2
  stop_server "$dir" || true
  die "reprised did not answer on $address; its last lines are above, all of them in $dir/server.log"
}

# stop_server DIR: asks the server to finish and waits until it has; fails if none runs.
stop_server() {
  local pid tries
  pid=$(running_server "$1") || {
    rm -f "$1/server.pid" "$1/server.address"
    return 1
  }
  kill -TERM "$pid"
  for ((tries = 0; tries < 150; tries++)); do
    if ! running_server "$1" >/dev/null; then
      rm -f "$1/server.pid" "$1/server.address"
      return 0
    fi
    sleep 0.2
  done
  die "reprised (process $pid) still runs 30 s after SIGTERM; see $1/server.log"
}
