# `make help` says what the targets do. Each target first installs what the target needs, and does nothing twice.
SHELL := /bin/bash
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

stage := tools/stage
run := tools/run
pulumi := tools/run pulumi

on-lab := $(run) pytest --verbose
# WORLD: on which Debian the lab runs (lab/worlds.py). Each world but bookworm has a stack of its own name.
WORLD ?= bookworm
export LAB_WORLD := $(WORLD)
stack := $(if $(filter bookworm,$(WORLD)),dev,$(WORLD))
without-lab := not live and not proof and not releases and not worlds and not migration and not guides \
	and not declared

.PHONY: help up preview refresh destroy lab-up lab-down lab-unused
.PHONY: generate test lint types tests unit unit-newest newest-python tools venv
.PHONY: live proof proof-zed proof-world releases guides migration declared bench

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

up: tools lab-up ## start the lab, wire its Ceph into its OpenStack, and verify every link; WORLD=trixie is Debian 13
	@$(run) tools/open-stack $(stack) --finish
	@touch .state/lab/used
	@$(stage) "pulumi up, stack $(stack)" $(pulumi) up --stack $(stack) --yes
	@$(stage) "every link from a service to its data" \
		$(run) env OS_CLIENT_CONFIG_FILE=.state/lab/clouds.yaml \
		python -m commands verify --stack $(stack) --cloud lab-admin
	@cat tools/next-steps.txt

preview: tools ## show what `make up` would change, without a connection to any host
	@$(run) tools/open-stack $(stack)
	@$(pulumi) preview --stack $(stack) $(ARGS)

refresh: tools lab-up ## read every resource from the lab and show the drift, which `make up` repairs
	@$(run) tools/open-stack $(stack) --finish
	@$(stage) "pulumi refresh, stack $(stack)" $(pulumi) refresh --stack $(stack) --yes

destroy: tools lab-up ## undo `make up`: every file and the cluster are as before, and the lab stays up
	@$(run) tools/open-stack $(stack) --refuse
	@$(stage) "pulumi destroy, stack $(stack)" $(pulumi) destroy --stack $(stack) --yes

lab-up: ## start the lab: Ceph, an OpenStack controller and two computes on this machine
	@$(stage) "lab up" lab/lab up

lab-down: ## stop the lab and remove all of its files but the cache
	@$(stage) "lab down" lab/lab down

generate: venv ## write what follows from the code: in Pulumi.yaml, schema/ and docs/ (settings, resources, coverage)
	@$(run) python -m components.stack.describe
	@$(run) python -m providers.describe
	@$(run) python -m tests.coverage

test: ## lint, types, all tests including those on the lab, and the proof
	@rm -f .state/test/*.xml
	@tools/stages $(MAKE) lint types tests

# The tests on the lab wait for services half of their time, and the unit tests take what is left of the processors.
tests: tools
	@tools/beside unit $(MAKE) live proof-zed

lint: venv ## ruff: rules and format
	@$(stage) "ruff check" $(run) ruff check .
	@$(stage) "ruff format" $(run) ruff format --check .

types: venv ## mypy, strict on providers/, components/, commands/ and tools/ci/
	@$(stage) "mypy" $(run) mypy

unit: tools ## the tests that need no lab
	@mkdir -p .state/test
	@$(stage) "unit tests" $(run) pytest -m "$(without-lab)" --numprocesses auto \
		--junit-xml=.state/test/unit.xml $(PYTEST_ARGS)

unit-newest: newest-python ## those that depend on Python, with the newest: 3.14 or newer on PATH, else Debian's
	@mkdir -p .state/test
	@$(stage) "unit tests, newest Python" $(run) .state/venv/newest-python/bin/python -m pytest \
		-m "$(without-lab) and not same_on_every_python" --numprocesses auto \
		--junit-xml=.state/test/unit-newest.xml $(PYTEST_ARGS)

newest-python: tools
	@python=$$(tools/newest-python) && tools/venv newest-python requirements-dev.txt "$$python"

live: tools ## the tests on the lab, which is made anew if it was used
	@rm -f .state/test/live.xml; mkdir -p .state/test
	@$(MAKE) lab-unused
	@$(stage) "live tests" env LAB_UNUSED=yes $(on-lab) -m live --junit-xml=.state/test/live.xml $(PYTEST_ARGS)

proof: ## store real data through OpenStack's APIs: Debian's Zed, WORLD=trixie or sid, or RELEASE=2025.1 from PyPI
	@$(MAKE) $(if $(RELEASE),releases,$(if $(filter bookworm,$(WORLD)),proof-zed,proof-world))

proof-zed: tools
	@rm -f .state/test/proof.xml; mkdir -p .state/test
	@$(MAKE) lab-unused
	@$(stage) "proof" $(on-lab) -m proof --junit-xml=.state/test/proof.xml $(PYTEST_ARGS)

proof-world: tools # the story of the proof in another world
	@rm -f .state/test/proof-$(WORLD).xml; mkdir -p .state/test
	@$(MAKE) lab-unused
	@$(stage) "proof, world $(WORLD)" $(on-lab) tests/proof/test_story.py tests/worlds -m "proof or worlds" \
		--junit-xml=.state/test/proof-$(WORLD).xml $(PYTEST_ARGS)

releases: tools lab-up ## the same with Glance and Cinder of 2023.1, 2025.1 and 2026.1, or of one RELEASE
	@rm -f .state/test/releases.xml; mkdir -p .state/test; touch .state/lab/used
	@$(stage) "releases: $(or $(RELEASE),all)" \
		env LAB_RELEASE=$(RELEASE) $(on-lab) -m releases --junit-xml=.state/test/releases.xml $(PYTEST_ARGS)

guides: tools ## wire the lab by each of the five guides, and take that cloud over while a guest writes
	@rm -f .state/test/guides.xml; mkdir -p .state/test
	@$(stage) "guides" $(on-lab) -m guides --junit-xml=.state/test/guides.xml $(PYTEST_ARGS)

migration: tools ## move and kill servers, change Nova's user under them, switch a compute off; not part of make test
	@$(MAKE) lab-unused
	@$(stage) "migration" $(on-lab) -m migration $(PYTEST_ARGS)

declared: venv ## hold the tables of options to what OpenStack's releases declare, from PyPI; not part of make test
	@$(stage) "declared options" $(run) pytest -m declared $(PYTEST_ARGS)

bench: tools lab-unused ## measure connections, agent calls and the seconds of each operation
	@$(stage) "benchmark" $(run) python -m bench $(ARGS)

# Tests and benchmark compare the lab with a new lab. Therefore they get a new lab, or a lab that the live tests have
# found to be as before (tests/live/conftest.py).
lab-unused:
	@if [ -e .state/lab/used ]; then \
		echo "==> the lab has been used, so the tests get a new lab (and stack $(stack) begins anew)"; \
		$(MAKE) lab-down; \
	fi
	@$(MAKE) lab-up
	@touch .state/lab/used

tools: venv
	@tools/pulumi/install

venv:
	@tools/venv
