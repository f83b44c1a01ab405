"""What a CI does with a stack. Each script in this folder also runs on a laptop (docs/pull-requests.md)."""
