"""The ceph.conf dialect: facts one per line, judged by the real `ceph-conf` where it is installed."""

from __future__ import annotations

import functools
import os
import random
import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from providers.formats import layers, record
from providers.formats.ceph_conf import CEPH_CONF, CephConfSyntaxError
from providers.formats.parsed import BEFORE
from providers.formats.wanted_options import WantedItem, WantedOptions
from providers.resources import CephConfProvider
from tests.unit.components.graph import FSID
from tests.unit.formats.edits import parsed, value_in, with_value

PATH = "compute1: /etc/ceph/ceph.conf"


@functools.cache
def ceph_conf() -> list[str] | None:
    """How to run ceph-conf: this machine's own, or the one in a root (the lab's, or $CEPH_CONF_ROOT)."""
    if shutil.which("ceph-conf"):
        return ["ceph-conf"]
    cached = Path.home() / ".cache/ceph-openstack/root"
    roots = [Path(os.environ["CEPH_CONF_ROOT"])] if "CEPH_CONF_ROOT" in os.environ else sorted(cached.glob("*/"))
    for root in roots:
        loaders = sorted(root.glob("lib*/ld-linux-*.so*")) or sorted(root.glob("usr/lib*/**/ld-linux-*.so*"))
        folders = sorted({str(lib.parent) for lib in root.glob("usr/lib/**/libceph-common.so*")})
        folders += [str(lib) for lib in sorted(root.glob("usr/lib/*-linux-gnu")) + sorted(root.glob("lib/*-linux-gnu"))]
        if (root / "usr/bin/ceph-conf").exists():
            start = [str(loaders[0]), "--library-path", ":".join(folders)] if loaders else []
            return [*start, str(root / "usr/bin/ceph-conf")]
    return None


needs_judge = pytest.mark.skipif(
    ceph_conf() is None, reason="no ceph-conf here and none in the lab's root: run make lab-up"
)


def judged(text: str, folder: Path, section: str = "s", option: str = "k") -> str | None:
    """The value as Ceph reads it, None when the option is absent; ValueError when Ceph refuses the file."""
    file = folder / "x.conf"
    file.write_bytes(text.encode(errors="surrogateescape"))
    program = ceph_conf()
    assert program is not None
    command = [*program, "-c", str(file), "-s", section, "--lookup", option]
    ran = subprocess.run(command, capture_output=True, text=True, check=False, timeout=30)
    if "parse error" in ran.stderr or "global_init" in ran.stderr or "ParseFile" in ran.stderr:
        raise ValueError(ran.stderr)
    return ran.stdout.removesuffix("\n") if ran.returncode == 0 else None


FACTS = [
    ("[s]\nk = v\n", "v"),
    ("[s]\n\tk = v\n", "v"),
    ("[s]\nk=v\n", "v"),
    ("[s]\n  # c\n ; d\nk = v\n", "v"),
    ("[s] # c\nk = v\n", "v"),
    ("[s]\nk = v # c\n", "v"),
    ("[s]\nk = v;c\n", "v"),
    ("[s]\nk = a \\# b\n", "a # b"),
    ("[s]\nk = a \\\\ b\n", "a \\ b"),
    ("[s]\nk = a\\\nb\n", "ab"),
    ("[s]\nk = a \\\n b\n", "a  b"),
    ("[s]\nk = \\\n b\n", "b"),
    ("[s]\nk = a # c \\\nl = b\n", "a"),
    ('[s]\nk = "a b"\n', "a b"),
    ("[s]\nk = ' a '  # c\n", "a"),
    ('[s]\nk = "a\\"b"\n', 'a"b'),
    ('[s]\nk = a "b"\n', 'a "b"'),
    ("[s]\nk = a\nk = b\n", "b"),
    ("[s]\nk = a\n[t]\nk = b\n[s]\nl = c\n", "a"),
    ("[s]\nk = a\n[t]\n[s]\nk = c\n", "c"),
    ("[S]\nk = a\n", None),
    ("[s]\nK = a\n", None),
    ("[s]\n#k = a\n", None),
    ("[s]\nk = [v2:127.0.2.1:3300/0,v1:127.0.2.1:6789/0]\n", "[v2:127.0.2.1:3300/0,v1:127.0.2.1:6789/0]"),
    ("[s]\nk = a = b\n", "a = b"),
    ("[s]\r\nk = v\r\n", "v"),
    ("[s]\n\n   \nk = v\n   \n\n", "v"),
    ("\n\n# c\n\n[s]\nk = v\n", "v"),
    ("[s]\nk = v\n# c\n   # d\n\n", "v"),
    ("# é\n[s] # é\nk = v # é\n", "v"),
    ("[s]\nk = 'é'\n", "é"),
    ("[t]\n", None),
    ("[s]\nk = v\n# end", "v"),
    ("[s]\nk = v\n  ;", "v"),
    ("[s]\nk = v # c\n#", "v"),
    ("[s]\nk = v\n# end\\", "v"),
    ("# end", None),
]


@pytest.mark.parametrize(("text", "value"), FACTS)
def test_grammar(text: str, value: str | None) -> None:
    assert value_in(CEPH_CONF, text, "s", "k") == value


@needs_judge
@pytest.mark.parametrize(("text", "value"), FACTS)
def test_grammar_as_ceph_has_it(text: str, value: str | None, tmp_path: Path) -> None:
    assert judged(text, tmp_path) == value


NAMES = [
    ("rbd cache", "rbd_cache", True),
    ("rbd_cache", "rbd cache", True),
    ("rbd  \t cache", "rbd_cache", True),
    ("rbd-cache", "rbd_cache", False),
]


@pytest.mark.parametrize(("written", "asked", "same"), NAMES)
def test_blanks_and_underscores_are_equal_in_names(written: str, asked: str, same: bool) -> None:
    assert value_in(CEPH_CONF, f"[s]\n{written} = v\n", "s", asked) == ("v" if same else None)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"rbd cache": "true", "rbd_cache": "false"}, '"rbd cache" and "rbd_cache" are one option to Ceph; keep one'),
        ({"a": "1", "rbd  cache": "true", "rbd\tcache": "true"}, "are one option to Ceph; keep one of them"),
        ({"rbd cache ": "true"}, "option 'rbd cache ' begins or ends with a blank; remove it"),
        ({" rbd cache": "true"}, "option ' rbd cache' begins or ends with a blank; remove it"),
        ({"rbd cache": "true", "rbd-cache": "false"}, ""),
    ],
)
def test_an_option_has_one_spelling(options: dict[str, str], said: str) -> None:
    check = CephConfProvider().check(
        {}, {"stack": "dev", "host": "h", "fsid": FSID, "component": "c", "path": "/x", "sections": {"client": options}}
    )
    assert said in "".join(failure.reason for failure in check.failures)
    assert bool(check.failures) is bool(said)


@needs_judge
@pytest.mark.parametrize(("written", "asked", "same"), NAMES)
def test_names_as_ceph_has_them(written: str, asked: str, same: bool, tmp_path: Path) -> None:
    assert judged(f"[s]\n{written} = v\n", tmp_path, option=asked) == ("v" if same else None)


REFUSED = [
    ("[s]\nk = v", 2),
    ("[s]", 1),
    ("k = v\n[s]\n", 1),
    ("k = v\nl = w\n", 1),
    ("# c\nk = v\n", 2),
    ("\nk = v\n", 2),
    ("k = v", 1),
    ("[s]\nk = v # c", 2),
    ("[s]\nk = v\n ", 3),
    ("[s]\nk = v\n[t] # c", 3),
    (" [s]\nk = v\n", 1),
    ("[s]\nk = v\n [t]\n", 3),
    ("[s\nk = v\n", 1),
    ("[]\nk = v\n", 1),
    ("[s]\nk\n", 2),
    ("[s]\n= v\n", 2),
    ('[s]\nk = "v\n', 2),
    ('[s]\nk = "v" w\n', 2),
    ('[s]\nk = "v # w"\n', 2),
    ("[s]\n# c\nk[0] = v\n", 3),
    ("[s]\nk = v\\\n", 2),
    ("  \n[s]\nk = v\n", 1),
    ("[s]\nk = \udcff\n", 2),
    ("[s]\nk = é\n", 2),
    ("[s]\né = v\n", 2),
    ("[é]\nk = v\n", 1),
]


@pytest.mark.parametrize(("text", "line"), REFUSED)
def test_what_ceph_refuses_is_refused_with_its_line(text: str, line: int) -> None:
    with pytest.raises(CephConfSyntaxError) as refused:
        parsed(CEPH_CONF, text)
    assert refused.value.line == line


@needs_judge
@pytest.mark.parametrize(("text", "line"), REFUSED)
def test_ceph_refuses_it(text: str, line: int, tmp_path: Path) -> None:
    try:
        value = judged(text, tmp_path)
    except ValueError:
        return
    assert value is None, f"Ceph reads {value!r}"


LONE = ["k = v\n", " k = v # c\n", "k = 'v'\n# c\n\n", "k = v\r\n", "k = \\\nv\n", "k = v\n#"]


@pytest.mark.parametrize("text", LONE)
def test_a_lone_option_is_one_of_global(text: str) -> None:
    assert value_in(CEPH_CONF, text, "global", "k") == "v"
    assert value_in(CEPH_CONF, with_value(CEPH_CONF, text, "global", "k", "w"), "global", "k") == "w"


@needs_judge
@pytest.mark.parametrize("text", LONE)
def test_a_lone_option_is_one_of_global_as_ceph_has_it(text: str, tmp_path: Path) -> None:
    assert judged(text, tmp_path, "global") == "v"


@pytest.mark.parametrize("section", ["global", "client.x"])
@pytest.mark.parametrize("text", LONE)
def test_nothing_is_added_beside_a_lone_option_because_ceph_would_refuse_the_file(text: str, section: str) -> None:
    with pytest.raises(CephConfSyntaxError, match=r"^line 1: .* write \[global\] above it"):
        with_value(CEPH_CONF, text, section, "other", "w")


@pytest.mark.parametrize("value", ["a\nb", " a", "a\t", "a # b", "a;b", "a\\b", '"a"', "'a", "\udcff", "é"])
def test_a_value_that_would_be_read_back_differently_is_refused(value: str) -> None:
    with pytest.raises(ValueError, match=r"^the value [^\n]+$"):
        with_value(CEPH_CONF, "[s]\n", "s", "k", value)


@pytest.mark.parametrize("section", ["", " s", "a]", "a#"])
def test_an_impossible_section_name_is_refused(section: str) -> None:
    with pytest.raises(ValueError, match=r"^section [^\n]+$"):
        with_value(CEPH_CONF, "", section, "k", "v")


@pytest.mark.parametrize("option", ["", "k ", "a=b", "#k", "[k"])
def test_an_impossible_option_name_is_refused(option: str) -> None:
    with pytest.raises(ValueError, match=r"^option [^\n]+$"):
        with_value(CEPH_CONF, "", "s", option, "v")


EDITS = [
    ("", "[s]\nk = v\n"),
    ("[global]\n\tfsid = x\n", "[global]\n\tfsid = x\n\n[s]\nk = v\n"),
    ("[s]\n\tk = 1 # c\n\tl = 2\n", "[s]\nk = v\n\tl = 2\n"),
    ("[s]\nk = 1 \\\n 2\nl = 2\n", "[s]\nk = v\nl = 2\n"),
    ("[s]\nl = 1 \\\n 2\n# c\n", "[s]\nl = 1 \\\n 2\nk = v\n# c\n"),
    ("[S]\nk = 1\n", "[S]\nk = 1\n\n[s]\nk = v\n"),
]


@pytest.mark.parametrize(("text", "edited"), EDITS)
def test_an_edit_touches_the_lines_of_one_option(text: str, edited: str) -> None:
    assert with_value(CEPH_CONF, text, "s", "k", "v") == edited


def test_a_name_in_the_other_spelling_is_the_same_option() -> None:
    assert with_value(CEPH_CONF, "[s]\nrbd cache = 1\n", "s", "rbd_cache", "2") == "[s]\nrbd_cache = 2\n"


pieces = st.sampled_from(
    [
        "[s]",
        "[client.x] # c",
        "k = 1",
        "\trbd cache = true",
        "rbd_cache = 'x' ; c",
        "l = a \\",
        "  b",
        "",
        "   ",
        "# c",
        " ;c",
    ]
)


@st.composite
def valid_text(draw: st.DrawFn) -> str:
    text = "".join(f"{line}\n" for line in draw(st.lists(pieces, max_size=12)))
    text += draw(st.sampled_from(["", "# end", " ;end"]))
    try:
        sections = parsed(CEPH_CONF, text).sections
    except CephConfSyntaxError:
        assume(False)
    assume(all(section.line != BEFORE for section in sections))  # such a file is only read
    return text


desires = st.builds(
    WantedOptions,
    st.dictionaries(
        st.sampled_from(["s", "client.x", "client.new"]),
        st.dictionaries(st.sampled_from(["k", "l", "rbd_cache", "new"]), st.sampled_from(["", "v", "1", "a b"])),
    ),
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(st.one_of(st.none(), valid_text()), st.lists(desires, min_size=1, max_size=3), st.randoms())
def test_owners_leave_the_file_byte_for_byte(
    before: str | None, wanted: list[WantedOptions], order: random.Random
) -> None:
    text, journal = before, {f"owner{n}": record.empty() for n in range(len(wanted))}
    names = list(journal)
    order.shuffle(names)
    for owner, desired in [*zip(journal, wanted, strict=True), *((name, WantedOptions()) for name in names)]:
        others = {name: mine for name, mine in journal.items() if name != owner}
        done = layers.apply(CEPH_CONF, text, journal[owner], others, desired, PATH)
        text, journal[owner] = done.text, done.record
        assert done.warnings == []
        for section, options in desired.options.items():
            for option, value in options.items():
                assert value_in(CEPH_CONF, text or "", section, option) == value
    assert text == before
    assert all(record.is_empty(mine) for mine in journal.values())


@needs_judge
@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
@given(text=valid_text(), value=st.sampled_from(["v", "a b", "[v2:1.2.3.4:3300/0]", "a'b"]))
def test_ceph_reads_the_value_back(tmp_path: Path, text: str, value: str) -> None:
    edited = with_value(CEPH_CONF, text, "client.x", "rbd_cache", value)
    assert judged(edited, tmp_path, "client.x", "rbd cache") == value
    assert (judged(edited, tmp_path, "s", "k") or None) == (value_in(CEPH_CONF, text, "s", "k") or None)


def test_a_list_item_is_refused() -> None:
    with pytest.raises(ValueError, match="no list options"):
        layers.apply(CEPH_CONF, "", None, {}, WantedOptions(items=[WantedItem("s", "k", "x")]), PATH)
