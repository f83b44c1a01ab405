"""Commands beside `pulumi`: `python -m commands discover`, `undo`, `verify`, `images`."""
