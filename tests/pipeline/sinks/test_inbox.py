"""What is listed, delivered and discarded while others do the same."""

from __future__ import annotations

from typing import Any

import pytest

from pipeline.sinks.base import SinkError
from pipeline.sinks.files import Files
from pipeline.sinks.inbox import Bundle, Inbox


@pytest.fixture
def inbox(tmp_path: Any) -> Inbox:
    return Inbox(str(tmp_path / "out"))


def put(inbox: Inbox, rows: Any, *numbers: int) -> Bundle:
    """Deliver a bundle of a stream, a file for each article."""
    staged = [inbox.stage("stream", "articles", [rows.article(each)]) for each in numbers]
    return inbox.deliver(rows.provenance("stream"), staged, bounded=False)


def after(monkeypatch: pytest.MonkeyPatch, owner: type, name: str, what: Any) -> None:
    """Let something happen once, as soon as a method was called the first time."""
    method, left = getattr(owner, name), [what]

    def call(self: Any, *given: Any) -> Any:
        result = method(self, *given)
        while left:
            left.pop()()
        return result

    monkeypatch.setattr(owner, name, call)


@pytest.mark.parametrize("moment", [(Files, "listing"), (Inbox, "_read")])
def test_what_is_settled_while_it_is_listed_is_passed_over(
    inbox: Inbox, rows: Any, monkeypatch: pytest.MonkeyPatch, moment: tuple[type, str]
) -> None:
    """Its manifest is gone when it is read, or its file when that is."""
    first, second = sorted((put(inbox, rows, 1), put(inbox, rows, 2)), key=lambda e: e.bundle_id)
    after(monkeypatch, *moment, lambda: inbox.discard([first]))
    assert inbox.waiting() == ([second], [])


def test_a_file_that_is_lost_while_its_manifest_stands_is_told(
    inbox: Inbox, rows: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    bundle = put(inbox, rows, 1)
    path = bundle.files[0].path
    after(monkeypatch, Files, "listing", lambda: inbox.files.remove(path))
    bundles, (broken,) = inbox.waiting()
    assert not bundles
    assert f"it names {path}, which is not there" in broken.problem


def test_a_file_that_another_bundle_names_outlives_the_one_that_is_settled(
    inbox: Inbox, rows: Any
) -> None:
    """Work that is done again may bring a file of before beside a new one."""
    first, again = put(inbox, rows, 1, 2), put(inbox, rows, 2, 3)
    inbox.discard([first])
    assert inbox.waiting() == ([again], [])
    assert len(inbox.files.listing("_inbox")) == 3, "two files and who names them"
    inbox.discard([again])
    assert inbox.files.listing("_inbox") == []


def test_a_bundle_whose_file_is_settled_under_its_hands_is_not_delivered(
    inbox: Inbox, rows: Any
) -> None:
    first = put(inbox, rows, 1)
    staged = [inbox.stage("stream", "articles", [rows.article(each)]) for each in (1, 2)]
    inbox.discard([first])
    with pytest.raises(SinkError, match="is gone: its bundle is to be written again"):
        inbox.deliver(rows.provenance("stream"), staged, bounded=False)
    assert inbox.waiting() == ([], [])
    done_again = put(inbox, rows, 1, 2)
    assert inbox.waiting() == ([done_again], [])
