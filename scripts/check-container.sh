#!/usr/bin/env bash
# Checks the files of the container image, of the compose files and of Fly.io, as far as that goes without a container engine.
#   scripts/check-container.sh [PROGRAM]      PROGRAM: the built gammacms, to ask it for its settings and commands
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
tools=$(scripts/python-tools.sh container-tools scripts/container/requirements.txt)

"$tools/bin/hadolint" --failure-threshold style Dockerfile
"$tools/bin/check-jsonschema" --builtin-schema vendor.compose-spec docker-compose.yml docker-compose.full.yml
exec "$tools/bin/python" -I -B scripts/container/check.py "$@"
