"""Tests on the lab: the real engine and CLI, a real cluster, real services. `make live` runs them."""
