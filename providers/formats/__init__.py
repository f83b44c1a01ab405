"""Formats: what a text says, and how it is edited. Pure: text in, text out."""
