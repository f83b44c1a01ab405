"""Caps compare as Ceph reads them: the grammar of MonCap, OSDCap and MgrCap, one fact a line.

Which of these texts Ceph reads at all was judged by the `ceph-mon` of 16.2.15. One text is refused here although
Ceph reads the text: an argument that is given twice.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.formats.caps import RIGHTS, lost_rights, may_blocklist, normal_form, same_caps

WANTED = "profile rbd pool=volumes, profile rbd-read-only pool=images"

SAME = [
    ("osd", WANTED, "profile rbd-read-only pool=images, profile rbd pool=volumes"),
    ("osd", WANTED, "profile rbd pool=volumes; profile rbd-read-only pool=images"),
    ("osd", WANTED, "profile rbd pool=volumes , profile rbd-read-only pool=images"),
    ("osd", WANTED, "profile rbd pool=volumes,profile rbd-read-only pool=images"),
    ("osd", WANTED, "profile rbd pool volumes, profile rbd-read-only pool images"),
    ("osd", WANTED, "profile=rbd pool=volumes, profile=rbd-read-only pool=images"),
    ("osd", WANTED, f"{WANTED}, profile rbd pool=volumes"),
    ("osd", WANTED, "profile rbd pool='volumes', profile 'rbd-read-only' pool=\"images\""),
    ("osd", WANTED, f"\t {WANTED} \n"),
    ("osd", WANTED, "profile\nrbd  pool \t volumes, profile rbd-read-only pool=images"),
    ("osd", "allow *", "allow all"),
    ("osd", "allow rwx pool=a", "allow pool a rwx"),
    ("osd", "allow rx", "allow r class-read class-write"),
    ("osd", "allow r class-read", "allow r class-read"),
    ("osd", "allow class-read object_prefix rbd_children", "allow object_prefix rbd_children class-read"),
    ("osd", "allow rw tag cephfs data=x", "allow rw tag cephfs data = x"),
    ("osd", "allow rw tag rgw *=*", "allow rw tag rgw all=all"),
    ("osd", "allow class rbd child_attach", "allow class 'rbd' 'child_attach'"),
    ("osd", "allow r pool=a namespace=''", 'allow r pool a namespace ""'),
    ("osd", "profile rbd pool=a network 192.0.2.0/24", "profile rbd  pool a  network  192.0.2.0/24"),
    ("mon", "profile rbd", "allow profile rbd"),
    ("mon", "profile rbd", "profile=rbd"),
    ("mon", "profile rbd", '  profile "rbd" '),
    ("mon", "profile rbd, allow r", "allow r;profile rbd"),
    ("mon", "allow command 'osd blacklist' with a=b", 'allow command="osd blacklist" with a="b"'),
    ("mon", "allow service osd r", "allow service=osd r"),
    ("mgr", "profile rbd pool=volumes", "profile rbd pool = 'volumes'"),
    ("mgr", "allow module rbd_support with pool=a rw", "allow module=rbd_support with pool = a rw"),
]


@pytest.mark.parametrize(("daemon", "one", "other"), SAME)
def test_two_texts_that_grant_the_same_are_the_same(daemon: str, one: str, other: str) -> None:
    assert same_caps({daemon: one}, {daemon: other})
    assert not isinstance(normal_form({daemon: one})[daemon], str)


OTHER = [
    ("osd", WANTED, "profile rbd pool='volumes, profile rbd-read-only pool=images'"),
    ("osd", WANTED, "profile rbd pool='volumes ', profile rbd-read-only pool=images"),
    ("osd", WANTED, "profile rbd pool='volumes\", profile rbd-read-only pool=images"),
    ("osd", WANTED, "profile rbd pool=volumes profile rbd-read-only pool=images"),
    ("osd", WANTED, "profile rbd pool= volumes, profile rbd-read-only pool=images"),
    ("osd", WANTED, "profile rbd pool =volumes, profile rbd-read-only pool=images"),
    ("osd", WANTED, f"{WANTED},"),
    ("osd", WANTED, f"{WANTED},, profile rbd pool=volumes"),
    ("osd", WANTED, WANTED.upper()),
    ("osd", WANTED, "profile rbd pool=volumes namespace=x, profile rbd-read-only pool=images"),
    ("osd", WANTED, f"{WANTED} network 192.0.2.0/24"),
    ("osd", "allow r pool=a", "allow r pool=a namespace=''"),
    ("osd", "allow r pool=a namespace=b", "allow r pool=a namespace=b*"),
    ("osd", "allow rw", "allow wr"),
    ("osd", "allow rw", "allow r w"),
    ("osd", "allow *", "allow '*'"),
    ("osd", "allow *", "allow rwx"),
    ("osd", "allow rw tag rgw *=*", "allow rw tag rgw 'all'=*"),
    # A method takes the word `pool` away, and Ceph does not go back to the word.
    ("osd", "allow pool=a class rbd", "allow class rbd pool=a"),
    ("osd", "profile rbd", "allow profile rbd"),
    ("mon", "profile rbd", "profile 'rbd '"),
    ("mon", "profile rbd", "profile rbd pool=a"),
    ("mon", "allow r", "allow read"),
    ("mon", "allow r", "allow 'r'"),
    ("mon", "allow r", "allow r, profile rbd"),
    ("mon", "allow command x with a=b", "allow command x with a prefix b"),
    ("mon", "allow command x with a=b", "allow command x with a = b"),
    ("mon", "allow command x with a=b", "allow command x with a=b a=c"),
    ("mon", "allow module a r", "allow module  a r"),
    ("mgr", "profile rbd pool=volumes", "profile rbd pool volumes"),
    ("mgr", "profile rbd pool=volumes", "profile rbd"),
    ("mds", "allow rw", "allow  rw"),
]


@pytest.mark.parametrize(("daemon", "one", "other"), OTHER)
def test_two_texts_that_do_not_grant_the_same_are_not(daemon: str, one: str, other: str) -> None:
    assert not same_caps({daemon: one}, {daemon: other})


def test_a_text_that_cannot_be_read_is_the_same_as_itself_only() -> None:
    """A later release may know more grants, and an update must settle there, too."""
    assert same_caps({"mds": "allow rw path=/a"}, {"mds": "allow rw path=/a"})
    assert same_caps({"osd": "a grammar of later"}, {"osd": "a grammar of later"})
    assert not same_caps({"osd": "a grammar of later"}, {"osd": "a grammar of  later"})


def test_a_daemon_more_is_more() -> None:
    assert not same_caps({"mon": "allow r"}, {"mon": "allow r", "osd": "allow r"})


@given(st.text(alphabet="alow rwxpof=',;\"*dgcstunk\n\t", max_size=60), st.sampled_from(["mon", "osd", "mgr", "mds"]))
def test_any_text_has_a_normal_form(text: str, daemon: str) -> None:
    assert normal_form({daemon: text}) == normal_form({daemon: text})


@given(
    st.lists(
        st.tuples(st.sampled_from(["rbd", "rbd-read-only"]), st.sampled_from(["a", "b", "c d"]), st.sampled_from("'\""))
    ).filter(bool),
)
def test_order_quotes_and_separators_do_not_matter(grants: list[tuple[str, str, str]]) -> None:
    plain = ", ".join(f"profile {profile} pool='{pool}'" for profile, pool, _ in grants)
    other = ";  ".join(f"profile={profile}  pool {quote}{pool}{quote}" for profile, pool, quote in reversed(grants))
    assert same_caps({"osd": plain}, {"osd": other})


RAW = "allow class-read object_prefix rbd_children, allow rwx pool=volumes, allow rwx pool=vms, allow rx pool=images"
NEW = "profile rbd pool=volumes, profile rbd pool=vms, profile rbd-read-only pool=images"
KEPT = [
    (RAW, NEW, "vms"),
    (NEW, RAW, "vms"),
    (RAW, NEW, "images"),
    (NEW, RAW, "images"),
    (RAW, NEW, "elsewhere"),
    ("profile rbd pool=a", "profile rbd", "a"),
    ("profile rbd pool=a", "allow *", "a"),
    ("profile rbd pool=a", "allow rwx", "a"),
    ("profile rbd-read-only pool=a", "profile rbd pool=a", "a"),
    ("profile rbd pool=a namespace=n", "profile rbd pool=a", "a"),
    ("allow rwx tag rbd x=y", "allow rwx", "a"),
    ("profile rbd pool=a", "profile rbd pool=a, profile rbd pool=b", "a"),
    ("allow class-read object_prefix rbd_children", "profile rbd pool=b", "a"),
    ("allow class rbd metadata_list pool=a", "profile rbd pool=b", "a"),
    ("", "profile rbd pool=a", "a"),
    ("no grammar", "no grammar", "a"),
    ("no grammar", "profile rbd pool=a", "a"),
]


@pytest.mark.parametrize(("had", "wanted", "pool"), KEPT)
def test_what_is_granted_as_widely_as_before_is_not_lost(had: str, wanted: str, pool: str) -> None:
    assert lost_rights(had, wanted, pool) == frozenset()


LOST = [
    (RAW, "profile rbd pool=volumes", "vms", RIGHTS),
    (NEW, "profile rbd pool=volumes", "vms", RIGHTS),
    (NEW, "profile rbd pool=volumes", "images", {"r", "class-read"}),
    ("profile rbd pool=a", "profile rbd-read-only pool=a", "a", {"w", "class-write"}),
    ("allow rwx pool=a", "allow rw pool=a", "a", {"class-read", "class-write"}),
    ("profile rbd", "profile rbd pool=b", "a", RIGHTS),
    ("allow *", "profile rbd pool=b", "a", RIGHTS),
    ("profile rbd pool=a", "profile rbd pool=a namespace=n", "a", RIGHTS),
    ("profile rbd pool=a", "profile rbd pool=a network 192.0.2.0/24", "a", RIGHTS),
    ("profile rbd pool=a", "allow rwx tag rbd x=y", "a", RIGHTS),
    ("profile rbd pool=a", "allow rwx pool=a object_prefix rbd_data", "a", RIGHTS),
    ("profile rbd pool=a", "no grammar", "a", RIGHTS),
    ("no grammar", "profile rbd-read-only pool=a", "a", {"w", "class-write"}),
    ("no grammar", "profile rbd pool=a network 192.0.2.0/24", "a", RIGHTS),
    ("profile rbd pool=a", "", "a", RIGHTS),
]


@pytest.mark.parametrize(("had", "wanted", "pool", "lost"), LOST)
def test_what_was_granted_and_is_granted_no_more_is_lost(had: str, wanted: str, pool: str, lost: set[str]) -> None:
    assert lost_rights(had, wanted, pool) == lost


@pytest.mark.parametrize(
    ("mon", "may"),
    [
        ("profile rbd", True),
        ("allow *", True),
        ('allow r, allow command "osd blacklist"', True),
        ("allow r", False),
        ("profile simple-rados-client", False),
        ("no grammar", True),
    ],
)
def test_whether_a_client_may_blocklist_is_read_from_the_caps_for_the_monitors(mon: str, may: bool) -> None:
    assert may_blocklist(mon) is may
