#!/usr/bin/env bash
# Installs the Python programs of a list with fixed versions into a folder of the user's cache, once, and prints the folder.
#   scripts/python-tools.sh NAME REQUIREMENTS
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
scripts/install-test-tools.sh container >&2

tools="${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/gammacms/$1-$(sha256sum "$2" | head -c 12)"
if [ ! -e "$tools/installed" ]; then
  echo "installing $(grep -v '^#' "$2" | tr '\n' ' ')" >&2
  rm -rf "$tools"
  python3 -m venv "$tools"
  "$tools/bin/pip" install --quiet --disable-pip-version-check --requirement "$2" >&2
  touch "$tools/installed"
fi
echo "$tools"
