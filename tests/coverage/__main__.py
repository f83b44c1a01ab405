"""Writes docs/coverage.md: `python -m tests.coverage`."""

from tests.coverage.page import PAGE, coverage_page

if __name__ == "__main__":
    PAGE.write_text(coverage_page())
