#!/usr/bin/env bash
# Installs one folder's npm packages from its lock file, when the lock file is newer than what is installed.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../$1"
if [ ! -f node_modules/.package-lock.json ] || [ package-lock.json -nt node_modules/.package-lock.json ]; then
  npm ci --no-audit --no-fund --loglevel=error
  touch node_modules/.package-lock.json
fi
