"""Read the word lists of ``words/*.toml``: one key a list, over it a comment on what it decides."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import cache
from typing import Final

from transforms.enrich.tables import read_text
from transforms.text.arabic import normalise_text

FILES: Final = (
    "attributes",
    "attribution",
    "closed_classes",
    "counted",
    "endings",
    "insertions",
    "institutions",
    "noun_kinds",
    "realis",
    "roles",
)


@cache
def read(file: str) -> Mapping[str, str]:
    """The lists of a file: name -> its words, as they are written there.

    Args:
        file: name of a file of ``words/`` without its ending.
    """
    return tomllib.loads(read_text(f"words/{file}.toml"))


def words(file: str, name: str) -> frozenset[str]:
    """A list of words as tokens of normalised text are spelled.

    Args:
        file: name of a file of ``words/`` without its ending.
        name: the list.
    """
    return frozenset(normalise_text(read(file)[name]).split())


def ordered(file: str, name: str) -> tuple[str, ...]:
    """A list of words as ``words`` gives them, in the order of the file."""
    return tuple(normalise_text(read(file)[name]).split())


def lemmas(file: str, name: str) -> frozenset[str]:
    """A list of lemmas, spelled as in ``verbs.tsv`` and ``nouns.tsv``.

    Args:
        file: name of a file of ``words/`` without its ending.
        name: the list.
    """
    return frozenset(read(file)[name].split())
