# What people do with this repository; `make help` lists it.
SHELL := /bin/bash
CONFIGURATION ?= release
SWIFT_FLAGS ?=

.PHONY: help prepare prepare-tests build run test test-slow bench format lint clean
help: ## list the targets
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 16

prepare: ## install the C libraries the build needs (Debian), only what is missing
	@scripts/prepare build

prepare-tests:
	@scripts/prepare build tests

build: prepare ## build the program (release)
	swift build -c $(CONFIGURATION) $(SWIFT_FLAGS) --product postmaster

run: build ## start a whole mail complex on this machine (postmaster demo)
	@exec "$$(swift build -c $(CONFIGURATION) --show-bin-path)/postmaster" demo $(ARGS)

test: prepare-tests ## build and run the tests
	swift build $(SWIFT_FLAGS) --build-tests
	swift test $(SWIFT_FLAGS) --skip-build --skip SystemTests
	POSTMASTER_BINARY="$$(swift build $(SWIFT_FLAGS) --show-bin-path)/postmaster" swift test $(SWIFT_FLAGS) --skip-build --filter SystemTests

test-slow: prepare-tests build ## kill tests, whole corpora, real clients, against the release build
	POSTMASTER_SLOW_TESTS=1 POSTMASTER_BINARY="$$(swift build -c $(CONFIGURATION) --show-bin-path)/postmaster" \
	  swift test $(SWIFT_FLAGS) --skip-build --filter SystemTests

bench: build ## measure, and print the tables of docs/performance.md
	@scripts/bench

format: ## format the sources in place
	swift format --in-place --recursive --parallel Package.swift Sources Tests

lint: ## check the format of the sources
	swift format lint --strict --recursive --parallel Package.swift Sources Tests

clean: ## remove what the build has made
	rm -rf .build
