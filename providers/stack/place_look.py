"""Looks for files of services that say that data lies elsewhere than the stack will write.

Either an option of no stack says so, or another stack writes there.

`ConfigSections` refuses such a file, too. But its turn comes when pools and users are made already, and other hosts
may have got their options.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial

from providers.errors import HostError, Refused, StepFailed, UnexpectedOutput
from providers.host.option_file import effective
from providers.openstack.config_sections import ConfigSectionsDesired, ConfigSectionsKind
from providers.openstack.stored_data import other_place
from providers.reach.machines import Machines

THREADS = 32
Places = Mapping[str, Mapping[str, dict[str, dict[str, str]]]]


def other_places(
    stack: str, fsid: str, places: Places, files: Mapping[str, Sequence[str]], machines: Machines
) -> tuple[list[str], list[str]]:
    """Return the refusals of all files, and what could not be looked at, in the order of hosts and files.

    Args:
        stack: The stack.
        fsid: The cluster.
        places: Host -> component -> section -> option -> value that the stack will write.
        files: Component -> its file, and what the process reads after that file.
        machines: The hosts.
    """
    looked_at = [
        ConfigSectionsDesired(
            stack=stack,
            host=host,
            fsid=fsid,
            component=component,
            path=files[component][0],
            sections=sections,
            later_files=list(files[component][1:]),
        )
        for host, of_host in sorted(places.items())
        for component, sections in sorted(of_host.items())
    ]
    with ThreadPoolExecutor(THREADS) as pool:
        found = list(pool.map(lambda file: _look(file, machines), looked_at))
    return [reason for reason, _ in found if reason], list(dict.fromkeys(missed for _, missed in found if missed))


def _look(file: ConfigSectionsDesired, machines: Machines) -> tuple[str, str]:
    """Return why the file is refused, and why it was not looked at; one of them, or both empty."""
    kind = ConfigSectionsKind()
    try:
        observed = kind.read(file, machines)
        if observed.state is None or observed.state.kind != "file":
            return "", ""  # `ConfigSections` says so, and one host without the service stops no other
        documents = kind.documents(file, observed)
    except (HostError, StepFailed, UnexpectedOutput) as problem:
        return "", f"{problem}; whether services there keep data elsewhere was not looked at"
    except Refused:
        return "", ""  # a file that cannot be parsed; `ConfigSections` says where
    if rivals := kind.rivals(file, observed):
        return rivals, ""
    in_force, records = partial(effective, documents), observed.records
    return other_place(observed.where, file.path, file.sections, documents[0], records, in_force, file.component), ""
