"""The proof: real images, volumes, servers and backups, through OpenStack's own APIs. `make proof` runs it."""
