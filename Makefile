# make demo, make test: all there is to remember. The rest is for those who change the code; make help lists it.
PYTHON ?= python3
BIN := .venv/bin
STAMP := .venv/.installed
# torch comes first and pinned, so that no resolver picks a CUDA build of several gigabytes
INSTALL := $(BIN)/python -m pip install --quiet --constraint constraints.txt

.PHONY: help demo test lint types wheel docs check clean
.DEFAULT_GOAL := demo

$(STAMP): pyproject.toml constraints.txt
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --upgrade "pip>=25.1"
	$(INSTALL) torch
	$(INSTALL) --editable . --group dev
	touch $(STAMP)

help:  ## this list
	@awk -F ':.*##' '/^[a-z]+:.*##/ {printf "make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

demo: $(STAMP)  ## the whole way on the benchmark that ships
	$(BIN)/proxyrank demo --out demo

test: $(STAMP)  ## all tests, on two cores, a thread each
	OMP_NUM_THREADS=1 $(BIN)/python -m pytest -n 2 --dist loadfile

lint: $(STAMP)  ## style, format, layers of imports
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/lint-imports

types: $(STAMP)  ## type checks
	$(BIN)/mypy

wheel: $(STAMP)  ## build the wheel and test it outside this folder
	rm -rf dist
	$(BIN)/python -m build --quiet --outdir dist
	.ci/check-wheel

docs: $(STAMP)  ## the documentation, warnings are errors
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

check: demo lint types docs test  ## everything that must be green

clean:  ## remove what was built, the environment too
	rm -rf .venv demo dist build site *.egg-info
