# Everything a person does with Seamline, from a fresh clone. Needs python3 >= 3.11, git and make; uses uv where it is.
#
#   make site       set up, run the samples that are due, render, build strictly, audit, say where the site is
#   make test       set up, run the whole test suite, and hold what it covers to the floor in pyproject.toml
#   make serve      look at the site while you write: saving a file under docs/ or catalog/ shows in the browser
#   make check      everything else that CI asks: lint, types, imports, catalog, schemas, pages; three samples made again
#   make train      train the mini editor, or continue where training stopped
#   make evaluate   measure the mini editor on held-out scenes, and record it
#   make causes     measure why light and expression match: three experiments on held-out scenes, and record them
#   make train-matting     train the mini matting network
#   make evaluate-matting  measure it, and composites through it, on held-out scenes, and record them
#   make canonical  measure what a canonical image brings, over held-out scenes seen from a row of cameras, and record it
#   make groups     measure whom the mini editor serves worse: edits over a grid of traits, and record them
#   make bench      measure speed here, and record it
#   make audit-web  measure the built site as a phone sees it: Lighthouse, axe, weight (needs Chromium and node)
#
# The last ten are for maintainers and take options: make bench ARGS='--only engine', make train ARGS=--help

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Set up again exactly when what is installed would change.
STAMP := $(VENV)/.ready-$(shell cat pyproject.toml constraints.txt | cksum | cut -d ' ' -f 1)

export NO_MKDOCS_2_WARNING := 1

.DEFAULT_GOAL := site
.PHONY: site test serve check train evaluate causes canonical groups bench train-adapters train-matting evaluate-matting audit-web setup clean

setup: $(STAMP)

site: $(STAMP)
	@$(BIN)/python scripts/build.py

# Python 3.12 and later can watch lines at nearly no cost; before, everything that is Python takes longer.
test: $(STAMP)
	@$(BIN)/coverage erase
	@COVERAGE_CORE=$$($(BIN)/python -c 'import sys; print("sysmon" if sys.version_info >= (3, 12) else "ctrace")') \
	  $(BIN)/coverage run -m pytest
	@$(BIN)/coverage combine --quiet
	@$(BIN)/coverage report

serve: $(STAMP)
	@$(BIN)/seamline serve

check: $(STAMP)
	@$(BIN)/ruff check scripts tests
	@$(BIN)/ruff format --check scripts tests
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo --no-cache
	@$(BIN)/seamline check --strict
	@$(BIN)/seamline render --check
	@$(BIN)/seamline verify --sample 3

train evaluate causes canonical groups bench: $(STAMP)
	@$(BIN)/python -m tools.$@ $(ARGS)

train-adapters: $(STAMP)
	@$(BIN)/python -m tools.train_adapters $(ARGS)

train-matting: $(STAMP)
	@$(BIN)/python -m tools.train_matting $(ARGS)

evaluate-matting: $(STAMP)
	@$(BIN)/python -m tools.evaluate_matting $(ARGS)

audit-web: $(STAMP)
	@$(BIN)/seamline build --strict
	@$(BIN)/python -m tools.web_audit $(ARGS)

clean:
	rm -rf $(VENV) site .cache

# torch goes first and by pip, even where uv does the rest: pip alone honours the machine's own pip configuration,
# which is how people choose between the CPU and the CUDA build. What follows then finds torch in place.
# Byte code is made here, once: where Python may not keep any, as in many containers, every command would compile anew.
$(STAMP):
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' \
	  || { echo "Seamline needs Python 3.11 or newer; $(PYTHON) is $$($(PYTHON) --version 2>&1). Try: make PYTHON=python3.12" >&2; exit 1; }
	@echo "Setting up $(VENV)/ (a few minutes the first time)"
	@if [ ! -x $(BIN)/python ] || ! $(BIN)/python -m pip --version >/dev/null 2>&1; then \
	  if command -v uv >/dev/null 2>&1; then uv venv --quiet --clear --seed --python $(PYTHON) $(VENV); \
	  else $(PYTHON) -m venv --clear $(VENV) \
	    || { echo "python3 -m venv does not work here: install python3-venv, or uv" >&2; exit 1; }; fi; fi
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt torch
	@if command -v uv >/dev/null 2>&1; then \
	  uv pip install --quiet --compile-bytecode --python $(BIN)/python -c constraints.txt -e '.[draw,dev]'; \
	else $(BIN)/python -m pip install --quiet --disable-pip-version-check -c constraints.txt -e '.[draw,dev]'; fi
	@$(BIN)/python -m compileall -q scripts/seamline
	@rm -f $(VENV)/.ready-*
	@touch $@
