"""Everything that is managed: one kind of thing per file."""
