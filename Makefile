# run and test are the two commands of this repo; both install what they need on Debian 12.

DATA_DIR ?= ./var
TIMETRACKER := .build/release/timetracker

.PHONY: run test chaos failures lint format bench bench-scale counts build dist dist-test clean

run: build
	$(TIMETRACKER) serve --data-dir $(DATA_DIR)

build: deploy/install-packages.stamp
	swift build -c release --product timetracker
	deploy/fetch-assets "$$(dirname "$$(readlink -f $(TIMETRACKER))")/assets" || \
	    echo "warning: Swagger UI could not be fetched; the API's document is at /api/openapi.json all the same"

test: deploy/install-packages.stamp lint
	Tests/install-packages
	Tests/run
	$(MAKE) --no-print-directory --jobs=$(TEST_JOBS) --output-sync --keep-going $(SCRIPTS)
	Tests/hostile/run
	Benchmarks/counts/run

# Scripts that are run beside each other; each prints what it has to say when it ends. The longest are first.
TEST_JOBS ?= 2
SCRIPTS := test-browser-pages test-browser-flows test-openapi test-fuzz test-monitoring test-deploy test-tls test-rebinding
.PHONY: $(SCRIPTS)
test-browser-pages:
	Tests/browser/run --pages
test-browser-flows:
	Tests/browser/run --flows
test-fuzz:
	Tests/fuzz/run --seconds 10
test-openapi test-monitoring test-deploy test-tls test-rebinding: test-%:
	Tests/$*/run

lint:
	swift format lint --strict --recursive --parallel Package.swift Sources Tests
	Tests/floors/run

format:
	swift format --in-place --recursive --parallel Package.swift Sources Tests

# Kills and replaces everything at random under acknowledged writes: make chaos MINUTES=60
MINUTES ?= 2
chaos: build
	Tests/chaos/run --server $(TIMETRACKER) --minutes $(MINUTES)

# What make test has no time for: failovers, replicas, overload, descriptors, clocks, disks, cables, a million requests.
failures: deploy/install-packages.stamp
	Tests/install-packages
	Tests/failover/run
	Tests/replica/run
	Tests/pgbouncer/run
	Tests/overload/run --seconds 60
	Tests/promises/descriptors
	Tests/promises/clock
	Tests/promises/disk
	Tests/hosts/run
	Tests/promises/memory

# A tarball and a Debian package, with the Swift runtime linked in; in .dist. dist-test installs it in a fresh Debian.
dist: deploy/install-packages.stamp
	swift build -c release --static-swift-stdlib --product timetracker --scratch-path .build-dist
	deploy/fetch-assets .build-dist/assets
	deploy/package/build .build-dist/release/timetracker .build-dist/assets .dist

dist-test: dist
	Tests/package/run .dist/timetracker_*.deb

bench: build
	Benchmarks/run

bench-scale: build
	Benchmarks/scale/run

# `make test` does it too.
counts:
	Benchmarks/counts/run

# Packages are installed once; the stamp says which list was.
deploy/install-packages.stamp: deploy/install-packages
	deploy/install-packages
	touch $@

clean:
	rm -rf .build .build-dist .dist deploy/install-packages.stamp
