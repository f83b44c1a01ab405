"""Directories and services of a host."""
