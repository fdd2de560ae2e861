#!/usr/bin/env bash
# Installs what the tests need and the machine lacks: PostgreSQL, Redis, Chromium and strace from the distribution.
set -euo pipefail

missing=()
compgen -G '/usr/lib/postgresql/*/bin/postgres' >/dev/null || missing+=(postgresql)
command -v redis-server >/dev/null || missing+=(redis-server)
command -v chromium >/dev/null || missing+=(chromium)
command -v strace >/dev/null || missing+=(strace)
[ "${1:-}" != benchmark ] || command -v wrk >/dev/null || missing+=(wrk)
# The check of the container files starts no servers: it needs only Python, with which its own tools are installed.
if [ "${1:-}" = container ]; then
  missing=()
  python3 -c 'import ensurepip' 2>/dev/null || missing+=(python3-venv)
fi
[ ${#missing[@]} -gt 0 ] || exit 0

echo "installing ${missing[*]}" >&2
as_root=()
if [ "$(id -u)" -ne 0 ]; then
  command -v sudo >/dev/null || { echo "install these packages and run this again: ${missing[*]}" >&2; exit 1; }
  as_root=(sudo)
fi
export DEBIAN_FRONTEND=noninteractive
# Another package run may be under way on a fresh machine: wait for it instead of failing.
"${as_root[@]}" apt-get -o DPkg::Lock::Timeout=300 update -qq
# The packages' own services are not wanted: the tests start servers of their own, on free ports.
if [ ! -e /usr/sbin/policy-rc.d ]; then
  printf '#!/bin/sh\nexit 101\n' | "${as_root[@]}" tee /usr/sbin/policy-rc.d >/dev/null
  "${as_root[@]}" chmod 755 /usr/sbin/policy-rc.d
  trap '"${as_root[@]}" rm -f /usr/sbin/policy-rc.d' EXIT
fi
"${as_root[@]}" apt-get -o DPkg::Lock::Timeout=300 install -qq -y --no-install-recommends "${missing[@]}" >/dev/null
