"""Read the values of options; what cannot be one is refused with how to write it."""

from __future__ import annotations

import argparse
import math
import re
from datetime import UTC, date, datetime
from typing import Final

REGION: Final = re.compile(r"[a-z]+(?:-[a-z]+)+\d{1,2}")  # of Google's cloud
A_REGION: Final = "a region such as europe-west1, and no zone"


def day(text: str) -> date:
    """A day, as in 2024-01-31."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r} is no date; write YYYY-MM-DD") from None


def moment(text: str) -> datetime:
    """A time; one without zone is UTC."""
    try:
        time = datetime.fromisoformat(text)
    except ValueError:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no timestamp; write 2024-01-31T12:00:00Z"
        ) from None
    return time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)


def count(text: str) -> int:
    """A whole number from 0."""
    if not (text.isascii() and text.isdigit()):
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number")
    return int(text)


def positive(text: str) -> int:
    """A whole number from 1."""
    number = count(text)
    if number == 0:
        raise argparse.ArgumentTypeError("0 is too few; at least 1")
    return number


def seconds(text: str) -> float:
    """A number of seconds from 0."""
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not 0 <= number < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds")
    return number


def some_seconds(text: str) -> float:
    """A number of seconds above 0."""
    number = seconds(text)
    if number == 0:
        raise argparse.ArgumentTypeError("0 seconds are too few")
    return number
