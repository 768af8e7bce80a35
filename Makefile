# `make test` and `make demo` need Rust, Python 3 and make; everything else is installed into .venv.
VENV ?= .venv
export INFRA_TEST_VENV := $(abspath $(VENV))
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help demo test sweep venv bench schemas

help:
	@echo "make demo     the whole life of stacks/dev.yaml against local AWS emulators"
	@echo "make test     formatting, lints, all tests"
	@echo "make sweep    a kill at every API call and many schedules of faults; takes hours"
	@echo "make bench    time, memory and API calls, next to Terraform's core and AWS CDK"
	@echo "make schemas  AWS's resource schemas anew"

demo: venv
	cargo build --locked
	$(VENV)/bin/python scripts/demo.py

test: venv
	cargo fmt --check
	cargo clippy --locked --all-targets -- -D warnings
	cargo test --locked

sweep: venv
	cargo test --locked --test it sweep:: -- --include-ignored --nocapture --test-threads 1

bench: $(VENV)/.bench
	cargo build --locked --release
	$(VENV)/bin/python bench/run.py

schemas: $(VENV)/.schemas
	$(VENV)/bin/python schemas/refresh.py

venv: $(VENV)/.emulators

$(VENV)/.emulators: requirements.txt
$(VENV)/.schemas: requirements-schemas.txt
$(VENV)/.bench: requirements-bench.txt | $(VENV)/.emulators
$(VENV)/.%:
	test -x $(VENV)/bin/pip || python3 -m venv $(VENV)
	$(VENV)/bin/pip install --quiet --requirement $<
	touch $@
