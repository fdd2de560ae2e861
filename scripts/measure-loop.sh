#!/usr/bin/env bash
# Measures the loop that contributors live in: what one edit on each floor costs, with everything else warm.
#   scripts/measure-loop.sh            prints the table for docs/contribute/loop.md
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

seconds() {
  local before=${EPOCHREALTIME/./}
  "$@" >/dev/null 2>&1
  awk -v took=$((${EPOCHREALTIME/./} - before)) 'BEGIN { printf "%.1f s", took / 1000000 }'
}

cargo build --workspace --all-targets --locked --quiet
cargo check --workspace --locked --quiet
echo "| one edit in | check | build | one test over the started binary |"
echo "|---|---:|---:|---:|"
for floor in ground machinery tenants content channels; do
  touch "src/$floor/lib.rs"
  check=$(seconds cargo check --locked)
  touch "src/$floor/lib.rs"
  build=$(seconds cargo build --locked)
  touch "src/$floor/lib.rs"
  one=$(seconds cargo test --test it --locked demo::)
  echo "| \`$floor\` | $check | $build | $one |"
done
touch src/main.rs
echo "| the binary | $(seconds cargo check --locked) | $(touch src/main.rs; seconds cargo build --locked) | $(touch src/main.rs; seconds cargo test --test it --locked demo::) |"
touch tests/it/demo.rs
echo "| a test | | | $(seconds cargo test --test it --locked demo::) |"
