#!/usr/bin/env bash
# Measures lists, filters, orders, cursors and expansions of the public API over many entries (see content.mjs), on the release
# binary, and prints a part of docs/benchmarks.md.
#   scripts/benchmark/content.sh [PROGRAM [ENTRIES [CALLS]]]
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."
program="${1:-}"
if [ -z "$program" ]; then
  cargo build --release --locked --quiet --bin gammacms
  program="${CARGO_TARGET_DIR:-target}/release/gammacms"
fi
exec node scripts/benchmark/content.mjs "$program" "${2:-100000}" "${3:-300}"
