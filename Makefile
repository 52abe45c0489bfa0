# Every verb makes its own virtual environment from the lock file; nothing else is needed but
# Python >= 3.11, make and a package index.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: demo test test-full lint bench docs lock clean

$(STAMP): requirements-dev.lock pyproject.toml setup.py
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements-dev.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	touch $(STAMP)

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
	@echo 'and read docs/tutorial.md'

lint: $(STAMP) ## style, types, layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

test: lint ## the whole test suite, every reliability test at a smaller size
	RASD_TEST_SIZE=small $(BIN)/python -m pytest
	@# Coverage in a run of its own: its tracing slows what is timed and warns where one line is due.
	$(BIN)/coverage erase
	$(BIN)/coverage run --source=transforms -m pytest -q -m "not reliability" tests/transforms tests/pipeline/evaluation
	$(BIN)/coverage combine --quiet
	$(BIN)/coverage report --include='transforms/*' --fail-under=95 --skip-covered --show-missing

test-full: lint ## every reliability test as written
	RASD_TEST_SIZE=full $(BIN)/pytest

bench: $(STAMP) ## the speed figures, as ratios in one run
	$(BIN)/python -m benchmarks.throughput
	$(BIN)/python -m benchmarks.stages
	$(BIN)/python -m benchmarks.fetching

docs: $(STAMP) ## everything in docs/ that is generated
	$(BIN)/python -m pipeline.docgen.reference

lock: ## pin every dependency by hash (needs uv)
	uv pip compile pyproject.toml --generate-hashes --no-header --universal --python-version 3.11 -o requirements.lock
	uv pip compile pyproject.toml --group dev --generate-hashes --no-header --universal --python-version 3.11 -c requirements.lock -o requirements-dev.lock

clean:
	rm -rf $(VENV) .rasd-demo build dist *.egg-info .coverage* .mypy_cache .ruff_cache .pytest_cache
