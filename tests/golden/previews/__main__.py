"""Records every preview anew: `tools/run python -m tests.golden.previews`."""

import tempfile
from pathlib import Path

from tests.golden.previews.recording import FOLDER, Recording, written

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        for name, preview in Recording(Path(folder)).previews():
            print(written(preview, FOLDER / f"{name}.json"))
