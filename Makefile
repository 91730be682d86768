# Everything that is done to this repository. `make` alone lists what there is.

PYTHON ?= python3
VERSION ?= 1.36
AIRFLOW ?= 3
IMAGE ?= taxiway
VENV := .venv
PY := $(VENV)/bin/python
# The binaries of the control plane, and Go's own build: neither prints what it makes.
TOOLS := $(PY) -m tests.cluster.binaries

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:

.PHONY: help env certs run test test-unit test-kubernetes test-python check format schema chart image \
  sbom lock control-plane airflow airflow-lock test-airflow bench bench-check bench-accept \
  bench-profile fuzz reliability clean

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  %-16s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

env: $(VENV)/.dev ## make the environment in .venv from the lock files

# Each stamp is made again when its lock or the project's own metadata changed. What serving needs
# comes first and alone, so that `make run` need not wait for the tools of the tests.
INSTALL := $(PY) -m pip install --quiet --no-compile

$(VENV)/.run: requirements.lock requirements-build.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	  echo "taxiway needs Python 3.11 or later, and $(PYTHON) is older: make PYTHON=python3.12 ..."; \
	  exit 1; } >&2
	$(PYTHON) -m venv $(VENV)
	$(INSTALL) --require-hashes -r requirements.lock -r requirements-build.lock
	$(INSTALL) --no-deps --no-build-isolation --editable .
	@touch $@

$(VENV)/.dev: requirements-dev.lock $(VENV)/.run
	$(INSTALL) --require-hashes -r requirements-dev.lock
	@touch $@

certs: $(VENV)/.run ## make the development certificates in certs/
	$(VENV)/bin/taxiway certs certs --host localhost --host 127.0.0.1

run: $(VENV)/.run ## serve examples/policies and show three real pods going through
	$(PY) examples/run.py

test: env control-plane airflow ## run every test, those on the real control plane included
	$(PY) -m pytest

test-unit: env ## run the tests that need no control plane and no Airflow
	$(PY) -m pytest -m 'not cluster and not airflow'

# The benchmark is not among them: it measures the API server's own mutating policies too, which are
# served from 1.36 on.
test-kubernetes: env ## run the control-plane tests on one Kubernetes (VERSION=1.36)
	$(TOOLS) --kubernetes $(VERSION)
	TAXIWAY_KUBERNETES=$(VERSION) $(PY) -m pytest -m cluster --ignore tests/benchmarks tests

test-python: ## run test-unit on another Python, in .venv-<its name> (PYTHON=python3.14)
	$(MAKE) VENV=.venv-$(notdir $(PYTHON)) test-unit

test-airflow: env control-plane ## run every test with a real Airflow, on both versions: docs/airflow.md
	$(PY) -m tests.airflow_real

control-plane: env ## build the control plane's binaries, or find them in the cache
	$(TOOLS) --kubernetes $(VERSION)

airflow: env ## install a real Airflow for the tests, or find it in the cache (AIRFLOW=3)
	$(PY) -m tests.airflow_real.environments --airflow $(AIRFLOW)

check: env ## lint, types, format, and that no generated file is stale
	$(VENV)/bin/ruff check .
	$(VENV)/bin/ruff format --check .
	$(VENV)/bin/mypy
	$(VENV)/bin/taxiway schema | cmp - docs/taxiway-policy-v1.schema.json
	$(VENV)/bin/taxiway schema --tests | cmp - docs/taxiway-tests-v1test.schema.json
	$(PY) charts/table.py --check
	$(PY) -m tests.reliability --check
	$(PY) -m tests.airflow_real --check
	$(PY) -m benchmarks --check

format: env ## format the code
	$(VENV)/bin/ruff check --fix-only --quiet .
	$(VENV)/bin/ruff format .

schema: env ## make the JSON Schemas of policies and of their tests again
	$(VENV)/bin/taxiway schema > docs/taxiway-policy-v1.schema.json
	$(VENV)/bin/taxiway schema --tests > docs/taxiway-tests-v1test.schema.json

chart: env ## make the table of values in the chart's README again
	$(PY) charts/table.py

image: ## build the container image (BASE=python:…@sha256:…, IMAGE=taxiway)
	@case '$(BASE)' in *@sha256:*) ;; *) \
	  echo "say what to build on, by digest: make image BASE=python:3.13-slim@sha256:..." >&2; exit 2;; \
	esac
	docker build --build-arg BASE=$(BASE) --tag $(IMAGE) .

sbom: env ## list what serves, with hashes and licences: dist/taxiway.cdx.json (CycloneDX)
	@mkdir -p dist
	$(PY) -m release.sbom > dist/taxiway.cdx.json

# Neither the registry's address nor a download's stands in a lock: both come from pip's settings.
LOCK := $(VENV)/bin/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
  --no-emit-index-url --no-emit-find-links --no-annotate --no-header

lock: env ## pin every package again, at its newest release
	$(LOCK) pyproject.toml --upgrade --output-file requirements.lock
	$(LOCK) --group pyproject.toml:build --upgrade --output-file requirements-build.lock
	$(LOCK) pyproject.toml --group dev --constraint requirements.lock --constraint requirements-build.lock \
	  --upgrade --output-file requirements-dev.lock

# Airflow's own dependencies are not bounded above: each is locked as of days after its release.
airflow-lock: env ## pin what the tests install of Airflow again
	$(LOCK) --exclude-newer 2026-10-26 tests/airflow_real/airflow-3.in --upgrade \
	  --output-file tests/airflow_real/airflow-3.lock
	$(LOCK) --exclude-newer 2025-02-12 tests/airflow_real/airflow-2.10.in --upgrade \
	  --output-file tests/airflow_real/airflow-2.10.lock

bench: env control-plane ## measure what a request costs, beside others: docs/performance.md, 10 minutes
	$(PY) -m benchmarks

bench-check: env ## hold the calls and the memory of a request against benchmarks/calls.json
	$(PY) -m benchmarks.calls

bench-accept: env ## write them there, for this version of Python
	$(PY) -m benchmarks.calls --accept

bench-profile: env ## where the time of a request's work goes, by function
	$(PY) -m benchmarks --profile

fuzz: env ## 100,000 mutated requests and 10,000 mutated policies
	TAXIWAY_FUZZ_ADMISSION=100000 TAXIWAY_FUZZ_LOADER=10000 $(PY) -m pytest -m 'not cluster' -k fuzz

reliability: env control-plane ## what becomes of pods while replicas restart, die and renew
	TAXIWAY_POLICY_CHANGES=50 $(PY) -m pytest tests/cluster/test_changes_under_load.py
	$(PY) -m tests.reliability

clean: ## remove all that was made here (the cache of binaries stays)
	rm -rf $(VENV) .venv-python3* build dist .mypy_cache .pytest_cache .ruff_cache .hypothesis certs/*.key certs/*.crt
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
