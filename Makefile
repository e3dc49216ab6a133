# make demo   sets up, then runs a whole shop on this machine: web chat, desk, sandbox payment
# make demo-gateways  the same shop, paid through emulated Alipay, WeChat Pay and UnionPay
# make test   sets up, checks the style and the types, then passes every test
# make check  ruff and mypy --strict alone
# make bench  figures, as ratios against named baselines in one run
# make mutate  twenty thousand edits of the corpus (SEED=, COUNT=): fails where one is silently wrong
# make simulate  whole lives of a shop, each drawn from a seed (SEEDS=9000-9009, EVENTS=5000): fails on a broken invariant
# make kill  kill -9, two hundred times on each database (KILLS=): fails where the books do not agree afterwards

PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	command -v $$p >/dev/null 2>&1 && $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	&& { echo $$p; break; }; done)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check -q
WORKERS ?= 2
SEEDS ?= 9000-9009
EVENTS ?= 5000
KILLS ?= 200
SEED ?= 1
COUNT ?= 20000

.PHONY: demo demo-gateways serve test check bench mutate browser clean simulate kill

demo: $(VENV)/.installed
	@$(BIN)/xiadan demo

# A shop in front of emulated payment gateways that really sign, with a page to make them fail.
demo-gateways: $(VENV)/.installed-dev
	@$(BIN)/python -m tests.emulator

serve: $(VENV)/.installed
	@$(BIN)/xiadan serve

# Edits of the corpus that must not turn a right frame into a silently wrong one: make mutate SEED=7 COUNT=20000
mutate: $(VENV)/.installed-dev
	$(BIN)/python -m tests.nlu.mutate $(SEED) $(COUNT)

simulate: $(VENV)/.installed-dev
	$(BIN)/python -m tests.simulation $(SEEDS) $(EVENTS) --jobs $(WORKERS)

kill: $(VENV)/.installed-dev
	$(BIN)/python -m tests.kill --kills $(KILLS) --database sqlite
	$(BIN)/python -m tests.kill --kills $(KILLS) --database postgres

test: check browser
	$(BIN)/python -m pytest -q -n $(WORKERS) --dist loadgroup

check: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# The peers are tried for once; one that cannot be installed is named by the bench as not measured.
bench: $(VENV)/.installed-dev $(VENV)/.tried-peers
	$(BIN)/python -m tests.bench

$(VENV)/.tried-peers: $(VENV)/.installed-dev tests/bench/constraints.txt
	-$(PIP) install -c constraints.txt -c tests/bench/constraints.txt -e '.[bench]'
	@touch $@

# A real Chromium and a Chinese font for the browser tests; says loudly when it finds neither.
browser: $(VENV)/.installed-dev
	@sh tests/browser/provide.sh $(BIN)/python

$(VENV)/bin/python:
	@if [ -z "$(PYTHON)" ]; then echo "Xiadan needs Python 3.11 or newer; none was found on PATH." >&2; exit 1; fi
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: $(VENV)/bin/python pyproject.toml constraints.txt
	$(PIP) install -c constraints.txt -e .
	@touch $@

$(VENV)/.installed-dev: $(VENV)/bin/python pyproject.toml constraints.txt
	$(PIP) install -c constraints.txt -e '.[dev]'
	@touch $@ $(VENV)/.installed

clean:
	rm -rf $(VENV) state build dist .mypy_cache .ruff_cache
