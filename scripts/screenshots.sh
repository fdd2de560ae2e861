#!/usr/bin/env bash
# Makes the screenshots of the documentation anew: builds everything, tells the story in Chromium and keeps what it looks at.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

target="$(realpath -m "${CARGO_TARGET_DIR:-target}")"
album="$PWD/docs/screenshots"
# A megabyte is a second on the line of whoever clones this.
most_bytes=$((6 * 1024 * 1024))

scripts/npm.sh frontend
scripts/npm.sh docs
(cd frontend && npm run --silent build)
(cd docs && npm run --silent build)
cargo build --locked

made="$(mktemp -d)"
trap 'rm -rf "$made"' EXIT
(cd frontend && npm run --silent browser -- --binary "$target/debug/gammacms" --album "$made")
bytes="$(du -sb "$made" | cut -f1)"
if [ "$bytes" -gt "$most_bytes" ]; then
  echo "the screenshots take $bytes bytes, more than $most_bytes" >&2
  exit 1
fi
mkdir -p "$album"
rm -f "$album"/*.webp
mv "$made"/*.webp "$album"/
echo "$(find "$album" -name '*.webp' | wc -l) screenshots, $bytes bytes, in docs/screenshots"
