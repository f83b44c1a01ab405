"""Commands beside `pulumi`: `python -m commands discover`, `python -m commands undo`."""
