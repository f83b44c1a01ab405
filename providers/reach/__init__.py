"""How a machine is reached: one connection and one agent per host."""
