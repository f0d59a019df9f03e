# Two commands do everything: `make demo` and `make test`. Both install what is missing, and say so.

TARGET := $(or $(CARGO_TARGET_DIR),target)
ASSETS := crates/portal/assets
BIN := $(abspath $(TARGET))/debug/kezek
# Runs a command with a PostgreSQL server that its tests share.
WITH_POSTGRES := $(abspath $(TARGET))/debug/kezek-trial-postgres
NPM_CI := npm ci --ignore-scripts --no-audit --no-fund --loglevel=error
# The tests and what they compare with; nextest is used where it is installed.
NEXTEST := $(shell cargo nextest --version >/dev/null 2>&1 && echo yes)

.NOTPARALLEL:
.DEFAULT_GOAL := help
.PHONY: help demo test tools assets verifier format lint unit scenarios e2e soak test-ha test-independent audit gallery clean

help: ## Show this list
	@echo "make demo   start a demonstration with made-up data (12 minutes the first time, then seconds)"
	@echo "make test   check everything (up to 25 minutes the first time)"
	@echo
	@echo "Parts of them:"
	@grep -E '^[a-z0-9-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z0-9-]+):.*## /  make \1\t/' | expand -t 20

demo: ## Build the program and start a demonstration (DEMO='--listen 0.0.0.0:8080' hands on options)
	@.ci/tools build
	@$(MAKE) --no-print-directory assets
	cargo build --release --bin kezek
	@exec $(TARGET)/release/kezek demo $(DEMO)

test: tools assets verifier format lint unit scenarios test-independent e2e ## Check everything
	@if cargo deny --version >/dev/null 2>&1; then echo "== licences"; cargo deny check licenses bans sources; fi
	@echo "== all checks passed"

tools: ## Install what the tests need: Debian packages, npm and Python packages
	@.ci/tools test
	@$(MAKE) --no-print-directory e2e/node_modules/.package-lock.json target/venv/.stamp

assets: crates/portal/built/kezek.css ## Compile the style sheet and collect the fonts of the portal

verifier: assets ## Check that the page in the browser judges receipts as the auditor does
	@echo "== verifier of the page"
	@cd $(ASSETS) && node --test verify/verify.test.mjs

format: ## Check the format of the code
	@echo "== format"
	cargo fmt --all --check

lint: assets ## Check the code with clippy; a warning is an error
	@echo "== clippy"
	cargo clippy --workspace --all-targets --quiet -- -D warnings

unit: assets target/venv/.stamp ## Run the tests of the crates and of the examples in their documentation
	@echo "== tests of the crates"
	@cargo build --package kezek-trial-postgres --quiet
ifeq ($(NEXTEST),yes)
	$(WITH_POSTGRES) cargo nextest run --workspace --no-fail-fast --status-level fail
	$(WITH_POSTGRES) cargo test --workspace --doc --quiet
else
	$(WITH_POSTGRES) cargo test --workspace --no-fail-fast --quiet
endif

scenarios: assets ## Play the scenarios of the law
	@echo "== scenarios"
	@cargo build --workspace --bins --examples --quiet
	@$(BIN) scenario run scenarios

e2e: assets e2e/node_modules/.package-lock.json ## Use the portal in a real browser; screenshots are in e2e/shots
	@echo "== browser"
	@cargo build --workspace --bins --examples --quiet
	@cd e2e && KEZEK_BIN=$(BIN) KEZEK_GALLERY=$(dir $(BIN))examples/gallery \
	node --test --test-reporter=spec --test-concurrency=1 specs/*.test.mjs

test-independent: ## Have logs judged by verifiers that others wrote (TIME=1 measures beside the one in Go)
	@.ci/tools independent
	@echo "== independent verifiers"
	@tests/independent/run $(if $(TIME),--time)
	@echo "== a made-up city's registries: auditor, independent verifiers, ways to cheat"
	@cargo build --bin kezek --bin kezek-audit --quiet
	@KEZEK_BIN_DIR=$(dir $(BIN)) tests/independent/city
	@echo "== independent witness"
	@tests/independent/witness

test-ha: assets ## Kill parts of the deployment of deploy/ha under load, and restore its backup
	@.ci/tools ha
	@cargo build --bin kezek --quiet
	@cd deploy/ha/test && KEZEK_BIN=$(BIN) node --test --test-reporter=spec ha.test.mjs

soak: assets ## Kill the service 200 times under load on each store (KILLS=1000 for more)
	@cargo build --package kezek-trial-postgres --quiet
	KEZEK_KILLS=$(or $(KILLS),200) $(WITH_POSTGRES) cargo test --package kezek-node --test kills -- --nocapture nothing_acknowledged

audit: ## Check licences and known faults of all crates; installs cargo-deny, which takes minutes
	@cargo deny --version >/dev/null 2>&1 || { echo "Installing cargo-deny"; cargo install --locked --quiet cargo-deny; }
	cargo deny check

gallery: assets ## Show every component of the portal at http://127.0.0.1:8081/kk/gallery
	cargo run --package kezek-portal --example gallery

clean: ## Remove everything that was built
	cargo clean
	rm -rf crates/portal/built $(ASSETS)/node_modules e2e/node_modules e2e/shots target/venv

crates/portal/built/kezek.css: $(ASSETS)/node_modules/.package-lock.json $(wildcard $(ASSETS)/*.scss $(ASSETS)/verify/*) $(ASSETS)/build.mjs $(ASSETS)/icon.svg
	@node $(ASSETS)/build.mjs

%/node_modules/.package-lock.json: %/package.json %/package-lock.json
	@echo "Installing npm packages of $*"
	@cd $* && $(NPM_CI)
	@touch $@

target/venv/.stamp: tests/calendar/requirements.txt
	@echo "Installing Python packages into target/venv"
	@python3 -m venv target/venv
	@target/venv/bin/pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@
