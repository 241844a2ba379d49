# Everything lives in .venv, made from nothing but Python 3.11 or newer, make and the package index.
# A stamp for each set of packages; one is renewed when pyproject.toml changes.
# What is said while packages are installed goes to standard error: the first line of `make serve` is the URL.

PYTHON ?= $(shell for python in python3.11 python3 python3.12 python3.13; do \
	$$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$python && break; done)
PIP = .venv/bin/python -m pip --disable-pip-version-check --quiet

.PHONY: help serve test fuzz soak bench lint types wheel clean
.NOTPARALLEL:

help: ## Show this
	@sed -n 's/^\([a-z]*\):.*## /\1\t/p' Makefile

serve: .venv/.serve ## Run the server: make serve ARGS="--port 0"
	@exec .venv/bin/mockcloud serve $(ARGS)

# The slow tests stand together; a worker that is through takes some of the other's.
test: .venv/.test ## Run all tests, with the official SDKs: make test ARGS="-k huawei"
	.venv/bin/pytest -n auto --dist worksteal $(ARGS)

fuzz: .venv/.dev ## Look for inputs that break something, for some minutes: make fuzz ARGS="-k signatures"
	.venv/bin/pytest tests/fuzz tests/model -n auto --dist worksteal --hypothesis-profile=fuzz $(ARGS)

soak: .venv/.serve ## Many requests to one server with small bounds, about a minute: make soak ARGS=6000
	.venv/bin/python -m benchmarks.soak $(ARGS)

bench: .venv-bench/.ready ## Measure, beside the peers, about 12 minutes: make bench ARGS=--quick
	@.venv-bench/bin/python -m benchmarks $(ARGS)

lint: .venv/.dev ## Check style and format
	.venv/bin/ruff check .
	.venv/bin/ruff format --check .

types: .venv/.dev ## Check types
	.venv/bin/mypy

wheel: .venv/bin/pip ## Build the wheel into dist/
	@$(PIP) wheel --no-deps --wheel-dir dist . >&2
	@ls dist/*.whl

clean: ## Remove .venv, .venv-bench and what was built
	rm -rf .venv .venv-bench dist

.venv/bin/pip:
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; name it: make PYTHON=/path/to/python" >&2; exit 1; }
	@echo "making .venv with $(PYTHON)" >&2
	@$(PYTHON) -m venv .venv >&2 || { rm -rf .venv; exit 1; }

.venv/.serve: pyproject.toml | .venv/bin/pip
	@echo "installing mockcloud" >&2
	@$(PIP) install --editable . >&2
	@touch $@

.venv/.dev: pyproject.toml | .venv/bin/pip
	@echo "installing mockcloud and its tools" >&2
	@$(PIP) install --editable '.[dev]' >&2
	@touch $@ .venv/.serve

# The peers have an environment of their own, so that nothing of theirs gets into that of the project.
.venv-bench/.ready: pyproject.toml
	@test -n "$(PYTHON)" || { echo "Python 3.11 or newer is needed; name it: make PYTHON=/path/to/python" >&2; exit 1; }
	@echo "installing mockcloud and its peers" >&2
	@$(PYTHON) -m venv .venv-bench >&2
	@.venv-bench/bin/python -m pip --disable-pip-version-check --quiet install --editable '.[check]' \
		'moto[server]>=5' 'pytest-httpserver>=1.1' 'requests>=2.32' >&2
	@touch $@

.venv/.test: pyproject.toml | .venv/bin/pip
	@echo "installing mockcloud, its tools and the official SDKs" >&2
	@$(PIP) install --editable '.[dev,sdk]' >&2
	@touch $@ .venv/.dev .venv/.serve
