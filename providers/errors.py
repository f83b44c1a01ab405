"""What can go wrong, by who has to act.

    ProviderError
    ├── HostError            the host could not be reached or stopped answering: network or access
    │   └── OutcomeUnknown   a call had started when the connection ended: read again before acting
    ├── StepFailed           the host answered and said no: carries the errno name where there is one
    │   └── Changed          the file is not the one that was read: somebody wrote it meanwhile
    ├── UnexpectedOutput     the host answered in a form that this version does not know
    ├── Refused              we could, but must not
    └── Unsettled            applied without an error, and still not as desired

Every text says where, what, why and what next in one line, and never holds a key.
"""


class ProviderError(Exception):
    """Any failure that an operator can act on."""


class HostError(ProviderError):
    """The host could not be reached, or its agent ended."""


class OutcomeUnknown(HostError):
    """The connection ended or the deadline passed while a call was under way."""


class StepFailed(ProviderError):
    """The host answered that a step cannot be done."""

    def __init__(self, text: str, errno_name: str = "") -> None:
        super().__init__(text)
        self.errno_name = errno_name
        self.step_number: int | None = None


class Changed(StepFailed):
    """A file was written by somebody else between our reading and our writing."""


class UnexpectedOutput(ProviderError):
    """The host answered in a form that this version does not know."""


class Refused(ProviderError):
    """What is asked would harm something, or something that is not ours."""


class Unsettled(ProviderError):
    """All steps went through, and the second look still finds a difference."""
