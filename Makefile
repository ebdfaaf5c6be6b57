# Every target that needs something installed asks set-up for it first, which takes a moment when all is there.
# Paths are relative and quoted: the folder of this checkout may have spaces in its name.

.DEFAULT_GOAL := help
SHELL := /bin/sh
MAKEFLAGS += --no-builtin-rules --no-print-directory
.SUFFIXES:

# Asked for only when it is used. Where none is new enough, python3 gets to say so in set-up's own words.
PYTHON ?= $(shell sh deploy/setup/find-python.sh || echo python3)
BIN := .venv/bin
# Most tests wait more than they compute, so that more than one for each core are at it. The files that take longest
# come first in the order of their folders, which is kept.
PROCESSES ?= 3

#: AUDIO=talk.wav                 demo: your own recording instead of the one that comes with it
#: ENROLL="ann=a.wav bob=b.wav"   demo: the voices to look for in it, and a recording of each
#: ARGS="-k name"                 test, unit, bench: more arguments for the program behind it
#: PROCESSES=8                    test: how many files of tests at once; 3 keep two cores busy
#: PYTHON=python3.12              the Python to set up with, 3.11 or newer

##@ Use
.PHONY: help
help: ## Show this list (the default)
	@awk 'BEGIN { print "Rollcall: who speaks when. Nothing to install first: each target sees to that.\n"; \
	              print "  make TARGET [NAME=value ...]" } \
	      /^##@ / { printf "\n%s\n", substr($$0, 5) } \
	      /^[a-z-]+:.*## / { split($$0, part, ":.*## "); printf "  %-11s %s\n", part[1], part[2] } \
	      /^#: / { variables = variables "\n  " substr($$0, 4) } \
	      END { printf "\nVariables%s\n", variables }' Makefile

.PHONY: demo
demo: export DEMO_AUDIO := $(value AUDIO)
demo: export DEMO_ENROLL := $(value ENROLL)
demo: ready ## See it work: enroll voices, then learn who speaks when (AUDIO=, ENROLL=)
	@set --; \
	[ -z "$$DEMO_AUDIO" ] || set -- "$$@" --audio "$$DEMO_AUDIO"; \
	[ -z "$$DEMO_ENROLL" ] || set -- "$$@" --enroll "$$DEMO_ENROLL"; \
	exec $(BIN)/python -m deploy.demo "$$@"

.PHONY: run
run: ready ## Run the whole service on this machine until Ctrl-C
	@exec $(BIN)/python -m deploy.local

##@ Install
.PHONY: setup
setup: ## Install everything into .venv and .models; safe to repeat, also after an interruption
	@exec "$(PYTHON)" -m deploy.setup

.PHONY: models
models: ready ## Check the models, and build again what is missing or damaged
	@exec $(BIN)/python -m worker.models.embedded_pack --dest .models/embedded

# The same as setup, silent when there is nothing to do.
.PHONY: ready
ready:
	@exec "$(PYTHON)" -m deploy.setup --quiet

##@ Develop
.PHONY: test
test: check browser ## All checks, cheapest first, then all tests; stops at the first that fails
	exec $(BIN)/python -m pytest --numprocesses=$(PROCESSES) --dist=loadfile --no-loadscope-reorder $(ARGS)

.PHONY: check
check: ready ## Format, lint, types, and the rules of who imports whom
	$(BIN)/python -m ruff format --check
	$(BIN)/python -m ruff check
	$(BIN)/python -m mypy
	$(BIN)/lint-imports

# No part of set-up: only the tests of the console need it. Quick when it is there.
.PHONY: browser
browser: ready ## Fetch the headless browser that the console is tested in
	@exec $(BIN)/python -m deploy.browser

.PHONY: screenshots
screenshots: browser ## Take the pictures of the console that are in docs/console
	exec $(BIN)/python -m tests.end_to_end.console.screenshots

.PHONY: unit
unit: ready ## Only the quick tests of single parts
	exec $(BIN)/python -m pytest tests/unit $(ARGS)

.PHONY: format
format: ready ## Format the code and mend what the linter can
	$(BIN)/python -m ruff check --fix
	$(BIN)/python -m ruff format

.PHONY: docs
docs: ready ## Write the pages of docs/ that tell what is in the code
	exec $(BIN)/python -m tests.documentation

# No part of set-up: the pages read as well where they lie.
.PHONY: site
site: docs ## The pages of docs/ as a site in build/site; fetches MkDocs when it is first asked for
	@$(BIN)/python -m pip install -q -c constraints.txt mkdocs==1.6.1
	exec $(BIN)/python -m mkdocs build --strict

.PHONY: fuzz
fuzz: ready ## Ten thousand generated requests for the service (ARGS=), and as many damaged files for the decoder
	$(BIN)/python -m tests.fuzz $(ARGS)
	exec $(BIN)/python -m tests.security.decoder

.PHONY: chaos
chaos: ready ## Break everything on purpose, and count what is lost
	exec $(BIN)/python -m tests.chaos $(ARGS)

.PHONY: fleet
fleet: browser ## End-to-end tests on two hosts with PostgreSQL, Redis and S3, and pulled cables
	exec $(BIN)/python -m tests.fleet $(ARGS)

# No part of `test`: what it says changes with the world, not with the code. The auditor is fetched when first asked for.
.PHONY: audit
audit: ready ## Known holes in the pinned packages; asks an advisory service on the network
	@exec $(BIN)/python -m deploy.audit

.PHONY: image-size
image-size: ready ## Install what the gateway's image installs into an empty environment, and measure it
	exec $(BIN)/python -m tests.deployment.image_size

.PHONY: bench
bench: ready ## Measure speed and accuracy
	exec $(BIN)/python -m bench $(ARGS)

.PHONY: bench-gpu
bench-gpu: ready ## Measure the engine on a CUDA device beside the CPU
	exec $(BIN)/python -m bench.gpu $(ARGS)

##@ Clean up
.PHONY: clean
clean: ## Remove what can be made again in seconds: caches and build leftovers
	rm -rf build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . \( -path ./.venv -o -path ./.models -o -path ./.browser -o -path ./.git \) -prune -o -type d -name __pycache__ -exec rm -rf {} +

.PHONY: distclean
distclean: clean ## Also remove .venv, .models and .browser; your data in .rollcall stays
	rm -rf .venv .models .browser .venv.lock
