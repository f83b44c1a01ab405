"""The formats: pure text in, pure text out."""
