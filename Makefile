# Ferlab's tasks. Each sets up what it needs, once, inside .ferlab/; `make help` lists them.
#
# Needs Go 1.26, Python 3.11 with venv, a C compiler. Outside this folder only the caches of go and pip change, and
# go-xla's own folder (~/.local/lib/go-xla), which receives the XLA plugin and oneDNN (FERLAB_ONEDNN=off leaves it unused)
# and, where an NVIDIA driver is, links to XLA for the GPU in .ferlab/cuda, or in the JAX that FERLAB_CUDA=path names.

PYTHON ?= python3
SETUP  := .ferlab
PY     := $(SETUP)/venv/bin/python

export JUPYTER_DATA_DIR   := $(CURDIR)/$(SETUP)/jupyter
export JUPYTER_CONFIG_DIR := $(CURDIR)/$(SETUP)/config
export IPYTHONDIR         := $(CURDIR)/$(SETUP)/ipython
export GLIBC_TUNABLES     ?= glibc.malloc.hugetlb=1:glibc.malloc.mmap_threshold=4294967296:glibc.malloc.trim_threshold=8589934592:glibc.malloc.arena_max=1
export GOMLX_NO_AUTO_INSTALL := 1

# FER_DATA=path to FER2013 or the course's files; kernels run in notebooks/, so make it absolute.
ifdef FER_DATA
override export FER_DATA := $(if $(filter /%,$(FER_DATA)),,$(CURDIR)/)$(FER_DATA)
endif

# $(call hint,remedy): ends a command; if it failed, say in one line what to do.
hint = || { echo "make: $(1)" >&2; exit 1; }

.DEFAULT_GOAL := help
.PHONY: help setup report test lab lab-test live image-test notebooks lint race fuzz torture vuln licences sbom devices data \
	clean plugin parts python go home test-gpu-forms bundle tools-test

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@echo 'FER_DATA=path (zip, folder or csv) makes report and lab use real data instead of the synthetic faces.'

report: setup ## run all notebooks and build the report, a web site that works offline: build/report/html/index.html
	@$(PY) tools/report.py

# Packages that read and decode in parallel and need no XLA, which the race detector can't look into.
RACE := ./internal/... ./fer/dataset ./fer/evaluate

# lint has vetted all; without what a debugger reads, the tests' programs link sooner.
test: setup lint ## lint, test all packages, run all notebooks on a small setting
	go test -timeout 30m -vet=off -ldflags='-s -w' $(TESTFLAGS) ./...
	@$(MAKE) --no-print-directory -j3 tools-test race fuzz FUZZTIME=300x FUZZED="fer/dataset fer/evaluate fer/photo"
	FERLAB_SMALL=1 $(PY) tools/report.py --check

LABIP ?= 127.0.0.1
lab: setup $(SETUP)/lab/gopls ## open the notebooks in JupyterLab, on this machine only
	@PATH="$(CURDIR)/$(SETUP)/lab:$$PATH" $(PY) -m jupyterlab --ServerApp.ip=$(LABIP) --ServerApp.root_dir=notebooks \
		--LabApp.news_url=None --LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate $(if $(filter 0,$(shell id -u)),--allow-root) $(LABFLAGS)

live: plugin parts ## serve the live page, which reads the faces of your photos and camera, on this machine only
	@go run ./experiments/live $(LIVEFLAGS)

lab-test: setup $(SETUP)/browser.ok ## look at the report, and try the explorer and the live page, in a real Chromium (which must be in PATH)
	@$(PY) tools/report.py --stored build/lab-test/book
	$(SETUP)/browser/bin/python tools/book_test.py
	$(SETUP)/browser/bin/python tools/lab_test.py
	$(SETUP)/browser/bin/python tools/live_test.py

image-test: $(SETUP)/browser.ok ## build the container image, open a notebook in it with Chromium, and run make report inside
	$(SETUP)/browser/bin/python tools/image_test.py

notebooks: setup ## refresh the outputs stored in notebooks/*.ipynb
	@env -u FER_DATA -u FERLAB_SMALL $(PY) tools/report.py --refresh

lint: $(SETUP)/bin.ok ## gofmt, go vet, staticcheck, lengths of lines, who imports whom, and the build for WebAssembly
	@test -z "$$(gofmt -l .)" $(call hint,not formatted: $$(gofmt -l . | tr '\n' ' '): run gofmt -w .)
	go vet ./...
	$(SETUP)/bin/staticcheck ./...
	go test ./internal/floors
	GOOS=js GOARCH=wasm go vet ./fer/model ./fer/photo ./fer/pretrained ./fer/live/browser

tools-test: setup ## test the Python tools
	$(PY) -m unittest discover -q -s tools

race: setup ## look for races in what reads, and in predictions by several goroutines
	go test -race -short $(RACE)
	@# XLA's plugin frees memory twice when the detector ends the process: what the test says before that counts.
	@mkdir -p build && go test -race -v ./fer/model -run Independent >build/race.txt 2>&1; grep -x PASS build/race.txt \
		$(call hint,see build/race.txt)

FUZZTIME ?= 10m
FUZZED ?= fer
fuzz: ## try the readers of files with random ones, each for FUZZTIME=10m (or 300x)
	@grep -r '^func Fuzz' --include='*_test.go' $(FUZZED) | sed 's|\(.*\)/[^/]*:func \(Fuzz[A-Za-z]*\).*|\1 \2|' | while read package target; do \
		go test ./$$package -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) -fuzzminimizetime 1s -parallel 1 </dev/null || exit 1; done

test-gpu-forms: setup ## run the nets' tests on the forms that a GPU gets, on XLA for a CPU posing as CUDA; takes minutes
	FERLAB_GPU_FORMS=. go test -count=1 -timeout 2h -v -run '^TestGPUForms$$' ./fer/nn ./fer/model ./fer/run ./fer/semisup

torture: setup ## kill trainings 101 times and a sweep of 40 trials 40 times, read under load, and look for leaks in 10,000 steps
	go test ./fer/run -run 'TestKilled|TestLeaks' -v -timeout 4h -kills=25 -steps=10000
	go test ./fer/semisup -run TestKilled -v -timeout 4h -kills=25
	GOMLX_BACKEND=go go test ./fer/run -run TestKilled -v -timeout 4h -kills=13
	go test ./experiments -run 'TestSweepKilled|TestLoad' -v -timeout 4h -trials=40 -rounds=10

vuln: go ## look for known vulnerabilities in the dependencies (asks vuln.go.dev)
	@go build -C tools -o ../$(SETUP)/vuln/ golang.org/x/vuln/cmd/govulncheck $(call hint,cannot build govulncheck: check the network and run it again)
	$(SETUP)/vuln/govulncheck ./...

licences: setup ## list the licences of the dependencies: docs/licences.md
	$(PY) tools/licences.py >docs/licences.md

sbom: $(SETUP)/sbom.ok go ## list the dependencies with their versions, for machines: docs/sbom.cdx.json
	$(SETUP)/sbom/bin/python -W ignore tools/sbom.py >docs/sbom.cdx.json

devices: plugin ## say what trains here: driver, card, plugins, one timed product, and why nothing better is used
	@go run ./experiments/devices

bundle: python go ## pack what trains without Go and network: build/ferlab.tar.xz; BUNDLE_DATA=zip, BUNDLE_CPU=1 for XLA on a CPU
	@$(PYTHON) tools/bundle.py build/ferlab.tar.xz $(if $(BUNDLE_DATA),--data '$(BUNDLE_DATA)') $(if $(BUNDLE_CPU),--cpu)

bench: setup peers ## compare the speed of training and inference with Keras, PyTorch and JAX: build/bench
	go run ./experiments/bench $(BENCHFLAGS)

setup: plugin parts $(SETUP)/kernel.ok ## install what the others need (they call it themselves)
	@go build ./fer/... $(call hint,the packages do not build: see the error above; they need a C compiler such as gcc or clang)

data: python ## fetch FER2013 from Kaggle with your account, into data/fer2013.zip
	@$(PYTHON) tools/data.py data/fer2013.zip

clean: ## remove built reports and the set-up; recorded runs stay
	rm -rf build $(SETUP)

# --- the set-up, step by step; a step runs again when what it is made from changes ---

# Both are absolute paths' business: when this folder has moved, they are made anew.
$(shell mkdir -p $(SETUP) && { echo '$(CURDIR)' | cmp -s - $(SETUP)/where || echo '$(CURDIR)' >$(SETUP)/where; })

# Go's caches and XLA's plugin lie there.
home:
	@test -n "$$HOME" && mkdir -p "$$HOME/.local/lib/go-xla" 2>/dev/null && test -w "$$HOME/.local/lib/go-xla" \
		$(call hint,the home folder $$HOME cannot be written: set HOME to a folder of yours)

python: home
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
		$(call hint,$(PYTHON) is not Python 3.11 or newer: install it or name it with PYTHON=python3.12)

go: home
	@case "$$(go env GOVERSION 2>/dev/null)" in go1.2[6-9]*|go1.[3-9]*) ;; *) false;; esac \
		$(call hint,Go 1.26 or newer is not in PATH: install it from go.dev/dl)

$(SETUP)/venv.ok: tools/requirements.txt $(SETUP)/where | python
	@echo 'setup: JupyterLab and Jupyter Book into $(SETUP)/venv'
	@rm -rf $(SETUP)/venv
	@$(PYTHON) -m venv $(SETUP)/venv $(call hint,cannot make a Python environment: install python3-venv)
	@$(PY) -m pip --disable-pip-version-check install -q --require-hashes --only-binary :all: -r $< \
		$(call hint,pip could not install tools/requirements.txt: check the network and run it again)
	@touch $@

$(SETUP)/browser.ok: tools/requirements-lab-test.txt $(SETUP)/where | python
	@echo 'setup: the driver of Chromium into $(SETUP)/browser'
	@rm -rf $(SETUP)/browser
	@$(PYTHON) -m venv $(SETUP)/browser $(call hint,cannot make a Python environment: install python3-venv)
	@$(SETUP)/browser/bin/python -m pip --disable-pip-version-check install -q --require-hashes --only-binary :all: -r $< $(call hint,pip could not install $<: check the network and run it again)
	@touch $@

$(SETUP)/sbom.ok: tools/requirements-sbom.txt $(SETUP)/where | python
	@rm -rf $(SETUP)/sbom
	@$(PYTHON) -m venv $(SETUP)/sbom $(call hint,cannot make a Python environment: install python3-venv)
	@$(SETUP)/sbom/bin/python -m pip --disable-pip-version-check install -q --require-hashes --only-binary :all: -r $< $(call hint,pip could not install $<: check the network and run it again)
	@touch $@

$(SETUP)/bin.ok: tools/go.mod tools/go.sum | go
	@echo 'setup: the Go kernel for Jupyter and its tools into $(SETUP)/bin'
	@mkdir -p $(SETUP)/bin
	@go build -C tools -ldflags='-s -w' -o ../$(SETUP)/bin/ github.com/janpfeifer/gonb golang.org/x/tools/cmd/goimports \
		honnef.co/go/tools/cmd/staticcheck $(call hint,cannot build the tools of tools/go.mod: check the network and run it again)
	@touch $@

$(SETUP)/kernel.ok: tools/kernel.py $(SETUP)/bin.ok $(SETUP)/venv.ok $(SETUP)/where
	@$(PY) tools/kernel.py $(call hint,cannot install the Jupyter kernel: run make clean and try again)
	@touch $@

$(SETUP)/lab/gopls: tools/go.mod tools/go.sum | go
	@echo 'setup: gopls, which completes code, into $(SETUP)/lab'
	@mkdir -p $(@D)
	@go build -C tools -ldflags='-s -w' -o ../$@ golang.org/x/tools/gopls $(call hint,cannot build gopls: check the network and run it again)

# A peer that can't be installed is left out of the benchmark, which says so.
peers: $(SETUP)/peers.ok ## install what bench compares with

$(SETUP)/peers.ok: experiments/bench/peers/requirements.txt experiments/bench/peers/requirements-torch.txt $(SETUP)/where | python
	@echo 'setup: the peers of the benchmark into $(SETUP)/peers'
	@rm -rf $(SETUP)/peers
	@$(PYTHON) -m venv $(SETUP)/peers $(call hint,cannot make a Python environment: install python3-venv)
	@$(SETUP)/peers/bin/pip --disable-pip-version-check install -q --no-compile --require-hashes --only-binary :all: -r $< \
		|| echo 'setup: cannot install Keras, TensorFlow and JAX: the benchmark goes without them' >&2
	@$(SETUP)/peers/bin/pip --disable-pip-version-check install -q --no-compile --require-hashes --only-binary :all: \
		-r experiments/bench/peers/requirements-torch.txt || echo 'setup: cannot install PyTorch: the benchmark goes without it' >&2
	@touch $@

plugin: $(SETUP)/venv.ok
	@$(PY) tools/plugin.py
	@$(PY) tools/cuda.py

parts: $(SETUP)/venv.ok
	@$(PY) tools/live.py
