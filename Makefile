# Everything here works on a fresh clone with only Go installed; `make lint` builds its linter once.
help: ## list the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## /{printf "make %-6s %s\n", $$1, $$2}' Makefile
run: ## start Assay on http://127.0.0.1:8000
	trap 'exit 0' INT; go run ./assay/cmd/assay serve # to stop it is no error
test: ## run every test of every module, and say what was skipped and why
	go test -json work | go run ./internal/skips
race: ## the same under the race detector, without long comparisons (needs a C compiler)
	go test -race -short -skip=Alloc work # the detector allocates too
lint: ## look for mistakes with golangci-lint, as .golangci.yml says
	.ci/tool golangci-lint run $$(go list -m -f '{{.Dir}}/...')
fuzz: ## run each fuzz target for FUZZTIME (10s)
	.ci/fuzz $(FUZZTIME)
bench: ## print speed as ratios to plain Go, and extraction in MB/s
	go test -run='^$$' -bench='Ratio|Logs|Reports|Shapes' work
docs: ## check that the docs quote the examples (to update: go test ./internal/docs -update)
	go test ./internal/docs
.PHONY: help run test race lint fuzz bench docs
