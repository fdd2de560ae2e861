#!/usr/bin/env bash
# Checks the files of the container image, of the compose files and of Fly.io, as far as that goes without a container engine.
#   scripts/check-container.sh [PROGRAM]      PROGRAM: the built gammacms, to ask it for its settings and commands
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
scripts/install-test-tools.sh container

wanted=scripts/container/requirements.txt
tools="${XDG_CACHE_HOME:-${HOME:-/tmp}/.cache}/gammacms/container-tools-$(sha256sum "$wanted" | head -c 12)"
if [ ! -e "$tools/installed" ]; then
  echo "installing $(grep -v '^#' "$wanted" | tr '\n' ' ')" >&2
  rm -rf "$tools"
  python3 -m venv "$tools"
  "$tools/bin/pip" install --quiet --disable-pip-version-check --requirement "$wanted"
  touch "$tools/installed"
fi

"$tools/bin/hadolint" --failure-threshold style Dockerfile
"$tools/bin/check-jsonschema" --builtin-schema vendor.compose-spec docker-compose.yml docker-compose.full.yml
exec "$tools/bin/python" -I -B scripts/container/check.py "$@"
