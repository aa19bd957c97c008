# Everything a person does with Seamline, from a fresh clone. Needs python3 >= 3.11, git and make; uses uv where it is.
#
#   make site       set up, run the samples that are due, render, build strictly, audit, say where the site is
#   make test       set up, run the whole test suite
#   make serve      look at the site while you write: saving a file under docs/ or catalog/ shows in the browser
#   make check      lint, types, catalog, JSON Schemas, generated pages
#   make bench      measure speed here, and record it
#   make audit-web  measure the built site as a phone sees it: Lighthouse, axe, weight (needs Chromium and node)

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
# Set up again exactly when what is installed would change.
STAMP := $(VENV)/.ready-$(shell cat pyproject.toml constraints.txt | cksum | cut -d ' ' -f 1)

export NO_MKDOCS_2_WARNING := 1

.DEFAULT_GOAL := site
.PHONY: site test serve check bench audit-web clean

site: $(STAMP)
	@$(BIN)/python scripts/build.py

test: $(STAMP)
	@$(BIN)/python -m pytest

serve: $(STAMP)
	@$(BIN)/seamline serve

check: $(STAMP)
	@$(BIN)/ruff check scripts tests
	@$(BIN)/ruff format --check scripts tests
	@$(BIN)/mypy
	@$(BIN)/seamline check
	@$(BIN)/seamline render --check

bench: $(STAMP)
	@$(BIN)/seamline bench

audit-web: $(STAMP)
	@$(BIN)/seamline build --strict
	@$(BIN)/python -m seamline.site.web_audit

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
