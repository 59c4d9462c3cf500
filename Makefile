# make build: set everything up and build the dataset. make test: check the code and pass the tests.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
READY := .venv/.ready
LABEL_STUDIO := build/label-studio

COMPAT := 2.21 3.6 4.0 current

.PHONY: build test test-all lint lock model bench-cleaning baseline docs pictures site compat clean

build: $(READY)
	@$(BIN)/sinorus build

# A file of tests stays in one process: its fixtures are shared.
test: $(READY) lint
	$(BIN)/python -m pytest -n auto --dist loadfile

# What is too heavy for every push joins here.
test-all: test test-ray test-train compat $(LABEL_STUDIO)/.ready
	SINORUS_LABEL_STUDIO=$(LABEL_STUDIO)/bin/label-studio $(BIN)/python -m pytest tests/test_formats_live.py

# A Ray cluster on this machine, one of whose workers is killed (600 MB, in the same environment: its workers need the tool too).
.PHONY: test-ray test-train bench-bulk bench-ray
test-ray: $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --editable '.[ray]'
	$(BIN)/python -m pytest tests/test_bulk_ray.py

# The network that ships beside the one that its trainer makes of the same weights (JAX and CatBoost, 200 MB).
test-train: $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --editable '.[train]'
	$(BIN)/python -m pytest tests/test_training.py

# The bulk build against pure I/O, its parts against their peers, and the plot in docs/: a quarter of an hour. A million articles
# more (SIZES=20000,200000,1000000, as in benchmarks/results/) take another hour and 10 GB under /tmp.
SIZES ?= 20000,200000
bench-bulk: $(READY)
	$(BIN)/python -m benchmarks.bulk --sizes $(SIZES) --out benchmarks/results/bulk.json
	$(BIN)/python -m benchmarks.bulk_parts
	$(BIN)/python -m docs.bulk_cost

# The bulk build here and on Ray, whole and with a killed worker: CPU time and digests. SIZE=200000 takes half an hour.
SIZE ?= 40000
bench-ray: $(READY)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-build-isolation --editable '.[ray]'
	$(BIN)/python -m benchmarks.bulk_engines --size $(SIZE)

# A real Label Studio (1 GB, two minutes), in an environment of its own.
$(LABEL_STUDIO)/.ready:
	@$(PYTHON) -m venv $(LABEL_STUDIO)
	@$(LABEL_STUDIO)/bin/python -m pip install --quiet --disable-pip-version-check label-studio==1.23.2
	@touch $@

lint: $(READY)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Pins every dependency, without the address of any registry.
lock: $(READY)
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile pyproject.toml --extra dev --upgrade --no-emit-index-url --no-header --no-annotate \
	  --python-version 3.11 --output-file requirements.lock

$(READY): requirements.lock pyproject.toml
	@echo "setting up .venv (once; a minute or two)"
	@$(PYTHON) -m venv .venv
	@$(BIN)/python -m pip install --quiet --quiet --disable-pip-version-check --requirement requirements.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $(READY)

# Trains the cleaner's models from the labelled lines in DATA; one thread, so that sums come in one order.
model: $(READY)
	$(BIN)/python -m pip install --quiet --editable '.[train]'
	XLA_FLAGS="--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1" OMP_NUM_THREADS=1 OPENBLAS_NUM_THREADS=1 \
	  $(BIN)/python -m training.cleaner $(DATA)

bench-cleaning: $(READY)
	$(BIN)/python -m pip install --quiet justext lxml_html_clean boilerpy3 trafilatura
	OPENBLAS_NUM_THREADS=1 $(BIN)/python -m benchmarks.cleaning $(DATA)/*_lines.jsonl

# Trains the baselines of examples/, scores them and the rules against gold and writes the scores into examples/baseline.json, where
# the next build finds them for the card: ten minutes on two cores. Where SINORUS_ARTICLES names
# a folder with copies of the withheld articles, they are predicted and scored too.
baseline: build
	@for name in claim_rules train_tagger gold_spans; do \
	  echo "== $$name"; \
	  $(BIN)/python -m examples.$$name dist/sinorus-corpus build/$$name.jsonl && $(BIN)/sinorus score build/$$name.jsonl || exit 1; \
	done
	$(BIN)/sinorus challenges gold build/claim_rules.jsonl build/train_tagger.jsonl
	$(BIN)/python -m examples.record_scores build examples/baseline.json

# Loads every config with old and new versions of `datasets`, each in an environment of its own (1 GB, some minutes the first time).
compat: build $(COMPAT:%=build/compat/%/.ready)
	$(BIN)/python -m tests.compat dist/sinorus-corpus build/compat

build/compat/%/.ready: tests/compat/%.txt
	@echo "setting up datasets $* in build/compat/"
	@$(PYTHON) -m venv build/compat/$*
	@build/compat/$*/bin/python -m pip install --quiet --disable-pip-version-check --requirement $<
	@touch $@

# Builds the documentation into build/docs/.
docs: $(READY)
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --quiet

# The explorer as a static site.
site: $(READY)
	$(BIN)/sinorus site --out build/site

# Takes the pictures of the page that the documents show.
pictures: $(READY)
	$(BIN)/python -m docs.pictures

clean:
	rm -rf .venv build dist
