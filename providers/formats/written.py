"""How a value is written, for the JSON Schema of the settings. The check of the value itself is a validator's."""

from __future__ import annotations

from pydantic import WithJsonSchema

ONE_LINE = r"[^\u0000-\u0020\u007f]([^\u0000-\u001f\u007f]*[^\u0000-\u0020\u007f])?"
"""What a line without control characters, and without a space around it, is made of."""


def written(pattern: str, must: str, *, longest: int | None = None, plain: bool = False) -> WithJsonSchema:
    """Return the schema of a text.

    Args:
        pattern: What the whole text has to match, in the dialect that Python and ECMAScript share.
        must: What the text must be, which the editor says of another one.
        longest: How many characters the text may have; None for any number.
        plain: Whether a boolean or a number does as well, of which the program makes a text.
    """
    schema = {
        "type": ["string", "boolean", "number"] if plain else "string",
        "pattern": f"^{pattern}$",
        "patternErrorMessage": must,
    }
    return WithJsonSchema(schema if longest is None else {**schema, "maxLength": longest})
