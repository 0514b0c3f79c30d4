# Two commands do it all: `make nightly` and `make test`. `make help` lists the rest.
PYTHON ?= python3
TENANT ?= demo
VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/.ready
DASHBOARDS := .venv-dashboards
DASHBOARDS_READY := $(DASHBOARDS)/.ready
SUPERSET := .venv-superset
SUPERSET_READY := $(SUPERSET)/.ready
MATCHING := .venv-matching
MATCHING_READY := $(MATCHING)/.ready
HERE := $(BIN)/python -m
NIGHT = --tenant "$(TENANT)" --data "$(DATA)" --as-of "$(AS_OF)" --landing "$(LANDING)" --rebuild "$(REBUILD)"

.PHONY: help nightly test ui dg replay backfill rollback power quarantine reload match backup restore doctor lint faults bench bench-attribution bench-behaviour bench-dashboards bench-experiments bench-models screenshots dashboards metric docs parquet postgres superset test-dashboards test-drivers test-matching test-superset clean

help: ## this list
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

$(READY): requirements.lock
	@echo "setting up $(VENV) (once)"
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed") if sys.version_info < (3, 11) else None'
	@$(PYTHON) -m venv $(VENV)
	@$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements.lock
	@$(BIN)/python -c 'import pathlib, sysconfig; pathlib.Path(sysconfig.get_path("purelib"), "userops.pth").write_text("$(CURDIR)\n")'
	@touch $(READY)

# The pages' own environment: a BI client's, without Dagster and dbt.
$(DASHBOARDS_READY): requirements-dashboards.lock
	@echo "setting up $(DASHBOARDS) (once)"
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 or newer is needed") if sys.version_info < (3, 11) else None'
	@$(PYTHON) -m venv $(DASHBOARDS)
	@$(DASHBOARDS)/bin/pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements-dashboards.lock
	@touch $(DASHBOARDS_READY)

# Superset's: its lock is for Python 3.11. Left out is what only ever reads OpenDocument sheets and has
# no wheel; what has none and is needed is built from its hashed source.
$(SUPERSET_READY): requirements-superset.lock
	@echo "setting up $(SUPERSET) (once)"
	@$(PYTHON) -c 'import sys; sys.exit("Python 3.11 is needed") if sys.version_info[:2] != (3, 11) else None'
	@$(PYTHON) -m venv $(SUPERSET)
	@$(SUPERSET)/bin/pip install --quiet --disable-pip-version-check --no-deps --require-hashes --only-binary :all: --no-binary wtforms-json -r requirements-superset.lock
	@touch $(SUPERSET_READY)

# Splink in an environment of its own: it brings a sqlglot of its own choice.
$(MATCHING_READY): requirements-matching.lock
	@echo "setting up $(MATCHING) (once)"
	@$(PYTHON) -m venv $(MATCHING)
	@$(MATCHING)/bin/pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all: -r requirements-matching.lock
	@touch $(MATCHING_READY)

nightly: $(READY) ## one whole night: make nightly [TENANT=] [DATA=] [AS_OF=] [LANDING=]
	@$(HERE) orchestration.nightly $(NIGHT)

replay: $(READY) ## every landed day as a night of its own: make replay TENANT= [DATA=] [FROM=] [TO=]
	@$(HERE) orchestration.replay $(NIGHT) --from "$(FROM)" --to "$(TO)"

backfill: $(READY) ## a range of nights over what has landed: make backfill FROM= TO=
	@$(HERE) orchestration.backfill $(NIGHT) --from "$(FROM)" --to "$(TO)"

rollback: $(READY) ## serve an earlier published generation: make rollback [TO=]
	@$(HERE) orchestration.rollback $(NIGHT) --to "$(TO)"

power: $(READY) ## how many people, how many days: make power METRIC= LIFT= [SHARE=] [ALPHA=] [POWER=]
	@$(HERE) orchestration.power $(NIGHT) --metric "$(METRIC)" --lift "$(LIFT)" --share "$(or $(SHARE),0.5)" \
		--alpha "$(or $(ALPHA),0.05)" --power "$(or $(POWER),0.8)"

quarantine: $(READY) ## refused rows: make quarantine DO="list|show|replay ..."
	@$(HERE) orchestration.quarantine $(NIGHT) $(DO)

reload: $(READY) ## a feed's files again, once its mapping was corrected: make reload FEED=
	@$(HERE) orchestration.reload $(NIGHT) --feed "$(FEED)"

match: $(READY) $(MATCHING_READY) ## accounts that are probably one person: make match [AT_LEAST=0.99]
	@$(HERE) matching $(NIGHT) --with $(MATCHING)/bin/python --at-least "$(or $(AT_LEAST),0.99)"

backup: $(READY) ## all state of a tenant in one file: make backup [TO=]
	@$(HERE) orchestration.backup $(NIGHT) --to "$(TO)"

restore: $(READY) ## a backup into a new data folder: make restore FROM= DATA=
	@$(HERE) orchestration.backup $(NIGHT) --restore "$(FROM)"

doctor: $(READY) ## what is wrong with this installation and how to mend it
	@$(HERE) orchestration.doctor $(NIGHT)

dg: $(READY) ## Dagster's own commands: make dg DO="check defs|list defs|launch --job nightly --partition DAY"
	@$(HERE) orchestration.dg $(NIGHT) $(DO)

ui: $(READY) ## the Dagster UI on 127.0.0.1:3000
	@$(HERE) orchestration.ui $(NIGHT) --port "$(or $(PORT),3000)"

dashboards: $(DASHBOARDS_READY) ## pages over the published file on 127.0.0.1:8050, PORT= for another
	@$(DASHBOARDS)/bin/python -m dashboards.app --tenant "$(TENANT)" --data "$(DATA)" --port "$(or $(PORT),8050)"

metric: $(READY) ## a metric of the published file: make metric NAME=revenue [BY=month,country] [FROM=] [TO=] [WHERE="country=CN,US; platform=ios"]
	@$(HERE) metrics $(NAME) --tenant "$(TENANT)" --data "$(DATA)" --by "$(BY)" --from "$(FROM)" --to "$(TO)" --where "$(WHERE)"

docs: $(READY) ## the catalogue as a static site under build/docs
	@$(HERE) catalogue --tenant "$(TENANT)" --data "$(DATA)"

parquet: $(READY) ## the public tables as Parquet beside the published file
	@$(HERE) clients.parquet --tenant "$(TENANT)" --data "$(DATA)"

postgres: $(READY) ## the public tables in PostgreSQL, swapped: make postgres TO="host= dbname= user=" [READERS=role]
	@$(HERE) clients.postgres --tenant "$(TENANT)" --data "$(DATA)" --to "$(TO)" --readers "$(READERS)"

superset: $(READY) ## datasets, charts and a dashboard for Superset to import
	@$(HERE) clients.superset --tenant "$(TENANT)" --data "$(DATA)"

test-drivers: $(READY) ## JDBC and ODBC over what make postgres publishes [DATA=]; needs Debian's drivers
	@$(BIN)/pytest tests/drivers --data "$(or $(DATA),data/demo)" $(ARGS)

test-superset: $(READY) $(SUPERSET_READY) ## a Superset of the test's own: import, every chart against SQL, a swap
	@$(BIN)/pytest tests/superset $(if $(DATA),--data "$(DATA)") $(ARGS)

test-matching: $(READY) $(MATCHING_READY) ## planted accounts of one person through Splink and a night
	@$(BIN)/pytest tests/matching --matching "$(MATCHING)/bin/python" $(ARGS)

test-dashboards: $(READY) $(DASHBOARDS_READY) ## every page in a headless Chromium, in both languages
	@$(BIN)/pytest tests/dashboards $(if $(DATA),--data "$(DATA)") $(ARGS)

# Two halves at a time: tests of one folder share a process and what it has built, but for those lent to
# the other half, which use none of it. What takes longest is told, since it is what people wait for.
SLOWEST = --durations=40 --durations-min=8
LENT = tests/e2e/test_recipes.py tests/faults/test_input.py tests/faults/test_malformed.py \
	$(addprefix tests/orchestration/,test_backup.py test_quarantine.py test_refusals.py test_reload.py)
test: $(READY) ## the tests, in two halves side by side, or some of them: make test [ARGS=]
	@if [ -n "$(ARGS)" ]; then exec $(BIN)/pytest $(ARGS); fi; mkdir -p build; \
	$(BIN)/pytest $(SLOWEST) tests/dbt tests/peers tests/unit $(LENT) >build/tests.log 2>&1 & half=$$!; \
	$(BIN)/pytest $(SLOWEST) $(LENT:%=--ignore=%) tests/e2e tests/faults tests/orchestration; rest=$$?; \
	wait $$half; half=$$?; cat build/tests.log; [ $$half -eq 0 ] && [ $$rest -eq 0 ]

faults: $(READY) ## faults of every kind, counted: make faults [N=200] [ONLY=] [SEED=]
	@$(HERE) tests.faults.table --n "$(or $(N),200)" --seed "$(or $(SEED),1)" --only "$(ONLY)"

# sqlfluff compiles the models with dbt, which wants files to open: empty ones under build/.
lint: export USEROPS_WAREHOUSE := build/lint/warehouse.duckdb
lint: export USEROPS_MARTS := build/lint/marts.duckdb
lint: export USEROPS_PSEUDONYM_KEY := lint
lint: $(READY) ## style, types and SQL
	@$(BIN)/ruff check .
	@$(BIN)/ruff format --check .
	@$(BIN)/mypy
	@mkdir -p build/lint
	@$(BIN)/sqlfluff lint --disable-progress-bar --processes 2 dbt_project/models dbt_project/tests

screenshots: $(READY) $(if $(DATA),$(DASHBOARDS_READY)) ## docs/*.png again, by a headless Chromium; the dashboards' with DATA= of a published file
	@$(if $(DATA),$(HERE) docs.screenshots_dashboards --data "$(DATA)",$(BIN)/python docs/screenshots.py)

bench-behaviour: $(READY) ## behaviour against bare SQL: make bench-behaviour [EVENTS=] [HISTORY=]
	@$(HERE) bench.behaviour --events "$(or $(EVENTS),1000000)" --history "$(or $(HISTORY),0)"

bench-dashboards: $(READY) $(DASHBOARDS_READY) ## seconds of every page: make bench-dashboards [DATA=] [TIMES=]
	@$(HERE) bench.dashboards --data "$(DATA)" --times "$(or $(TIMES),5)"

bench-experiments: $(READY) ## an experiment of a million people, and looking on: make bench-experiments [PEOPLE=]
	@$(HERE) bench.experiments --people "$(or $(PEOPLE),1000000)"

bench-attribution: $(READY) ## attribution by seven models: make bench-attribution [TOUCHES=] [CONVERSIONS=]
	@$(HERE) bench.attribution --touches "$(or $(TOUCHES),10000000)" --conversions "$(or $(CONVERSIONS),1000000)"

bench-models: $(READY) ## the models beside their bars, on ../shared/data: make bench-models [PEOPLE=] [MANY=]
	@$(HERE) bench.models --people "$(or $(PEOPLE),20000)" --many "$(or $(MANY),0)"

bench: $(READY) ## the benchmark tables
	@$(HERE) bench.night

clean: ## forget the environment and the built state, never landing files elsewhere
	rm -rf $(VENV) $(DASHBOARDS) $(SUPERSET) $(MATCHING) data build
