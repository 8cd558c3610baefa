# Everything that is done with this repository from a terminal. Settings: make up PORT=8001 DATA_DIR=/tmp/second …
# (README.md and docs/operations.md say which). Works with GNU make 3.81, which macOS has.
.DEFAULT_GOAL := help
.PHONY: help setup up down status logs reset test check openapi bench test-faults test-web test-compose dead-letters stripe-events reconcile screenshots lighthouse

# Without cached bytecode every process compiles its libraries anew: 6 s instead of 2.
unexport PYTHONDONTWRITEBYTECODE

PYTHON := .venv/bin/python
LOCAL := $(PYTHON) -m deploy.local
FORMAT ?= text
ARGS ?=
SERVICE ?=

help: ## this list
	@awk 'BEGIN { FS = ":.*## " } /^[a-z-]+:.*## / { printf "  make %-15s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: ## Python packages (a no-op when they are there)
	@sh deploy/local/bootstrap.sh

up: setup ## everything on this machine; Ctrl-C stops it (PORT= DATA_DIR= DETACH=1 DEMO=0 …)
	@$(if $(filter command,$(origin HOST)),echo "HOST is not a setting any more: use BIND=$(HOST)" >&2)
	@$(LOCAL) up

down: setup ## stop everything
	@$(LOCAL) down

status: setup ## the processes (FORMAT=json)
	@$(LOCAL) status --format $(FORMAT)

logs: setup ## follow all logs (SERVICE=booking: only that one's)
	@$(LOCAL) logs $(SERVICE)

reset: setup ## stop everything and drop the local data
	@$(LOCAL) reset

test: setup ## all tests (ARGS='services/booking -k slots')
	@$(LOCAL) packages
	@$(PYTHON) -m deploy.checks.suites $(ARGS)

check: setup ## style, types, who may import whom, secrets, known vulnerabilities
	@failed=0; \
	.venv/bin/ruff check --extend-exclude .cache . || failed=1; \
	.venv/bin/ruff format --check --extend-exclude .cache . || failed=1; \
	.venv/bin/mypy || failed=1; \
	.venv/bin/lint-imports || failed=1; \
	.venv/bin/bandit -q -c pyproject.toml -r shared services gateway sandbox deploy bench 2>/dev/null || failed=1; \
	$(PYTHON) -m deploy.openapi --check || failed=1; \
	$(PYTHON) -m deploy.checks.api_description || failed=1; \
	$(PYTHON) -m deploy.checks.secrets || failed=1; \
	$(PYTHON) -m deploy.checks.dependencies || failed=1; \
	$(LOCAL) web lint || failed=1; \
	$(LOCAL) web typecheck || failed=1; \
	exit $$failed

openapi: setup ## gateway/openapi.json anew, from the services' code, and the web app's types from it
	@$(PYTHON) -m deploy.openapi
	@if [ -d web/node_modules ]; then $(LOCAL) web gen:api; else echo "web/node_modules is missing (make up): afterwards run cd web && npm run gen:api"; fi

bench: setup ## how fast it is (ARGS=--help)
	@$(LOCAL) packages
	@$(PYTHON) -m bench $(ARGS)

lighthouse: setup ## Lighthouse on the public pages (BASE_URL= of a running stack, else one of its own)
	@$(LOCAL) packages
	@$(PYTHON) -m deploy.checks.lighthouse

test-web: setup ## only the web app's stories in two browsers (about three minutes)
	@$(LOCAL) packages
	@.venv/bin/pytest tests/web $(ARGS)

test-faults: setup ## processes killed in the middle of everything
	@$(LOCAL) packages
	@MODEL_BASED=long .venv/bin/pytest tests/faults tests/model_based -p no:randomly $(ARGS)

test-compose: setup ## the stack of docker-compose.yml, built, started, killed, scaled, upgraded (about ten minutes)
	@.venv/bin/pytest tests/compose -p no:randomly -x $(ARGS)

dead-letters: setup ## messages that could not be handled (ARGS='list', 'show …', 'replay …')
	@$(LOCAL) exec gateway -- $(CURDIR)/$(PYTHON) -m shared.dead_letters $(ARGS)

stripe-events: setup ## Stripe's events that could not be handled
	@$(LOCAL) exec payments -- $(CURDIR)/$(PYTHON) -m services.payments.webhook $(ARGS)

reconcile: setup ## compare bookings, payments, ledger and Stripe
	@$(LOCAL) exec payments -- $(CURDIR)/$(PYTHON) -m services.payments.reconcile $(ARGS)

screenshots: setup ## new pictures for docs/screenshots, of the stack that runs (start it with FREE_PERIOD_SECONDS=8)
	@eval "$$($(PYTHON) -c "import json, os; stack = json.load(open(os.environ.get('DATA_DIR', '.local') + '/stack.json')); print('export BASE_URL=' + stack['gateway'], 'STRIPE_SANDBOX_URL=' + stack['stripe_sandbox'], 'MAIL_SANDBOX_URL=' + stack['mail'])")"; \
	$(LOCAL) web screenshots
