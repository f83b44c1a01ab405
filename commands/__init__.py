"""Commands beside `pulumi`. Each verb is a folder: `python -m commands discover`, `verify`, `undo`, `images`."""
