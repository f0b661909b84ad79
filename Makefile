# make demo, make test: all there is to remember. The rest is for those who change the code.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
# torch comes first and pinned, so that no resolver picks a CUDA build of several gigabytes
INSTALL := $(BIN)/python -m pip install --quiet --constraint constraints.txt

.PHONY: demo test lint types wheel check clean

$(STAMP): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(INSTALL) torch
	$(INSTALL) --editable . --group dev
	touch $(STAMP)

demo: $(STAMP)
	$(BIN)/proxyrank demo --out demo

test: $(STAMP)
	$(BIN)/python -m pytest

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(STAMP)
	$(BIN)/mypy

wheel: $(STAMP)
	rm -rf dist
	$(BIN)/python -m build --quiet --outdir dist
	.ci/check-wheel

check: demo lint types test

clean:
	rm -rf .venv demo dist build *.egg-info
