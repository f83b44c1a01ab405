"""Keys that were handed over: a file or an environment variable on the machine that runs Pulumi."""

from __future__ import annotations

from pathlib import Path

import pytest

from providers.errors import Refused
from providers.reach.handed_keys import HandedKey

KEY = "AQDdZz1oAAAAABAAq0d3kFvR0n1x5mQyq8a0Pw=="
OTHER = "AQAAAAAAAAAAABAAAAAAAAAAAAAAAAAAAAAAAA=="


@pytest.mark.parametrize(
    "text",
    [
        KEY,
        f"{KEY}\n",
        f'[client.glance]\n\tkey = {KEY}\n\tcaps mon = "profile rbd"\n',
        f"[client.other]\nkey = {OTHER}\n[client.glance]\nkey={KEY}\n",
        f"key = {KEY}\n",
        f"# a comment\n{KEY}\n",
        f'[client.glance]\n\tkey = "{KEY}"\n',
        f"[client.glance]\n\tkey = '{KEY}'\n",
        f"[client.glance]\n\tkey = {KEY} # glance's\n",
        f"[client.glance]\n\tkey = {KEY} ; glance's\n",
        f"; a comment\nkey = {KEY}  # glance's\n",
        f"[client.other]\nkey = {KEY}\n[client.glance]\nkey = {KEY}",
        f"[client.glance]\nkey = {OTHER}\n[client.glance]\nkey = {KEY}\n",  # Ceph takes the last one, too
    ],
)
def test_a_key_from_a_file_or_a_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    (tmp_path / "key").write_text(text)
    monkeypatch.setenv("GLANCE_KEY", text)
    assert HandedKey(file=str(tmp_path / "key")).read("client.glance") == KEY
    assert HandedKey(env="GLANCE_KEY").read("client.glance") == KEY


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n",
        f"{KEY}\n{OTHER}\n",
        f"[client.other]\nkey = {OTHER}\n",
        "[client.glance]\n",
        "not a key",
        f"{KEY} x",
        "correcthorsebatterystaple",
        KEY[:-8],
        "MIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBaMQswCQYDVQQGEwJJ",
        "[client.glance]\nkey = correcthorsebatterystaple\n",
        f"[client.glance]\nkey = {KEY[:-8]}\n",
        "key = hunter2\n",
        f"[client.glance\nkey = {KEY}\n",
    ],
)
def test_what_is_no_key_of_this_entity_is_refused_and_not_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    (tmp_path / "key").write_text(text)
    monkeypatch.setenv("GLANCE_KEY", text)
    for place in (HandedKey(file=str(tmp_path / "key")), HandedKey(env="GLANCE_KEY")):
        with pytest.raises(Refused, match=r"^key of client.glance: the (file|environment variable) ") as failure:
            place.read("client.glance")
        for secret in (KEY, OTHER):
            assert secret not in str(failure.value)


def test_a_place_without_a_key_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GLANCE_KEY", raising=False)
    with pytest.raises(Refused, match=r"the environment variable GLANCE_KEY is not set; see `cluster.keys`"):
        HandedKey(env="GLANCE_KEY").read("client.glance")
    with pytest.raises(Refused, match=r"cannot read the file .*/absent: No such file"):
        HandedKey(file=str(tmp_path / "absent")).read("client.glance")
    (tmp_path / "bytes").write_bytes(b"\xff\xfe\n\x00")
    with pytest.raises(Refused, match="holds neither"):
        HandedKey(file=str(tmp_path / "bytes")).read("client.glance")
