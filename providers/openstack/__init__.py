"""OpenStack services and their configuration files."""
