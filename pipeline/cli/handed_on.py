"""Commands with a ``PARSER``: their flags stand in ``pipeline.options`` and go on to Beam."""

from __future__ import annotations

from typing import Any, Final

# What is typed is handed on as it is.
HANDED_ON: Final[dict[str, Any]] = {
    "context_settings": {
        "ignore_unknown_options": True,
        "allow_interspersed_args": True,
        "help_option_names": [],
    },
    "add_help_option": False,
}


def beam_flags() -> frozenset[str]:
    """The flags that Beam knows; asked only when one is there that we do not know."""
    from pipeline.runners import beam_flags  # noqa: PLC0415 - Beam takes seconds

    return beam_flags()
