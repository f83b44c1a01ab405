"""Each step of the five guides, and what this program has for it: docs/coverage.md. `make generate` writes the page."""
