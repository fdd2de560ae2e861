#!/usr/bin/env bash
# Every check and test there is. Installs what is missing, starts its own servers on free ports, stops them by PID.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."
target="${CARGO_TARGET_DIR:-target}"

step() {
  local started=$SECONDS name=$1
  shift
  printf '\n== %s\n' "$name"
  "$@"
  printf '== %s: %d s\n' "$name" $((SECONDS - started))
}

# The client's types and the reference pages are generated from the program: what is checked in must be what it says.
generated_is_current() {
  local fresh
  fresh=$(mktemp -d)
  "$target/debug/gammacms" openapi >"$fresh/openapi.json"
  diff -u frontend/openapi.json "$fresh/openapi.json" >&2 || { echo "run: make schema" >&2; return 1; }
  for page in settings commands problems; do
    "$target/debug/gammacms" reference "$page" >"$fresh/$page.md"
    diff -u "docs/reference/$page.md" "$fresh/$page.md" >&2 || { echo "run: make schema" >&2; return 1; }
  done
  rm -rf "$fresh"
}

# The one story in real Chromium, on the binary that was just tested.
browser_story() {
  (cd frontend && npm run --silent browser -- --binary "$(realpath "../$target" 2>/dev/null || realpath "$target")/debug/gammacms")
}

step "tools" scripts/install-test-tools.sh
step "format" cargo fmt --all --check
step "npm packages" bash -c 'scripts/npm.sh frontend && scripts/npm.sh docs && scripts/npm.sh tests/tools'
step "dashboard: types, lints, unit tests" bash -c 'cd frontend && npm run --silent check'
step "dashboard: build" bash -c 'cd frontend && npm run --silent build'
step "docs: build" bash -c 'cd docs && npm run --silent build'
step "clippy" cargo clippy --workspace --all-targets --locked -- -D warnings
step "build" cargo build --workspace --all-targets --locked
step "generated files" generated_is_current
step "container files" scripts/check-container.sh "$target/debug/gammacms"

source scripts/servers.sh
start_servers
step "unit and store tests, SQLite and PostgreSQL, sled and Redis" cargo test --workspace --lib --bins --locked --quiet
step "the running server, on SQLite" cargo test --test it --locked
step "the running server, on PostgreSQL and Redis" env GAMMACMS_TEST_ON=postgres cargo test --test it --locked
step "the story in Chromium" browser_story
printf '\nall checks and tests passed in %d s\n' "$SECONDS"
