"""Tests without a machine: pure modules, fakes and simulations."""
