# make demo   a small real study on built-in photographs, ends with a report
# make test   all tests but the long campaigns     make test-full   those too
# make check  lint, format, types, import lines, generated docs
# make site   the documentation as pages that need no network, in build/site
# make exercise-small   the course exercise on 6,000 pictures, about ten minutes; DATA=cifar10 or folder:PATH
# make exercise         all of it, about six hours; reports/README.md has its answers
# make bench  speed against a plain PyTorch script
# make reliability  attacks on purpose, an hour of each kind at most, and docs/reliability.md

PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
RUNS   ?= runs

.PHONY: demo exercise exercise-small test test-full check docs site notebooks bench reliability audit clean

$(BIN)/python:
	$(PYTHON) -c 'import sys; sys.exit("archsearch needs Python 3.11 or newer" if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check --editable .
	touch $@

$(VENV)/.installed-dev: pyproject.toml | $(BIN)/python
	$(BIN)/python -m pip install --quiet --no-compile --disable-pip-version-check --editable '.[dev]'
	touch $@ $(VENV)/.installed

demo: $(VENV)/.installed
	$(BIN)/archsearch study run studies/quickstart.yaml --storage sqlite:///$(RUNS)/demo.db --workers 2
	$(BIN)/archsearch report studies/quickstart.yaml --storage sqlite:///$(RUNS)/demo.db --out reports/quickstart

exercise: $(VENV)/.installed
	$(BIN)/python -m exercise --data $(or $(DATA),cifar10) --runs $(RUNS)/exercise

exercise-small: $(VENV)/.installed
	$(BIN)/python -m exercise --small --data $(or $(DATA),photos) --runs $(RUNS)/exercise-small --reports reports/exercise-small

# Three on two cores: many tests wait for other processes. Who has nothing left takes others' tests.
test: $(VENV)/.installed-dev
	scripts/programs-for-tests
	OMP_NUM_THREADS=1 scripts/in-memory $(BIN)/python -m pytest -n 3 --dist worksteal -m "not full"

test-full: $(VENV)/.installed-dev
	scripts/programs-for-tests
	OMP_NUM_THREADS=1 scripts/in-memory $(BIN)/python -m pytest -n 3 --dist worksteal

check: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	@echo types, generated docs and import lines, side by side
	@$(BIN)/mypy & types=$$!; \
	$(BIN)/python docs/generate.py --check && $(BIN)/python -m pytest -q tests/test_import_lines.py; rest=$$?; \
	wait $$types && exit $$rest

docs: $(VENV)/.installed-dev
	$(BIN)/python docs/generate.py

notebooks: $(VENV)/.installed-dev
	$(BIN)/python notebooks/execute.py
	$(BIN)/python notebooks/page.py

# Warnings are errors: a link that leads nowhere, a page that no list has.
site: $(VENV)/.installed-dev
	$(BIN)/python -m sphinx -q -W --keep-going -d build/site-cache docs build/site

bench: $(VENV)/.installed-dev
	$(BIN)/python -m benchmarks

# Each campaign goes on where it was; root may mount the small disks that some need.
reliability: $(VENV)/.installed-dev
	$(BIN)/python -m tests.reliability

audit: $(VENV)/.installed-dev
	$(BIN)/python -m tests.reliability packages

clean:
	rm -rf $(VENV) build *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
