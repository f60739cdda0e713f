# Thin on purpose: installs what is missing, then calls the CMake presets.

PRESET ?= dev
BASE ?= HEAD
SHELL := /bin/sh
export CTEST_PARALLEL_LEVEL ?= $(shell nproc 2>/dev/null || echo 2)

packages := cmake/debian-packages.txt
lint_packages := cmake/debian-packages-lint.txt
sources = git ls-files --cached --others --exclude-standard --deduplicate -- '*.h' '*.cpp'

.DEFAULT_GOAL := help
.PHONY: help run test tests fuzzers fuzz browser clients soak build benchmarks bench bench-check bench-record bench-all bench-peers build-times format lint deps clean

help: ## Show this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(firstword $(MAKEFILE_LIST)) \
	  | awk -F'\t' '{ printf "%-18s %s\n", $$1, $$2 }'

run: build ## Install what is missing, build, and serve on port 8000 with the demo data
	build/release/boxoffice serve --demo-data --create-env

test: tests ## Install what is missing, build and run every test (PRESET=dev|release|asan|tsan)
	ctest --preset $(PRESET)

tests: deps fuzzers ## Build what `make test` runs, without running it
	@cmake/install_promtool.sh
	@cmake/install_proxies.sh
	@cmake/build_web_docs.sh build/web/docs
	cmake --preset $(PRESET)
	cmake --build --preset $(PRESET)

fuzzers: deps
	cmake --preset fuzz
	cmake --build --preset fuzz

fuzz: fuzzers ## Run each fuzz target for FUZZ_SECONDS (600)
	@for target in guard json jwt webhook events; do \
	  tests/fuzz/run_fuzzer.sh $$target $(CURDIR)/build/fuzz $(or $(FUZZ_SECONDS),600) || exit 1; done

browser: build ## Show /docs and /redoc to a real browser, which is installed, as are Node and npm
	@cmake/install_browser.sh
	@cmake/build_web_docs.sh build/web/docs
	cd tests/browser && PYTHONPATH=.. BOXOFFICE=$(CURDIR)/build/release/boxoffice \
	  python3 -B test_pages.py

clients: build ## Generate two TypeScript clients and let each book and pay; installs Node and npm
	@cmake/install_browser.sh
	cd tests/clients && CLIENTS_REQUIRED=1 PYTHONPATH=.. \
	  BOXOFFICE=$(CURDIR)/build/release/boxoffice python3 -B test_clients.py

soak: deps ## As root: cut the power of what ships 2,000 times, about 15 minutes (POWER_CUTS=2000)
	cmake --preset release
	cmake --build --preset release --target boxoffice boxoffice_with_faults
	cd tests/crash && PYTHONPATH=.. POWER_CUTS=$(or $(POWER_CUTS),2000) \
	  BOXOFFICE=$(CURDIR)/build/release/boxoffice \
	  BOXOFFICE_WITH_FAULTS=$(CURDIR)/build/release/tests/crash/boxoffice_with_faults \
	  python3 -B -m unittest -v test_power_cut

build: deps ## Build build/release/boxoffice, and the pages under /docs when Node is there
	cmake --preset release
	cmake --build --preset release --target boxoffice
	@cmake/build_web_docs.sh build/web/docs

benchmarks: deps
	cmake --preset release
	cmake --build --preset release --target benchmarks

bench: benchmarks ## Measure what the goals ask for: a table of goal, figure, met or not
	@benchmarks/figures.py goals

bench-check: benchmarks ## The same, beside the recorded ratios: what has moved beyond noise
	@benchmarks/figures.py check

bench-record: benchmarks ## The same, and records its ratios
	@benchmarks/figures.py record

bench-all: benchmarks ## Run every benchmark, medians of 5; each prints a ratio to its own limit
	@export BENCHMARK_REPETITIONS=5 BENCHMARK_REPORT_AGGREGATES_ONLY=true; \
	for bench in build/release/benchmarks/*_bench; do echo "== $$bench"; $$bench || exit 1; done

bench-peers: deps ## Beside PostgreSQL, Redis, SQLite and FastAPI, which are unpacked (ARGS=--one-show)
	@cmake/install_peers.sh
	cmake --preset release
	cmake --build --preset release --target boxoffice peer_client
	/usr/bin/python3 -B benchmarks/peers/run.py $(ARGS)

build-times: deps ## Time a clean build and one with a warm cache; list the slowest units
	@cmake/build_times.py

format: ## Format every source file in place
	@cmake/install_packages.sh $(lint_packages)
	$(sources) | xargs clang-format -i

lint: deps ## Check format and architecture; clang-tidy over what differs from BASE=HEAD (or ALL=1)
	@cmake/install_packages.sh $(lint_packages)
	cmake --preset dev
	$(sources) | xargs clang-format --dry-run -Werror
	cmake --build --preset dev --target architecture_test lone_headers events
	ctest --preset dev -R '^architecture'
	@cmake/run_clang_tidy.sh build/dev $(if $(ALL),,$(BASE))

deps: ## Install the Debian packages that are missing
	@cmake/install_packages.sh $(packages)

clean: ## Remove everything that was built (the data directory stays)
	rm -rf build
