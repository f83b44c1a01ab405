"""The comment of a preview, against a stand-in of GitHub and of GitLab: written once, then edited in place."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from providers.errors import Refused
from tests.unit.tools.forge_stand_in import BOT, MOST_ROWS, SOMEBODY, TOKEN, ForgeStandIn, serving
from tools.ci.comment import say_once
from tools.ci.forges import forge_of
from tools.ci.rest import Rest, RestError, RestUnavailable

MARKER = "<!-- ceph-openstack report: ceph-openstack/prod -->"
EDITED = {"github": "PATCH /repos/acme/cloud/issues/comments/{}", "gitlab": "PUT /projects/5/merge_requests/7/notes/{}"}
NEW = {"github": "POST /repos/acme/cloud/issues/7/comments", "gitlab": "POST /projects/5/merge_requests/7/notes"}


@pytest.fixture
def there() -> Iterator[ForgeStandIn]:
    with serving() as forge:
        yield forge


@pytest.fixture(params=["github", "gitlab"])
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def say(there: ForgeStandIn, kind: str, text: str, **variables: str) -> str:
    """Comment as a job does, whose variables say where."""
    forge = forge_of(getattr(there, kind)(**variables))
    assert forge is not None
    assert forge.request_here() == 7
    return say_once(forge, 7, MARKER, f"{MARKER}\n{text}\n", pauses=(0, 0))


def test_two_runs_make_one_comment_that_is_edited_once(there: ForgeStandIn, kind: str) -> None:
    there.says(SOMEBODY, "looks good")
    assert say(there, kind, "first") == "written"
    assert say(there, kind, "second") == "edited"
    assert there.writes() == [NEW[kind], EDITED[kind].format(2)]
    assert [comment["body"] for comment in there.comments] == ["looks good", f"{MARKER}\nsecond\n"]


def test_a_comment_on_a_later_page_is_found(there: ForgeStandIn, kind: str) -> None:
    for number in range(2 * MOST_ROWS):
        there.says(SOMEBODY, f"remark {number}")
    say(there, kind, "first")
    assert say(there, kind, "second") == "edited"
    assert len(there.comments) == 2 * MOST_ROWS + 1


def test_another_persons_comment_with_the_same_marker_is_left_alone(there: ForgeStandIn, kind: str) -> None:
    there.says(SOMEBODY, f"{MARKER}\nnothing to see here")
    assert say(there, kind, "first") == "written"
    assert say(there, kind, "second") == "edited"
    assert there.comments[0]["body"] == f"{MARKER}\nnothing to see here"
    assert there.comments[1]["body"] == f"{MARKER}\nsecond\n"


def test_an_own_comment_that_only_quotes_the_marker_is_left_alone(there: ForgeStandIn, kind: str) -> None:
    assert there.me
    there.says(there.me, f"see {MARKER}")
    assert say(there, kind, "first") == "written"


def test_stacks_have_comments_of_their_own(there: ForgeStandIn, kind: str) -> None:
    assert there.me
    there.says(there.me, MARKER.replace("prod", "prod2") + "\nother")
    assert say(there, kind, "first") == "written"
    assert say(there, kind, "second") == "edited"
    assert there.comments[0]["body"].endswith("other")


def test_the_token_of_a_github_job_may_not_ask_whose_it_is(there: ForgeStandIn) -> None:
    there.me = None
    there.says(SOMEBODY, f"{MARKER}\nhers")
    assert say(there, "github", "first") == "written"
    assert there.comments[1]["user"] == BOT
    assert say(there, "github", "second") == "edited"


def test_another_app_says_its_name_itself(there: ForgeStandIn) -> None:
    there.me = None
    there.says(SOMEBODY, f"{MARKER}\nhers")
    assert say(there, "github", "first", COMMENT_AUTHOR="mallory") == "edited"


@pytest.mark.parametrize("failure", [500, 503, 429])
def test_a_forge_that_is_not_available_is_asked_again(there: ForgeStandIn, kind: str, failure: int) -> None:
    there.failures = {"GET": [failure], "POST": [failure]}
    assert say(there, kind, "first") == "written"
    assert len(there.comments) == 1


def test_a_comment_whose_answer_was_lost_is_not_written_twice(there: ForgeStandIn, kind: str) -> None:
    there.failures = {"POST": ["lost"]}
    assert say(there, kind, "first") == "edited"
    assert len(there.comments) == 1


def test_after_three_attempts_the_run_fails_with_the_status(there: ForgeStandIn, kind: str) -> None:
    there.failures = {"POST": [503] * 9}
    with pytest.raises(RestUnavailable, match="status 503; run the job again"):
        say(there, kind, "first")
    assert there.writes() == [NEW[kind]] * 3


@pytest.mark.parametrize(("status", "why"), [(401, "not accepted"), (403, "may not do this"), (404, "no such thing")])
def test_a_refusal_is_one_line_without_the_token_and_no_second_attempt(
    there: ForgeStandIn, kind: str, status: int, why: str
) -> None:
    there.failures = {"POST": [status]}
    with pytest.raises(RestError, match=why) as caught:
        say(there, kind, "first")
    assert TOKEN not in str(caught.value)
    assert len(there.writes()) == 1


def test_a_wrong_token_is_refused_and_in_no_message(there: ForgeStandIn, kind: str) -> None:
    """The stand-in's answer repeats the token, as some proxies do."""
    with pytest.raises(RestError, match="status 401: the token is not accepted") as caught:
        say(there, kind, "first", GITHUB_TOKEN="wr0ng", GITLAB_TOKEN="wr0ng")
    assert "wr0ng" not in str(caught.value)
    assert there.comments == []


def test_a_missing_token_says_what_to_set(there: ForgeStandIn, kind: str) -> None:
    with pytest.raises(Refused, match="TOKEN is not set"):
        forge_of(getattr(there, kind)(GITHUB_TOKEN="", GITLAB_TOKEN=""))


def test_no_redirect_gets_the_token(there: ForgeStandIn, kind: str) -> None:
    there.failures = {"GET": [302]}
    with pytest.raises(RestError, match="status 302"):
        say(there, kind, "first")
    assert len(there.asked) == 1


def test_nobody_listens_is_one_line() -> None:
    with pytest.raises(RestUnavailable, match="no answer"):
        Rest("http://127.0.0.1:9", {}).ask("GET", "/user")


def test_a_branch_has_no_request_and_a_laptop_no_forge(there: ForgeStandIn) -> None:
    github = forge_of(there.github(GITHUB_REF="refs/heads/main"))
    gitlab = forge_of(there.gitlab(CI_MERGE_REQUEST_IID=""))
    assert github is not None
    assert gitlab is not None
    assert github.request_here() is gitlab.request_here() is None
    assert forge_of({}) is None
