"""The benchmark of `make bench`, which measures on the lab and fails when a figure that must hold does not."""
