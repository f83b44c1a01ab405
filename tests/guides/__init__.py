"""The five guides: each wires the lab by its own commands, and then the product takes the cloud over. `make guides`."""
