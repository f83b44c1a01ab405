"""ManagedProvider: Pulumi's dynamic protocol. Only this file, the resource classes and the launcher know the protocol.

`check` and `diff` are pure, because a preview opens no connection. `create` and `update` read, plan, apply, read again
and plan again; a second plan that is not empty is an error. `read` reports actual values as inputs, so that a refresh
shows drift field by field. A host that cannot be reached is "not checked", which is no drift. The state holds inputs,
what was found, and the way to the host. The state never holds a key.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from typing import Annotated, Any, ClassVar

from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    ConfigureRequest,
    CreateResult,
    DiffResult,
    ReadResult,
    ResourceProvider,
    UpdateResult,
)
from pulumi.output import Unknown
from pydantic import TypeAdapter, ValidationError
from typing_extensions import override

from providers.desired import Desired
from providers.errors import Changed, HostError, OutcomeUnknown, ProviderError, Refused, Unsettled
from providers.kind import Kind
from providers.old_inputs import OLD_INPUTS
from providers.on_host import OnHost
from providers.plan import Step, printed
from providers.reach import machines as current_machines
from providers.reach.access import AccessSettings
from providers.reach.machines import Machines
from providers.redaction import redacted_line

SURROGATE = re.compile("[\ud800-\udfff]")
ATTEMPTS = 4
OWN_OUTPUTS = ("pending", "reached")


def say(text: str) -> None:
    """Show a line in Pulumi's output; standard output belongs to the engine."""
    sys.stderr.write(redacted_line(text) + "\n")
    sys.stderr.flush()


def _sendable(value: Any) -> Any:
    """Return the value with `\ufffd` for bytes of a file that are no UTF-8, which the engine cannot carry."""
    if isinstance(value, str):
        return SURROGATE.sub("\ufffd", value)
    if isinstance(value, dict):
        return {_sendable(name): _sendable(item) for name, item in value.items()}
    return [_sendable(item) for item in value] if isinstance(value, list | tuple) else value


@contextmanager
def one_line() -> Iterator[None]:
    """Let out one line without traceback and without anything that looks like a key."""
    try:
        yield
    except ProviderError as problem:
        raise type(problem)(redacted_line(str(problem))) from None
    except Exception as problem:  # noqa: BLE001 - a defect of ours, told in one line and without a key
        text = redacted_line(f"{type(problem).__name__}: {problem}")
        raise ProviderError(f"internal error, please report it: {text[:500]}") from None


class ManagedProvider(ResourceProvider):
    """The base of all providers. A provider holds no state, because every resource's state holds the provider's pickle.

    The pickle is a reference, so `providers.<module>.<Class>` is a lasting name.
    """

    serialize_as_secret_always = False
    kind: ClassVar[Kind[Any, Any]]

    @override
    def configure(self, req: ConfigureRequest) -> None:
        current_machines.configure(AccessSettings.from_config(req.config.get), say)

    # Pure ------------------------------------------------------------------------------------------------------------

    @override
    def check(self, _olds: dict[str, Any], news: dict[str, Any]) -> CheckResult:
        given = _own(news)
        if _has_unknown(given):
            return CheckResult(given, [])
        try:
            desired = self.kind.desired.model_validate(given).as_stored()
        except ValidationError as problem:
            return CheckResult(given, [CheckFailure("", line) for line in _lines(problem)])
        failures = []
        for name, advice in self.kind.fixed.items():
            if name in _olds and _plain(_olds[name]) != _plain(getattr(desired, name)):
                was, now = _plain(_olds[name]), _plain(getattr(desired, name))
                text = f"{self.kind.noun}: {name} cannot change from {was} to {now}: {advice}"
                failures.append(CheckFailure("", redacted_line(text)))
        return CheckResult(desired.model_dump(exclude_none=True), failures)

    @override
    def diff(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> DiffResult:
        # None lets the engine compare inputs and show a detailed diff. Only outputs say what an adoption left to do.
        changes = True if _olds.get("pending") else None
        before, after = _own(_olds.get(OLD_INPUTS) or _olds), _own(_news)
        if not changes and self._asks_for_nothing(before, after, _olds):
            changes = False
        elif self.kind.hidden and OLD_INPUTS in _olds and before != after:
            # With differences that the engine names, and that are all hidden, the CLI (3.259) prints all inputs.
            changes = True
        return DiffResult(changes=changes, replaces=[], delete_before_replace=True)

    def _asks_for_nothing(self, before: dict[str, Any], after: dict[str, Any], outs: dict[str, Any]) -> bool:
        """Return whether inputs differ only in the shape that an earlier version gave them, or in what is quiet.

        What is reported is compared as the last run left it, because the inputs of that run do not say so.
        """
        quiet, fields = self.kind.quiet(after), self.kind.desired.model_fields
        olds, news = self.kind.in_present_shape(before, after), self.kind.in_present_shape(after, before)
        if olds == before and news == after and not quiet:
            return False  # the engine compares them, and names what differs
        olds |= _kept(outs, *self.kind.desired.reported_fields())
        asked = [name for name in {**olds, **news} if name in fields and name not in quiet]
        return all(_plain(olds.get(name)) == _plain(news.get(name)) for name in asked)

    # On a machine ----------------------------------------------------------------------------------------------------

    @override
    def create(self, props: dict[str, Any]) -> CreateResult:
        with one_line():
            desired, machines = self._desired(props), current_machines.current()
            return CreateResult(self.kind.title(desired), self._converge(desired, machines, adopting=True))

    @override
    def update(self, _id: str, _olds: dict[str, Any], _news: dict[str, Any]) -> UpdateResult:
        with one_line():
            olds = self.kind.in_present_shape(_own(_olds), _own(_news))
            desired = self.kind.with_old_state(self._desired(_news), olds)
            return UpdateResult(self._converge(desired, current_machines.current(), adopting=False))

    @override
    def read(self, id_: str, props: dict[str, Any]) -> ReadResult:
        desired, machines = self._stored(props), current_machines.current()
        try:
            with one_line():
                machines.remember(self.kind.host(desired, machines), props.get("reached"))
                observed = self.kind.read(desired, machines)
                actual = self._as_given(props, desired, self.kind.actual(desired, observed))
                outs = {**actual, **self.kind.extra_state(desired, observed), **_kept(props, *OWN_OUTPUTS)}
                if props.get("pending"):
                    outs["pending"] = self._still_pending(desired, observed, props["pending"])
                return ReadResult(id_, _sendable(outs), _sendable(actual))
        except HostError as problem:
            if machines.is_news(str(problem)):
                title = self.kind.title(desired)
                say(f"warning: {title} was not checked: {problem}. Nor is anything else there, and the state is kept")
            return self._unchecked(id_, props)
        except ProviderError as problem:
            say(f"warning: {self.kind.title(desired)} was not checked: {problem}")
            return self._unchecked(id_, props)

    def _as_given(self, props: dict[str, Any], desired: Desired, actual: dict[str, Any]) -> dict[str, Any]:
        """Return the inputs with their actual values, in the shape in which the state has them.

        An earlier version may have kept a digest where this version wants the values, which no refresh can know.
        """
        wanted, given = desired.model_dump(exclude_none=True), _kept(props, *self._inputs())
        shape = wanted if self.kind.in_present_shape(given, {}) == given else given
        return _present({**shape, **{name: value for name, value in actual.items() if value != wanted.get(name)}})

    def _inputs(self) -> list[str]:
        """Return the names of inputs, with those that only earlier versions sent."""
        fields = self.kind.desired.model_fields
        return [*(name for name in fields if not fields[name].exclude), *self.kind.former]

    def _unchecked(self, id_: str, props: dict[str, Any]) -> ReadResult:
        old = _kept(props, *self.kind.desired.model_fields, *self.kind.former)
        return ReadResult(id_, {**old, **_kept(props, *OWN_OUTPUTS)}, _kept(old, *self._inputs()))

    @override
    def delete(self, _id: str, _props: dict[str, Any]) -> None:
        with one_line():
            desired, machines = self._stored(_props), current_machines.current()
            host = self.kind.host(desired, machines)
            machines.remember(host, _props.get("reached"))
            self._same_machine(host, _props.get("reached") or {}, machines)
            if isinstance(desired, OnHost) and self._is_renamed(host, machines):
                return
            with machines.lock(self._lock_name(desired, machines)):
                for attempt in range(ATTEMPTS):
                    observed = self.kind.read_for_undo(desired, machines)
                    if self._was_renamed(host, observed, machines):
                        return
                    undo = self.kind.undo(desired, observed)
                    for warning in undo.warnings:
                        say(f"warning: {warning}")
                    if not undo.steps:
                        self.kind.apply(desired, self.kind.remove_empty_folders(desired), machines)
                        return
                    try:
                        self.kind.apply(desired, undo.steps, machines)
                        break
                    except (Changed, OutcomeUnknown):
                        if attempt + 1 == ATTEMPTS:
                            raise
                left = self.kind.undo(desired, self.kind.read_for_undo(desired, machines)).steps
            if left:
                raise Unsettled(
                    f"{self.kind.title(desired)}: still there after removing: `{printed(left)[0]}` would run again"
                )

    # Inside ----------------------------------------------------------------------------------------------------------

    def _converge(self, desired: Any, machines: Machines, *, adopting: bool) -> dict[str, Any]:
        kind, title = self.kind, self.kind.title(desired)
        if isinstance(desired, OnHost):
            machines.refuse_second_name(desired.host)
        with machines.lock(self._lock_name(desired, machines)):
            for attempt in range(ATTEMPTS):
                observed = kind.read_for_change(desired, machines)
                planned = kind.plan(desired, observed)  # also before an adoption: what is refused must not be recorded
                record = kind.adoption(desired, observed) if adopting else None
                named = kind.naming(desired, observed, machines) if adopting else []
                if not (steps := (planned if record is None else record) or named):
                    break
                try:
                    kind.apply(desired, steps, machines)
                    break
                except (Changed, OutcomeUnknown):
                    if attempt + 1 == ATTEMPTS:
                        raise
            observed = kind.read_for_change(desired, machines)
            left = kind.plan(desired, observed)
        of_adoption = [] if record is None else kind.warnings_of_adoption(desired, observed)
        for warning in [*kind.warnings(desired, observed), *of_adoption]:
            say(f"warning: {warning}")
        if record is None and left:
            raise Unsettled(
                f"{title}: still differs after applying: `{printed(left)[0]}` would run again; see who else changes"
                " it, then run again"
            )
        host, pending = kind.host(desired, machines), self._told(desired, observed, left)
        kind.note_left(desired, left, machines)
        outs = {
            **desired.model_dump(exclude_none=True),
            **kind.actual(desired, observed),
            **kind.extra_state(desired, observed),
            "pending": pending,
            "reached": self._reached(host, machines),
        }
        return {name: _sendable(value) for name, value in _present(outs).items()}

    def _told(self, desired: Any, observed: Any, left: Sequence[Step]) -> list[str]:
        """Say what this run has left to a later one, and return what an adoption left to the next."""
        title, deferred = self.kind.title(desired), self.kind.deferred(desired, observed)
        if deferred:
            say(f"{title}: deferred: {'; '.join(deferred)}; until then it goes on with what it has read")
        pending = printed(left) or self.kind.later(desired, observed)
        if pending:
            say(f"{title}: taken over as it is; the next `pulumi up` would do: {'; '.join(pending)}")
        return pending

    def _still_pending(self, desired: Any, observed: Any, before: list[str]) -> list[str]:
        """Return what an adoption left to do. A refresh keeps these steps, because no input may show them.

        The steps keep their words, because the state has the values that were found, not those that are asked for.
        """
        fields = type(desired).model_fields
        asked = desired.model_copy(update={name: fields[name].default for name in desired.reported_fields()})
        try:
            left = bool(self.kind.plan(asked, observed) or self.kind.later(desired, observed))
        except Refused:
            left = True
        return before if left else []

    def _lock_name(self, desired: Any, machines: Machines) -> str:
        return f"{self.kind.host(desired, machines)}:{self.kind.lock(desired)}"

    @staticmethod
    def _reached(host: str, machines: Machines) -> dict[str, Any]:
        """Return the access that a later deletion may need, and the identity of the machine that answered."""
        if not host:
            return {}
        return {**machines.access(host).as_dict(), **asdict(machines.host(host).identity())}

    @staticmethod
    def _is_renamed(host: str, machines: Machines) -> bool:
        """Return whether this run has found the same machine under a new name, to which what is there belongs now."""
        name = machines.new_name_of(host)
        if name and machines.is_news(f"{host} is called {name}"):
            say(
                f"warning: {host} is called {name} now, so what the stack has there is left; what only {host} had stays"
                " there, too: see docs/access.md, a machine has one name"
            )
        return bool(name)

    def _was_renamed(self, host: str, observed: Any, machines: Machines) -> bool:
        """Return whether the journal says that an earlier run, which was cut off, has found the thing under a new name.

        A name that the settings have is no former one, whatever the journal says.
        """
        name = "" if host in machines.settings.hosts else self.kind.new_name(observed, machines)
        if name and machines.is_news(f"{host} was called {name}"):
            say(f"warning: {host} is called {name} now, so what {name} has there is left")
        return bool(name)

    @staticmethod
    def _same_machine(host: str, reached: dict[str, Any], machines: Machines) -> None:
        stored, key = reached.get("machine_id"), reached.get("host_key")
        if not (host and stored):
            return
        identity = machines.host(host).identity()
        # A copy of a machine that was given an id of its own since, as `refuse_second_name` asks, kept its host key.
        if identity.machine_id != stored and not (key and identity.host_key == key):
            raise Refused(
                f"{machines.access(host).where}: this is not the machine that was changed (its machine-id differs); if"
                " that one is gone for good, take the host out of the state:"
                f" `python -m commands forget --host {host}` (docs/recovery.md)"
            )

    def _desired(self, props: dict[str, Any]) -> Desired:
        desired: Desired = self.kind.desired.model_validate(_own(props)).as_stored()
        return desired

    def _stored(self, props: dict[str, Any]) -> Desired:
        """Return the model of the values in the state. These are actual values, which no settings need to allow."""
        known = _kept(self.kind.in_present_shape(_own(props), {}), *self.kind.desired.model_fields)
        try:
            desired: Desired = self.kind.desired.model_validate(known)
        except ValidationError:
            desired = self.kind.desired.model_construct(**{name: self._lax(name, known[name]) for name in known})
        return desired

    def _lax(self, name: str, value: Any) -> Any:
        """Return a value as its field has it, and one that the field refuses as it is."""
        field = self.kind.desired.model_fields[name]
        try:
            return TypeAdapter[Any](Annotated[field.annotation, field]).validate_python(value)  # type: ignore[arg-type]
        except ValidationError:
            return _plain(value)


def _own(props: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in props.items() if name != "__provider"}


def _kept(props: dict[str, Any], *names: str) -> dict[str, Any]:
    return {name: props[name] for name in names if name in props}


def _present(values: dict[str, Any]) -> dict[str, Any]:
    """Return the values without None, which stands for what is not there."""
    return {name: value for name, value in values.items() if value is not None}


def _has_unknown(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_has_unknown(item) for item in value.values())
    if isinstance(value, list | tuple):
        return any(_has_unknown(item) for item in value)
    return isinstance(value, Unknown)


def _plain(value: Any) -> Any:
    """Return a whole number as an int, because the engine may have made `3.0` of `3`."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _lines(problem: ValidationError) -> list[str]:
    """Return one line per problem: the field and the reason, never the value."""
    found = problem.errors(include_input=False, include_url=False, include_context=False)
    return [redacted_line(f"{_where(error['loc'])}{error['msg'].removeprefix('Value error, ')}") for error in found]


def _where(parts: tuple[int | str, ...]) -> str:
    """Return a field's path and a colon, without pydantic's word for the key of a map; nothing for the whole model."""
    return ".".join(str(part) for part in parts if part != "[key]") + (": " if parts else "")
