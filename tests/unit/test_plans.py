"""One test per file in `tests/cases`; README.md there says how to add a test."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from providers import resources
from providers.errors import Refused
from providers.kind import Kind
from providers.plan import Step
from providers.reach.steps import PutFile, PutLines, RemoveFile, without_keys
from tests.unit.examples import (
    ceph_conf,
    cluster,
    config_sections,
    crush_rule,
    directory,
    erasure_code_profile,
    file_copy,
    file_label,
    file_lines,
    guard,
    image_properties,
    key_type,
    keyring,
    pool,
    preflight,
    secret,
    service,
    user,
    volume_type,
    whole_file,
)

CASES = Path(__file__).parents[1] / "cases"
FILES = sorted(CASES.glob("*/*.yaml"))
Observe = Callable[[dict[str, Any], str | None], Any]
KINDS: dict[str, tuple[type[Any], Observe]] = {
    "pool": (resources.PoolProvider, pool.observed),
    "crush_rule": (resources.CrushRuleProvider, crush_rule.observed),
    "erasure_code_profile": (resources.ErasureCodeProfileProvider, erasure_code_profile.observed),
    "key_type": (resources.KeyTypeProvider, key_type.observed),
    "user": (resources.CephxUserProvider, user.observed),
    "cluster": (resources.ClusterProvider, cluster.observed),
    "ceph_conf": (resources.CephConfProvider, ceph_conf.observed),
    "keyring": (resources.KeyringFileProvider, keyring.observed),
    "secret": (resources.LibvirtSecretProvider, secret.observed),
    "config_sections": (resources.ConfigSectionsProvider, config_sections.observed),
    "volume_type": (resources.VolumeTypeProvider, volume_type.observed),
    "image_properties": (resources.ImagePropertiesProvider, image_properties.observed),
    "directory": (resources.HostDirectoryProvider, directory.observed),
    "file_copy": (resources.FileCopyProvider, file_copy.observed),
    "file_label": (resources.FileLabelProvider, file_label.observed),
    "file_lines": (resources.FileLinesProvider, file_lines.observed),
    "whole_file": (resources.WholeFileProvider, whole_file.observed),
    "service": (resources.ServiceProvider, service.observed),
    "guard": (resources.GuardProvider, guard.observed),
    "preflight": (resources.PreflightProvider, preflight.observed),
}
"""The folder of a kind's cases, its provider, and what makes its `observed` of what a case tells."""

LOOKED_AT = {"right", "undone"}
MADE = {*LOOKED_AT, "absent", "cut_off"}
OWNED = {*MADE, "not_ours", "adopted_is_only_recorded", "no_journal_entry_leaves_it"}
AT_LEAST = {
    "pool": {*OWNED, "wrong_size", "vanished", "full_is_kept"},
    "crush_rule": {*OWNED, "another_device_class", "a_pool_uses_it"},
    "erasure_code_profile": {*OWNED, "other_parameters", "a_pool_was_made_with_it"},
    "key_type": {*MADE, "stays_allowed_while_a_user_needs_it", "monitors_that_know_one_type"},
    "user": {*OWNED, "one_daemon_too_many", "open_sessions_keep_it"},
    "cluster": LOOKED_AT,
    "ceph_conf": {*MADE, "an_option_of_somebody_elses", "what_somebody_set_stays", "undone_to_the_byte"},
    "keyring": {*OWNED, "stale_key", "wrong_mode", "what_somebody_wrote_stays"},
    "secret": {*OWNED, "stale_value", "a_domain_needs_it"},
    "config_sections": {
        *MADE,
        "no_file",
        "an_option_of_somebody_elses",
        "what_somebody_set_stays",
        "a_later_file_wins",
    },
    "volume_type": {*OWNED, "another_back_end", "another_cloud", "in_use_is_kept"},
    "image_properties": {*MADE, "no_image", "a_value_of_somebody_elses", "what_somebody_set_stays", "another_cloud"},
    "directory": {*MADE, "wrong_mode", "another_users_is_not_taken"},
    "file_copy": {*MADE, "not_ours_is_left", "changed_already", "somebody_changed_the_copy"},
    "file_label": {*MADE, "no_selinux", "no_semanage", "a_rule_of_somebody_elses", "what_somebody_set_stays"},
    "file_lines": {*MADE, "a_line_of_somebody_elses", "another_stack_has_the_line", "undone_to_the_byte"},
    "whole_file": {*MADE, "another_text", "was_there_with_this_text", "somebody_changed_it"},
    "service": {*LOOKED_AT, "cut_off", "stale", "stopped", "no_such_unit"},
    "guard": {*LOOKED_AT, "something_in_use_is_taken_out", "something_in_use_is_destroyed"},
    "preflight": {*LOOKED_AT, "a_package_is_missing", "a_server_has_local_disks"},
}
"""Situations that a kind must have a case for. A case's file name is its situation."""

EDIT_FILES = {"ceph_conf", "config_sections", "keyring", "file_lines", "whole_file"}
"""Kinds whose cases show the file before and after."""

WORDS = {"desired", "observed", "before", "after", "steps", "adoption", "undo", "refused", "warnings"}


def text_after(steps: list[Step], path: str, text: str | None) -> str | None:
    """Return what is in the file after the steps, with a name for each key; None: there is no file."""
    for step in steps:
        if isinstance(step, PutFile) and step.path == path:
            text = without_keys(step.content)
        elif isinstance(step, PutLines) and step.path == path:
            lines = (text or "").split("\n")
            lines[step.first : step.end] = [without_keys(line) for line in step.lines]
            text = "\n".join(lines)
        elif isinstance(step, RemoveFile) and step.path == path:
            text = None
    return text


@pytest.mark.parametrize("file", FILES, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_case(file: Path) -> None:
    case = yaml.safe_load(file.read_text())
    assert case.keys() <= WORDS, "a word that no case has"
    provider, observe = KINDS[file.parent.name]
    kind: Kind[Any, Any] = provider.kind
    desired = kind.desired.model_validate({"stack": "dev", **case["desired"]}).as_stored()
    observed = observe(case["observed"] or {}, case.get("before"))
    if "refused" in case:
        with pytest.raises(Refused, match=re.escape(case["refused"])) as refusal:
            kind.undo(desired, observed) if "undo" in case else kind.plan(desired, observed)
        assert str(refusal.value).startswith(("host1: ", "stack dev: "))
        return
    warnings: list[str] = []
    if "undo" in case:
        undo = kind.undo(desired, observed)
        steps, wanted, warnings = undo.steps, case["undo"], undo.warnings
    elif "adoption" in case:
        steps, wanted = kind.adoption(desired, observed) or [], case["adoption"]
    else:
        steps, wanted, warnings = kind.plan(desired, observed), case["steps"], kind.warnings(desired, observed)
    assert [str(step) for step in steps] == wanted
    assert warnings == case.get("warnings", [])
    if "before" in case or "after" in case:
        assert text_after(steps, desired.path, case.get("before")) == case["after"]


def situations(kind: str) -> set[str]:
    return {file.stem for file in FILES if file.parent.name == kind}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_has_at_least_its_situations(kind: str) -> None:
    assert AT_LEAST[kind] <= situations(kind)
    cases = [yaml.safe_load(file.read_text()) for file in FILES if file.parent.name == kind]
    assert any("refused" in case for case in cases)
    assert all("after" in case or "refused" in case for case in cases) or kind not in EDIT_FILES


def test_every_kind_has_a_folder() -> None:
    assert {path.name for path in CASES.iterdir() if path.is_dir()} == set(KINDS) == set(AT_LEAST)
    assert {provider for provider, _ in KINDS.values()} == set(resources.PROVIDERS)
