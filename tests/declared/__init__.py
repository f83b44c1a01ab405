"""The tables of declared options, made anew from PyPI. `make declared` runs these tests."""
