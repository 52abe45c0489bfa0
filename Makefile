# Every verb makes its own virtual environment from the lock file; nothing else is needed but
# Python >= 3.11, make and a package index.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
EMULATOR ?= .venv-emulator
EMULATOR_STAMP := $(EMULATOR)/.installed
ENGINES ?= .engines
# Most of the time of most tests goes by in processes they have started. A file stays together.
SIDE_BY_SIDE := -q -n $(shell nproc) --dist loadfile
COVERED := tests/transforms tests/pipeline/evaluation
AGAIN = { test $$? = 1 && $(BIN)/python -m pytest -q --last-failed --last-failed-no-failures none; }
AS_ROOT := $(shell test "$$(id -u)" = 0 || echo sudo -n)

.PHONY: demo emulator emulate engines browser demo-flink demo-bigquery pin-image test test-full lint bench docs pictures static lock clean

$(STAMP): requirements-dev.lock pyproject.toml setup.py
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $(STAMP)

$(EMULATOR_STAMP): tests/emulator/requirements.lock
	test -x $(EMULATOR)/bin/python || $(PYTHON) -m venv $(EMULATOR)
	$(EMULATOR)/bin/python -m pip install --quiet --disable-pip-version-check --require-hashes -r tests/emulator/requirements.lock
	$(EMULATOR)/bin/python tests/emulator/place_extension.py $(EMULATOR)/home
	touch $(EMULATOR_STAMP)

emulator: $(EMULATOR_STAMP) ## install BigQuery's emulator, for the tests and for trying it without a cloud

emulate: $(EMULATOR_STAMP) ## run it on port 9050, with nothing in it, until ctrl-c
	@echo 'export BIGQUERY_EMULATOR_HOST=http://localhost:9050'
	@HOME=$(abspath $(EMULATOR))/home $(EMULATOR)/bin/bqemulator start --rest-port 9050 --grpc-port 9060 --log-level error >/dev/null

engines: $(STAMP) ## build Prism and gather a Flink job server, to run through them on this machine
	@deploy/engines.sh $(ENGINES) $(BIN)/python

# The tests of the page look through the system's own Chromium; one elsewhere is named by RASD_CHROMIUM.
browser: ## install Chromium (Debian's package), for the tests of the page
	@test -n "$$RASD_CHROMIUM" || command -v chromium || command -v chromium-browser || \
	  $(AS_ROOT) sh -c 'apt-get install -y -qq --no-install-recommends chromium || { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; }'

demo: $(STAMP) ## run the whole pipeline on seeds/ and show the events
	@rm -rf .rasd-demo
	$(BIN)/rasd run seeds --output .rasd-demo --offline
	@echo
	$(BIN)/rasd query "SELECT event_date, event_type, place.name AS place, evidence[SAFE_OFFSET(0)].text AS sentence FROM v_events ORDER BY 1 DESC, event_id LIMIT 60" --data .rasd-demo
	@echo
	@echo "next, try:"
	@echo '  $(BIN)/rasd query --named events --data .rasd-demo'
	@echo '  $(BIN)/rasd query --named stories --data .rasd-demo'
	@echo '  $(BIN)/rasd query "select event_type, count(*) as n from v_events group by 1" --data .rasd-demo'
	@echo '  $(BIN)/rasd explain seeds/articles/$(notdir $(firstword $(wildcard seeds/articles/*.txt)))'
	@echo '  $(BIN)/rasd query --named list'
	@echo '  $(BIN)/rasd report --data .rasd-demo --output report.html'
	@echo 'read docs/tutorial.md, and look at all of it:'
	@echo '  $(BIN)/rasd serve --data .rasd-demo'

demo-flink: engines ## the same on Flink, inside its job server; its workers are processes
	@rm -rf .rasd-demo-flink
	$(BIN)/rasd run seeds --output .rasd-demo-flink --offline --runner=FlinkRunner --environment_type=PROCESS
	$(BIN)/rasd query --named event_types --data .rasd-demo-flink

demo-bigquery: $(STAMP) $(EMULATOR_STAMP) ## the same into BigQuery's emulator, and a query there
	@HOME=$(abspath $(EMULATOR))/home $(EMULATOR)/bin/bqemulator start --rest-port 9051 --grpc-port 9061 --log-level error >/dev/null & \
	emulator=$$!; trap 'kill $$emulator' EXIT; export BIGQUERY_EMULATOR_HOST=http://localhost:9051 XDG_STATE_HOME=$$(mktemp -d); \
	until $(BIN)/python -c 'import urllib.request as r; r.urlopen("http://localhost:9051/bigquery/v2/projects/p/datasets")' 2>/dev/null; do \
	  kill -0 $$emulator || exit 1; sleep 0.5; done; \
	$(BIN)/rasd run seeds --output bigquery://demo.news --offline && \
	$(BIN)/rasd query --named event_types --data bigquery://demo.news

pin-image: ## write the digests of the images the container builds on into deploy/images.env
	@deploy/pin_image.sh deploy/images.env

lint: $(STAMP) ## style, types, layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: lint ## the whole test suite, every reliability test at a smaller size
	@# Without the emulator, the engines or Chromium their tests are skipped, and say so; in CI that is a failure.
	$(MAKE) --no-print-directory emulator || test "$$CI" != true
	$(MAKE) --no-print-directory engines || test "$$CI" != true
	$(MAKE) --no-print-directory browser || test "$$CI" != true
	@# Three parts. What measures coverage runs by itself, since tracing slows and warns elsewhere;
	@# engines run alone, since each needs all of the machine. Of what fails beside other tests time
	@# or memory may be the cause: it is judged again alone, as it stands.
	$(BIN)/coverage erase
	$(BIN)/coverage run --source=transforms -m pytest $(SIDE_BY_SIDE) -m "not reliability" $(COVERED) || $(AGAIN)
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report --include='transforms/*' --fail-under=95 --skip-covered --show-missing
	export RASD_TEST_SIZE=small; \
	$(BIN)/python -m pytest $(SIDE_BY_SIDE) -m "not reliability and not engine" $(addprefix --ignore=,$(COVERED)) || $(AGAIN)
	export RASD_TEST_SIZE=small; \
	$(BIN)/python -m pytest $(SIDE_BY_SIDE) -m "reliability and not engine" || $(AGAIN)
	RASD_TEST_SIZE=small $(BIN)/python -m pytest -m engine

test-full: lint emulator engines browser ## every reliability test as written
	RASD_TEST_SIZE=full $(BIN)/pytest

bench: $(STAMP) ## the speed figures, as ratios in one run
	$(BIN)/python -m benchmarks.throughput
	$(BIN)/python -m benchmarks.launcher
	$(BIN)/python -m benchmarks.stages
	$(BIN)/python -m benchmarks.fetching
	$(BIN)/python -m benchmarks.tick
	$(BIN)/python -m benchmarks.page

docs: $(STAMP) ## everything in docs/ that is generated
	$(BIN)/python -m pipeline.docgen.reference
	$(BIN)/python -m benchmarks.scale --write docs/scale.md
	$(BIN)/python -m pipeline.docgen.template > deploy/flex-template.json

pictures: $(STAMP) ## the pictures of docs/page.md, from the seeds
	PYTHONPATH=.:tests/support $(BIN)/python tests/support/page_pictures.py

static: $(STAMP) ## what the page is made with and others wrote, fetched again from npm as pinned
	$(BIN)/python -m pipeline.serve.vendor

# What users get comes first. The tests add Google's clients (extra gcp) and are held to it by -c:
# apache-beam[gcp] asks for pyarrow<26, numpy<2.5, protobuf<7 and python-dateutil<3, so a lock of
# users beyond those must first be brought below them. The emulator wants another DuckDB and has
# a lock of its own; so has the image, which brings what users have and Google's clients.
lock: ## pin every dependency by hash (needs uv)
	uv pip compile pyproject.toml --generate-hashes --no-header --universal --python-version 3.11 -o requirements.lock
	uv pip compile pyproject.toml --group dev --extra gcp --generate-hashes --no-header --universal --python-version 3.11 -c requirements.lock -o requirements-dev.lock
	uv pip compile pyproject.toml --extra gcp --generate-hashes --no-header --universal --python-version 3.11 -c requirements-dev.lock -o deploy/requirements.lock
	uv pip compile tests/emulator/requirements.in --generate-hashes --no-header --universal --python-version 3.11 -o tests/emulator/requirements.lock

clean:
	rm -rf $(VENV) $(EMULATOR) $(ENGINES) .rasd-demo .rasd-demo-flink build dist *.egg-info .coverage* .mypy_cache .ruff_cache .pytest_cache
