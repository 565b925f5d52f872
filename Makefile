# Every target makes the virtual environment .venv when it needs it. The plain commands behind each target, for people
# without make, are in README.md (demo, test) and CONTRIBUTING.md (the others).

.PHONY: help demo panel test lint format types check bench wheel clean reliability
.DEFAULT_GOAL := help

# The first Python on PATH that is new enough; override with `make PYTHON=/path/to/python test`.
FIND = for p in python3 python python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done
PYTHON ?= $(shell $(FIND))

VENV := .venv
ifeq ($(OS),Windows_NT)
BIN := $(VENV)/Scripts
else
BIN := $(VENV)/bin
endif
RUN := $(BIN)/python
ARGS ?=

help:
	@echo "make demo    hand a Maya scene to headless workers and look at what comes back"
	@echo "make panel   the window that shows and steers what is on the farm: open it beside the demo"
	@echo "make test    run the tests              make test ARGS='-k journal'"
	@echo "make lint    style and formatting       make format mends what can be mended by itself"
	@echo "make types   mypy and pyright, for the oldest and the newest Python"
	@echo "make bench   measure us and others      make bench ARGS='--quick --only submit --peers us,ppe'"
	@echo "make reliability  faults at full size: about half an hour"
	@echo "make check   lint, types and test       make wheel builds dist/*.whl"

$(RUN):
	@test -n "$(PYTHON)" || { echo "farmfutures needs Python 3.11 or later, and none is on PATH: install one, or run make PYTHON=/path/to/python" >&2; exit 1; }
	@echo "making $(VENV) with $$($(PYTHON) -V)"
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); echo "$(PYTHON) could not make a virtual environment: on Debian and Ubuntu, apt install python3-venv" >&2; exit 1; }

# A stamp for each set of packages, so that they are installed once, and again when pyproject.toml changes.
$(VENV)/demo.stamp $(VENV)/panel.stamp $(VENV)/dev.stamp $(VENV)/bench.stamp: $(VENV)/%.stamp: pyproject.toml | $(RUN)
	@echo "installing farmfutures[$*] into $(VENV)"
	@$(RUN) -m pip install --quiet --disable-pip-version-check -e ".[$*]"
	@$(RUN) -c "open('$@', 'w').close()"

demo: $(VENV)/demo.stamp
	@$(RUN) -m farmfutures demo $(ARGS)

panel: $(VENV)/panel.stamp
	@$(RUN) -m farmfutures panel $(ARGS)

# Several tests at once, those of a file one after the other: they share a farm. Most of them wait for processes.
test: $(VENV)/dev.stamp
	@$(RUN) -m pytest -n auto --dist loadfile $(ARGS)

bench: $(VENV)/bench.stamp
	@$(RUN) -m benchmarks $(ARGS)

lint: $(VENV)/dev.stamp
	$(RUN) -m ruff check .
	$(RUN) -m ruff format --check .

format: $(VENV)/dev.stamp
	$(RUN) -m ruff check --fix .
	$(RUN) -m ruff format .

types: $(VENV)/dev.stamp
	$(RUN) -m mypy --python-version 3.11
	$(RUN) -m mypy --python-version 3.13
	$(RUN) -m mypy --python-version 3.11 --platform win32 scripts farmfutures_maya plugins
	$(RUN) -m pyright --pythonpath $(RUN) --pythonversion 3.11
	$(RUN) -m pyright --pythonpath $(RUN) --pythonversion 3.13

reliability: $(VENV)/dev.stamp
	@$(RUN) -m pytest tests/reliability tests/security --full --timeout 1200 $(ARGS)

check: lint types test

wheel: $(VENV)/dev.stamp
	$(RUN) -m hatchling build -t wheel

clean:
	rm -rf $(VENV) dist build .mypy_cache .pytest_cache .ruff_cache
