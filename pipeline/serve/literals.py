"""Values in the SQL that pages show: it can be copied, and means only what it says."""

from __future__ import annotations

import re
from datetime import date
from typing import Final

_STEERING: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\ud800-\udfff]")


def text(value: str) -> str:
    r"""A text as a literal of BigQuery's dialect.

    Args:
        value: any text; control characters and lone surrogates become blanks.

    Returns:
        It in quotes.

    Example:
        >>> print(text("l'Orient \\ الشرق"))
        'l\'Orient \\ الشرق'
    """
    plain = _STEERING.sub(" ", value)
    return "'" + plain.replace("\\", "\\\\").replace("'", "\\'") + "'"


def day(value: date) -> str:
    """A day as a literal.

    Args:
        value: the day.
    """
    return f"DATE '{value.isoformat()}'"
