"""The rules as data: ``rules/*.toml`` read into matchable triggers.

A trigger is written as a few elements: ``v:هاجم`` (a verb of the word lists; ``p:`` only its
past), ``n:هجوم|غارة`` (one of these nouns), ``a:اتهم`` (the active participle of a verb), ``va:``
verb or participle, ``=موعدا`` (exactly this word, folded), ``@`` before an element whose phrase is
the subject, ``..`` (up to six words may stand here). The first element is the anchor by which a
token finds its rules.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from transforms.enrich.own import follows, own_tables
from transforms.enrich.words.analyse import Reading, analyse, lemmas
from transforms.enrich.words.memo import remembers
from transforms.text.arabic import normalise_text

RULES: Final = Path(__file__).parent
GAP: Final = 6  # words that ".." may skip
OWN_CONFIDENCE: Final = 0.75  # of what a user's own rule finds, unless the rule says otherwise
ROLES: Final = frozenset({"actor", "recipient", "place", "actors", "none"})


class RuleError(ValueError):
    """A rule file says something that cannot be meant; the message says what to do."""


class UnknownWordError(RuleError):
    """A trigger asks for the forms of words that are in no list."""

    def __init__(self, where: str, words: list[str]) -> None:
        """Say what to do in the source; ``words`` tells which they are."""
        self.words = words
        super().__init__(
            f"{where}: {', '.join(words)} is not in words/verbs.tsv or words/nouns.tsv; "
            "add it there and run python -m transforms.enrich.build.forms"
        )


@dataclass(frozen=True, slots=True)
class Element:
    """One word of a trigger. ``kinds`` is empty for an exact word."""

    kinds: frozenset[str]
    words: frozenset[str]
    gap: bool = False  # up to GAP words may stand before it
    subject: bool = False  # its phrase is the subject (written @)

    def reading(self, token: str) -> Reading | None:
        """The reading of a token that this element accepts, or None (see ``accepts``)."""
        for reading in analyse(token):
            if reading.lemma in self.words and self.takes(reading):
                return reading
        return None

    def takes(self, reading: Reading) -> bool:
        """Whether a reading is of an accepted part of speech; ``p:`` is a verb in the past."""
        return reading.pos in self.kinds or (
            "P" in self.kinds and reading.pos == "V" and reading.tense == "past"
        )

    def accepts(self, token: str) -> bool:
        """Whether a token of normalised text fits."""
        if not self.kinds:
            plain = token[1:] if token[0] in "وف" else token
            bare = plain[:-1] if plain[-1:] == "ا" else plain  # the accusative: لفظيا
            return not self.words.isdisjoint((token, plain, bare, token[:-1]))
        return self.reading(token) is not None


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a rule file; ``docs/add-an-event-rule.md`` explains every field.

    ``own`` marks a user's own rule, which decides by itself, with its ``confidence``.
    """

    id: str
    event_type: str
    triggers: tuple[tuple[Element, ...], ...]
    modes: tuple[str, ...] = ()
    contexts: tuple[str, ...] = ()
    cameo: str | None = None
    strength: float = 0.0
    subject: str = "actor"
    object: str = "recipient"
    genitive: str = "none"
    tail: str = "none"
    slots: Mapping[str, str] = field(default_factory=dict)
    reciprocal: bool = False
    passive: bool = False
    transitive: bool = False
    speaks: bool = False
    need: tuple[str, ...] = ()
    need_preposition: tuple[str, ...] = ()
    need_cue: str | None = None
    block: tuple[tuple[Element, ...], ...] = ()
    block_cues: tuple[str, ...] = ()
    future_type: str | None = None
    family: str = ""
    yes: tuple[str, ...] = ()
    no: tuple[str, ...] = ()
    confidence: float = OWN_CONFIDENCE
    own: bool = False


FIELDS: Final = frozenset(Rule.__dataclass_fields__) - {"event_type", "own"}  # of a rule in a file


def _element(text: str, *, gap: bool, where: str) -> Element:
    """Read one element of a trigger."""
    if text.startswith("@"):
        inner = _element(text[1:], gap=gap, where=where)
        return Element(inner.kinds, inner.words, gap, subject=True)
    if text.startswith("="):
        return Element(frozenset(), frozenset(normalise_text(w) for w in text[1:].split("|")), gap)
    kinds, colon, words = text.partition(":")
    if not colon or not set(kinds) <= set("vnap"):
        raise RuleError(f"{where}: write {text!r} as v:, p:, n:, a:, va: or =word")
    names = frozenset(words.split("|"))
    unknown = sorted(names - lemmas())
    if unknown:
        raise UnknownWordError(where, unknown)
    return Element(frozenset(kinds.upper()), names, gap)


def read_trigger(text: str, where: str) -> tuple[Element, ...]:
    """Read one trigger of the rule that ``where`` names.

    Raises:
        RuleError: it cannot be meant as written.
    """
    elements: list[Element] = []
    gap = False
    for part in text.split():
        if part == "..":
            gap = True
            continue
        elements.append(_element(part, gap=gap, where=where))
        gap = False
    if not elements:
        raise RuleError(f"{where}: an empty trigger")
    return tuple(elements)


def _rule(entry: dict[str, Any], defaults: Mapping[str, Any], event_type: str) -> Rule:
    """Read one rule."""
    merged: dict[str, Any] = {**defaults, **entry}
    where = f"rule {merged.get('id', '?')}"
    slots = {normalise_text(key): role for key, role in merged.pop("slots", {}).items()}
    for role in (*slots.values(), merged.get("subject", "actor"), merged.get("genitive", "none")):
        if role not in ROLES:
            raise RuleError(f"{where}: unknown role {role!r}, one of {sorted(ROLES)}")
    lists: dict[str, Any] = {
        name: tuple(merged.pop(name, ()))
        for name in ("modes", "contexts", "need", "block_cues", "yes", "no")
    }
    triggers = tuple(read_trigger(text, where) for text in merged.pop("triggers", ()))
    block = tuple(read_trigger(text, where) for text in merged.pop("block", ()))
    prepositions = tuple(normalise_text(w) for w in merged.pop("need_preposition", ()))
    unknown = sorted(set(merged) - FIELDS)
    if unknown:
        raise RuleError(f"{where}: unknown field {', '.join(unknown)}")
    return Rule(
        event_type=event_type,
        triggers=triggers,
        slots=slots,
        block=block,
        need_preposition=prepositions,
        **lists,
        **merged,
    )


def read_own_rules(text: str) -> list[Rule]:
    """Read a user's own rule file, which was checked (``rules.check``)."""
    data = tomllib.loads(text)
    rules = (_rule(entry, data.get("defaults", {}), data["type"]) for entry in data["rule"])
    return [replace(rule, own=True) for rule in rules]


def read_rules(path: Path) -> list[Rule]:
    """Read one rule file.

    Args:
        path: a TOML file with ``type``, optional ``[defaults]`` and ``[[rule]]`` entries.

    Returns:
        Its rules, in the file's order.

    Raises:
        RuleError: the file cannot be meant as written; the message says what to change.
    """
    data = tomllib.loads(path.read_text(encoding="utf-8"))
    defaults = data.get("defaults", {})
    return [_rule(entry, defaults, data["type"]) for entry in data.get("rule", [])]


@cache
def shipped_rules() -> tuple[Rule, ...]:
    """Every packaged rule, by file name, in the file's order."""
    return tuple(rule for path in sorted(RULES.glob("*.toml")) for rule in read_rules(path))


@follows
@cache
def own_rules() -> tuple[Rule, ...]:
    """The own rules that this process codes with."""
    return tuple(rule for _, text in own_tables().rules for rule in read_own_rules(text))


def all_rules() -> tuple[Rule, ...]:
    """The packaged rules, but for those that an own rule of their id replaces."""
    replaced = {rule.id for rule in own_rules()}
    return tuple(rule for rule in shipped_rules() if rule.id not in replaced)


@cache
def act_rule(event_type: str) -> Rule:
    """What fills the slots of an act of a type that no rule triggers: the file's ``[act]``."""
    data = tomllib.loads((RULES / f"{event_type.lower()}.toml").read_text(encoding="utf-8"))
    name = f"{event_type.lower()}.act"
    return _rule({"id": name, **data.get("act", {})}, data.get("defaults", {}), event_type)


Anchor = tuple[Rule, tuple[Element, ...]]


def _by_anchor(rules: Iterable[Rule]) -> Mapping[str, tuple[Anchor, ...]]:
    """Rules by the lemma of their first element (exact words under ``=word``)."""
    table: dict[str, list[Anchor]] = {}
    for rule in rules:
        for trigger in rule.triggers:
            first = trigger[0]
            for word in first.words:
                table.setdefault(word if first.kinds else f"={word}", []).append((rule, trigger))
    return {word: tuple(found) for word, found in table.items()}


@follows
@cache
def _anchors() -> Mapping[str, tuple[Anchor, ...]]:
    return _by_anchor(all_rules())


@follows
@cache
def own_anchors() -> Mapping[str, tuple[Anchor, ...]]:
    """The own rules by their anchor; empty when there are none."""
    return _by_anchor(own_rules())


@follows
@remembers
def anchors(token: str) -> tuple[Anchor, ...]:
    """The packaged rules that a token can start, each with the trigger it starts.

    Args:
        token: one word of normalised text.

    Returns:
        Rules and triggers in rule order; empty for most words.
    """
    return _starting(token, _anchors())


@follows
@remembers
def own_rules_of(token: str) -> tuple[Anchor, ...]:
    """The own rules that a token can start, as ``anchors`` tells the packaged ones."""
    return _starting(token, own_anchors())


def _starting(token: str, table: Mapping[str, tuple[Anchor, ...]]) -> tuple[Anchor, ...]:
    found: dict[int, Anchor] = {}
    words = {f"={token}", *(reading.lemma for reading in analyse(token))}
    if token[0] in "وف":
        words.add(f"={token[1:]}")
    for word in words:
        for anchor in table.get(word, ()):
            if anchor[1][0].accepts(token):
                found[id(anchor[1])] = anchor
    return tuple(sorted(found.values(), key=_rule_order))


def _rule_order(anchor: Anchor) -> tuple[str, str, int]:
    """By type, rule and place in the rule: the order may not hang on that of a set."""
    rule, trigger = anchor
    return rule.event_type, rule.id, next(n for n, t in enumerate(rule.triggers) if t is trigger)
