# fairapp: `make help` lists the targets.
SHELL := /bin/sh
PY := .venv/bin/python
.DEFAULT_GOAL := help
.PHONY: help run demo bench drill test check format messages venv venv-test

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "make %-10s %s\n", $$1, $$2}' Makefile

run: venv ## set up and run the product with demonstration data, until Ctrl-C
	@exec $(PY) -m tools.run

test: venv-test ## run the whole suite on SQLite and on PostgreSQL; ARGS="-k name" narrows it
	@$(PY) -m tools.suite $(ARGS)

demo: venv ## drive a whole event over HTTP and check every figure
	@$(PY) -m tools.demo

bench: venv-test ## measured promises, each beside a bare reference; ARGS="public_page" narrows it
	@$(PY) -m bench $(ARGS)

drill: venv-test ## the long runs: kill loops, faults, races, on both databases
	@$(PY) -m tools.drill

check: venv-test ## formatting, lint, types, layers, messages complete
	@failed=""; \
	$(PY) -m ruff format --check . || failed="$$failed format"; \
	$(PY) -m ruff check . || failed="$$failed lint"; \
	$(PY) -m mypy || failed="$$failed types"; \
	.venv/bin/lint-imports || failed="$$failed layers"; \
	$(PY) -m tools.messages check || failed="$$failed messages"; \
	if [ -n "$$failed" ]; then echo "check: failed:$$failed"; exit 1; fi; echo "check: passed"

format: venv-test ## write the code as `check` wants it
	@$(PY) -m ruff format .
	@$(PY) -m ruff check --fix .

messages: venv-test ## bring the catalogues up to date after a change of sentences
	@$(PY) -m tools.messages update

venv:
	@tools/venv.sh run

venv-test:
	@tools/venv.sh test
