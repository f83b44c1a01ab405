"""The benchmark: `make bench`. It measures on the lab, and fails when a figure that must hold does not."""
