# Needs GNU make >= 3.81 and Python >= 3.11, nothing else. `make help` lists the rest.
.DEFAULT_GOAL := help
.PHONY: help demo up test test-access test-api test-office test-voice test-journeys test-deep test-canaries fuzz drill \
	lint format lock licences sbom wheels install clean
# The project's path may hold Chinese characters in a locale that is not UTF-8.
export PYTHONUTF8 := 1

PYTHON_IN := .venv/bin/python -m
WORKERS ?= 2
SECONDS ?= 60
DEEP := tests/register/test_phones.py tests/register/test_certificates.py \
	tests/register/test_texts.py tests/delivery/test_folding.py \
	tests/delivery/test_any_order.py tests/audio/test_reading.py \
	tests/hostile/test_properties.py

help: ## Print this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-10s %s\n", $$1, $$2 }' Makefile

demo: ## The main job end to end, then keep serving; ARGS="--members 2000 --once --json"
	@sh scripts/environment.sh run
	@.venv/bin/outreach demo $(ARGS)

up: ## The embedded service: broker, simulator, worker and web in one process tree
	@sh scripts/environment.sh run
	@.venv/bin/outreach up $(ARGS)

test: ## Every test; ARGS="tests/register -k phone", WORKERS=0 for one process
	@sh scripts/environment.sh dev
	@sh scripts/browser.sh
	@$(PYTHON_IN) pytest -n $(WORKERS) --dist loadgroup $(ARGS)

test-access: ## axe, targets, focus, reflow and order on every page, for every role; ten minutes
	@sh scripts/environment.sh dev
	@sh scripts/browser.sh
	@$(PYTHON_IN) pytest -n 0 --timeout 0 tests/browser/walk_every_page.py $(ARGS)

test-api: ## Two hundred tries at each operation of the API with each role's token
	@sh scripts/environment.sh dev
	API_TRIES=$(or $(TRIES),200) $(PYTHON_IN) pytest -n 0 tests/api $(ARGS)

test-office: ## LibreOffice opens, saves and prints every exported workbook (a minute)
	@sh scripts/environment.sh dev
	@sh scripts/office.sh
	@$(PYTHON_IN) pytest -n 0 tests/reporting/through_libreoffice.py $(ARGS)

test-voice: ## A speech recogniser listens to every bulletin (600 MB, half an hour)
	@sh scripts/voice.sh
	@.venv-voice/bin/python -m pytest --confcutdir=tests/voice tests/voice $(ARGS)

test-canaries: ## Everybody of the demonstration is looked for in all that we leave behind
	@sh scripts/environment.sh dev
	@.venv/bin/python tests/canaries.py $(ARGS)

drill: ## Knock a production county over; ARGS="--messages 20000 --kills 500 --json"
	@sh scripts/environment.sh dev
	@.venv/bin/outreach drill $(ARGS)

test-journeys: ## Every role by keyboard in all ways, and a first campaign from nothing; ten minutes
	@sh scripts/environment.sh dev
	@sh scripts/browser.sh
	WAYS=all $(PYTHON_IN) pytest -n 0 --timeout 0 tests/browser/test_keyboard.py \
		tests/browser/walk_first_campaign.py $(ARGS)

test-deep: ## The property tests with 20,000 examples each, an hour or two
	@sh scripts/environment.sh dev
	@$(PYTHON_IN) pytest -n $(WORKERS) --timeout 0 --hypothesis-profile deep $(DEEP) $(ARGS)

fuzz: ## Damaged lists, texts and callbacks, a minute each; SECONDS=600, ARGS="importer --seed 1"
	@sh scripts/environment.sh dev
	@.venv/bin/python tests/hostile/fuzzing.py --seconds $(SECONDS) $(ARGS)

# No `djlint --check`: its formatter swaps half the quotes of an attribute, and breaks
# runs of Chinese into lines, which browsers show with spaces in them.
lint: ## Style, types, imports, templates, security, dependencies, secrets, licences
	@sh scripts/environment.sh dev
	$(PYTHON_IN) ruff check .
	$(PYTHON_IN) ruff format --check .
	$(PYTHON_IN) mypy
	.venv/bin/lint-imports
	$(PYTHON_IN) djlint outreach/web/templates --lint --quiet
	$(PYTHON_IN) bandit -q -c pyproject.toml -r outreach campaigns audio
	$(PYTHON_IN) deptry .
	$(PYTHON_IN) check_jsonschema --builtin-schema vendor.compose-spec docker-compose.yml
	.venv/bin/python scripts/scan.py
	.venv/bin/python scripts/parts.py licences >/dev/null

format: ## Put the code into the house's form
	@sh scripts/environment.sh dev
	$(PYTHON_IN) ruff check --fix .
	$(PYTHON_IN) ruff format .

lock: ## Compile requirements/ anew from pyproject.toml (needs uv)
	@sh scripts/lock.sh

licences: ## Every package of the running service with its licence
	@sh scripts/environment.sh dev
	@.venv/bin/python scripts/parts.py licences

sbom: ## sbom.json: the parts of the running service, as CycloneDX
	@sh scripts/environment.sh dev
	@.venv/bin/python scripts/parts.py sbom >sbom.json

wheels: ## wheels/: all that an office without internet installs from, and a try of it
	@sh scripts/environment.sh run
	@sh scripts/wheels.sh

install: ## Make .venv with everything that tests and lint need
	@sh scripts/environment.sh dev

clean: ## Remove .venv and caches; var/, which holds the data, stays
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find outreach campaigns audio tests -name __pycache__ -type d -prune -exec rm -rf {} +
