"""Answer: what hosts and clusters say, checked where it comes in."""

from __future__ import annotations

from collections.abc import Hashable
from functools import cache
from typing import Annotated, Any, TypeVar, cast

from pydantic import BaseModel, ConfigDict, PlainValidator, TypeAdapter, ValidationError

from providers.errors import UnexpectedOutput
from providers.redaction import redacted_line

T = TypeVar("T")


class Answer(BaseModel):
    """Base of the answers: frozen, and tolerant of fields that this version does not know."""

    model_config = ConfigDict(frozen=True, extra="ignore", hide_input_in_errors=True, populate_by_name=True)


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise ValueError("not a text")
    return value


Text = Annotated[str, PlainValidator(_text)]
"""A text of a host's files. Pydantic's own `str` refuses the surrogates that stand for bytes outside UTF-8."""


@cache
def _adapter(form: Hashable) -> TypeAdapter[Any]:
    adapter: TypeAdapter[Any] = TypeAdapter(cast(Any, form))
    return adapter


def in_form(form: type[T], answer: object, where: str, question: str) -> T:
    """Return the answer as `form`.

    Args:
        form: What this version knows, such as `list[Session]`.
        answer: What JSON gave.
        where: The host as errors name it.
        question: The operation or command that was asked, in backticks.

    Raises:
        UnexpectedOutput: The answer has another form. It is never taken for absence.
    """
    try:
        value: T = _adapter(cast(Hashable, form)).validate_python(answer)
    except ValidationError as problem:
        first = problem.errors(include_url=False, include_context=False, include_input=False)[0]
        field = redacted_line(".".join(str(part) for part in first["loc"]))[:80]
        raise UnexpectedOutput(
            f"{where}: {question} answered in a form that this version does not know"
            f"{f' (at `{field}`)' if field else ''}; is that release supported, or an older agent installed there?"
        ) from None
    return value
