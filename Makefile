# Two commands: `make serve` builds everything and starts it; `make test` runs every check and test there is.
# The rest are their parts, for those who work on it (docs/contribute/).

SHELL := /bin/bash
TARGET := $(or $(CARGO_TARGET_DIR),target)

.PHONY: serve build test check frontend docs schema benchmark

serve: build
	./gammacms serve

build: frontend docs
	cargo build --release --locked
	install -m 755 $(TARGET)/release/gammacms gammacms.new && mv gammacms.new gammacms

test:
	scripts/test.sh

# The loop to live in: types and lints only.
check:
	cargo fmt --all --check
	cargo clippy --workspace --all-targets --locked -- -D warnings

frontend:
	scripts/npm.sh frontend
	cd frontend && npm run --silent build

docs:
	scripts/npm.sh docs
	cd docs && npm run --silent build

# What is generated from the program and checked in: OpenAPI document, client types, reference pages.
schema:
	cargo run --locked --quiet -- openapi > frontend/openapi.json.new && mv frontend/openapi.json.new frontend/openapi.json
	cargo run --locked --quiet -- reference settings > docs/reference/settings.md.new && mv docs/reference/settings.md.new docs/reference/settings.md
	cargo run --locked --quiet -- reference commands > docs/reference/commands.md.new && mv docs/reference/commands.md.new docs/reference/commands.md
	cargo run --locked --quiet -- reference problems > docs/reference/problems.md.new && mv docs/reference/problems.md.new docs/reference/problems.md
	scripts/npm.sh frontend
	cd frontend && npm run --silent schema

benchmark:
	scripts/benchmark.sh
