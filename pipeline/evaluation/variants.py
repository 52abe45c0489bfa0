"""Make the variants of ``data/behaviour_*.toml``: sentences with blanks, filled in every way.

A *variant* is a short text about one act, with what must be coded of it: its type and each side,
time, place and toll that its sentence has a blank for; or, when it did not happen, nothing. Nothing
is drawn by chance: which parties fill which blanks follows from the order of the file.
"""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final, Literal

from transforms.records import Article, content_id

Half = Literal["tuning", "held_out"]
DATA: Final = Path(__file__).parent / "data"
TOLD: Final = ("vso", "svo", "passive", "masdar")
UNTOLD: Final = ("negated", "future", "hypothetical")
OTHERS: Final = 3  # other parties that the first sentence of an act is told of
_AGREES: Final = re.compile(r"\[([^\]/]*)/([^\]/]*)(?:/([^\]/]*))?:([AB])\]")
_BLANK: Final = re.compile(r"\{([A-Z])(?:\.(\w+))?\}")
_TO_THE: Final = re.compile(r"(?<!\w)(و?)لال")  # ل and the article: للحكومة


@dataclass(frozen=True, slots=True)
class Side:
    """A party of an act: its phrase in the text, and its country."""

    text: str
    country: str


@dataclass(frozen=True, slots=True)
class Variant:
    """A text, and what must be coded of it.

    Attributes:
        id: act, kind and number.
        kind: what was done to the act: one of ``TOLD``, ``UNTOLD``, or ``swapped``, ``names``,
            ``numbers``, ``noise``.
        text: the sentences.
        begins: where the act is told; what stands before is noise.
        published: when.
        types: the right type and those that could be defended as well; of an act that did not
            happen the right one alone (a release to come is a concession).
        told: whether it happened.
        both: whether the parties act together.
        actor: who acts; None when the text does not say.
        recipient: who is acted on; None likewise.
        place: the country of the town; "" likewise.
        date: the day; None likewise.
        dead: how many; None likewise.
    """

    id: str
    kind: str
    text: str
    begins: int
    published: dt.datetime
    types: tuple[str, ...]
    told: bool
    both: bool
    actor: Side | None = None
    recipient: Side | None = None
    place: str = ""
    date: dt.date | None = None
    dead: int | None = None

    def article(self) -> Article:
        """The text as an article without a title."""
        key = content_id("behaviour", self.id)
        return Article(
            key, key, self.text, key, key, published_at=self.published,
            published_on=self.published.date(), event_time=self.published,
        )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Filling:
    """What the blanks of a sentence are filled with."""

    parties: Mapping[str, Mapping[str, str]]
    time: Mapping[str, Any]
    toll: Mapping[str, Any]


def path_of(half: Half) -> Path:
    """Where a half of the sentences lies."""
    return DATA / f"behaviour_{half}.toml"


def read_variants(half: Half) -> list[Variant]:
    """Make the variants of a half.

    Args:
        half: ``tuning``, which was looked at while the coder was mended, or ``held_out``.
    """
    table = tomllib.loads(path_of(half).read_text("utf-8"))
    found = [
        variant
        for number, act in enumerate(table["act"])
        for variant in _variants(table, act, number)
    ]
    return [replace(v, id=f"{half}:{v.id}") for v in found]


def _variants(table: Mapping[str, Any], act: Mapping[str, Any], number: int) -> Iterator[Variant]:
    for kind in (*TOLD, *UNTOLD):
        for each, sentence in enumerate(act.get(kind, ())):
            yield _fill(table, act, kind, sentence, _filling(table, act, number + each))
    first = act["vso"][0]
    for other in range(1, OTHERS + 1):
        yield _fill(table, act, "names", first, _filling(table, act, number + other))
    filling = _filling(table, act, number)
    if act.get("swap"):
        a, b = filling.parties["A"], filling.parties["B"]
        yield _fill(table, act, "swapped", first, replace(filling, parties={"A": b, "B": a}))
    if "{N}" in first:
        for toll in table["tolls"]:
            yield _fill(table, act, "numbers", first, replace(filling, toll=toll))
    for each, noise in enumerate(table["noise"]):
        yield _fill(table, act, "noise", first, _filling(table, act, number + each), f"{noise} ")


def _filling(table: Mapping[str, Any], act: Mapping[str, Any], turn: int) -> _Filling:
    """The parties, time and toll whose turn it is."""
    known: Mapping[str, Sequence[Mapping[str, str]]] = table["parties"]
    parties = {"A": _pick(known[act["A"]], turn, "")}
    if "B" in act:
        parties["B"] = _pick(known[act["B"]], turn + 1, parties["A"]["country"])
    times, tolls = table["times"], table["tolls"]
    return _Filling(parties, times[turn % len(times)], tolls[turn % len(tolls)])


def _pick(parties: Sequence[Mapping[str, str]], turn: int, other: str) -> Mapping[str, str]:
    """The party whose turn it is, of another country than the other one."""
    in_turn = (parties[(turn + step) % len(parties)] for step in range(len(parties)))
    return next(party for party in in_turn if party["country"] != other)


def _fill(
    table: Mapping[str, Any],
    act: Mapping[str, Any],
    kind: str,
    sentence: str,
    filling: _Filling,
    noise: str = "",
) -> Variant:
    blanks = {match.groups() for match in _BLANK.finditer(sentence)}
    names = {name: form or "nom" for name, form in blanks if form != "city"}
    told, parties = kind not in UNTOLD, filling.parties
    text = _AGREES.sub(lambda m: _agreeing(m, parties), sentence)
    text = _TO_THE.sub(r"\1لل", _BLANK.sub(lambda m: _filled(m, filling), text))
    asked = names if told else {}

    def side(name: str) -> Side | None:
        if name not in asked:
            return None
        party = parties[name]
        return Side(party.get(asked[name], party["nom"]), party["country"])

    return Variant(
        content_id(act["id"], kind, noise + text)[:8] + f" {act['id']} {kind}",
        kind,
        noise + text,
        len(noise),
        table["published"],
        (act["type"], *(act.get("alt", ()) if told else ())),
        told=told,
        both=act.get("both", False),
        actor=side("A"),
        recipient=side("B"),
        place=parties["A"]["country"] if told and ("A", "city") in blanks else "",
        date=filling.time["date"] if "T" in asked else None,
        dead=filling.toll["count"] if "N" in asked else None,
    )


def _agreeing(match: re.Match[str], parties: Mapping[str, Mapping[str, str]]) -> str:
    """The form that agrees with a party."""
    masculine, feminine, plural, name = match.groups()
    party = parties[name]
    if plural and party.get("number") == "p":
        return str(plural)
    return str(feminine if party["gender"] == "f" else masculine)


def _filled(match: re.Match[str], filling: _Filling) -> str:
    """What a blank is filled with."""
    name, form = match.groups()
    if name == "T":
        return str(filling.time["text"])
    if name == "N":
        return str(filling.toll["text"])
    party = filling.parties[name]
    return party.get(form or "nom", party["nom"])
