"""Other OpenStack releases in the lab, wired by the same components. `make releases` runs these tests."""
