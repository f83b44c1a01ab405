"""Libvirt secrets on compute hosts."""
