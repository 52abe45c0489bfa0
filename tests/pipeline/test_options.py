"""The command line of a run: what is accepted, what is refused, and in which words."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from pipeline.errors import UsageError
from pipeline.options import parse_run
from pipeline.runners import beam_flags

NOW = datetime(2026, 1, 2, 3, 4, tzinfo=UTC)


def test_defaults():
    config = parse_run(["a", "b", "--output", "out"], NOW, beam_flags)
    assert config.inputs == ("a", "b")
    assert config.as_of == NOW
    assert config.runner == "DirectRunner"
    assert config.beam_args == ()
    assert not config.offline


def test_dates_and_clock():
    config = parse_run(
        [
            "a",
            "--output=o",
            "--from",
            "2024-01-01",
            "--to=2024-02-01",
            "--as_of",
            "2024-03-01T00:00:00+03:00",
        ],
        NOW,
        beam_flags,
    )
    assert (config.from_date, config.to_date) == (date(2024, 1, 1), date(2024, 2, 1))
    assert config.as_of == datetime(2024, 2, 29, 21, tzinfo=UTC)


def test_a_clock_without_zone_is_utc():
    assert (
        parse_run(["a", "--output=o", "--as-of", "2024-03-01"], NOW, beam_flags).as_of.tzinfo is UTC
    )


def test_beam_options_go_on_to_beam():
    config = parse_run(
        ["a", "--output", "o", "--direct_num_workers=2", "--temp_location", "/t"], NOW, beam_flags
    )
    assert config.inputs == ("a",)
    assert config.beam_args == ("--direct_num_workers=2", "--temp_location", "/t")


@pytest.mark.parametrize(
    ("args", "error", "words"),
    [
        ([], UsageError, "nothing to read"),
        (["a"], UsageError, "--output"),
        (["a", "--outptu", "o"], UsageError, "did you mean --output"),
        (["a", "--output", "o", "--zzzzzzzz"], UsageError, "unknown option --zzzzzzzz"),
        (["a", "--output", "o", "--tick-size", "many"], UsageError, "whole number"),
        (["a", "--output", "o", "--as-of", "noon"], UsageError, "timestamp"),
    ],
)
def test_refusals(args, error, words):
    with pytest.raises(error, match=words):
        parse_run(args, NOW, beam_flags)
