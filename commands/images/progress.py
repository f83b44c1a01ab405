"""Progress of a download."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from commands.images.size import size_text


def with_progress(blocks: Iterator[bytes], size: int, what: str, print_line: Callable[[str], None]) -> Iterator[bytes]:
    """Yield the blocks, and print a line after each tenth of them.

    Args:
        blocks: The data.
        size: Size of the data, in bytes.
        what: What is done with the data, for the line.
        print_line: Prints a line to the operator.
    """
    done = printed = 0
    for block in blocks:
        done += len(block)
        tenth = done * 10 // size if size else 10
        if tenth > printed:
            printed = tenth
            print_line(f"{what} {size_text(done)} of {size_text(size)}")
        yield block
