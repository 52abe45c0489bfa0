"""Slots that prepositions open: who is struck (على), who is met (مع), by whom (على يد)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from transforms.enrich.roles.subjects import TokenRange
from transforms.enrich.rules.match import TriggerMatch
from transforms.enrich.sentence.view import Sentence
from transforms.enrich.words import lists
from transforms.enrich.words.analyse import analyse

_AGENT_OPENERS: Final = frozenset(
    tuple(pair.split("_")) for pair in lists.words("roles", "agent_openers")
)
_AGENT_WORDS: Final = lists.words("roles", "agent_words")
MAX_REACH: Final = 14  # tokens after a trigger in which a prepositional slot may open


@dataclass(slots=True)
class Arguments:
    """The noun phrases that fill a trigger's slots.

    Attributes:
        actors: phrases of who acts (both sides of a reciprocal event).
        recipients: phrases of who is acted upon.
        passive: whether the trigger was read as passive.
        inherited: whether the actor stands in another clause.
        slots: the prepositions found, also those without a role.
    """

    actors: list[TokenRange] = field(default_factory=list)
    recipients: list[TokenRange] = field(default_factory=list)
    passive: bool = False
    inherited: bool = False
    slots: set[str] = field(default_factory=set)

    def add(self, role: str, phrase: TokenRange | None) -> None:
        """Put a phrase into the slot of its role, once."""
        if phrase is None:
            return
        target = self.recipients if role == "recipient" else self.actors
        if role in {"actor", "actors", "recipient"} and phrase not in target:
            target.append(phrase)


def prepositional(sentence: Sentence, match: TriggerMatch, arguments: Arguments) -> None:
    """Slots opened by على, ضد, إلى, مع, ب, ل ... after the trigger."""
    slots = match.rule.slots
    stop = min(sentence.clause_stop(match.last), match.last + MAX_REACH)
    index = match.head + 1
    while index < stop:
        word = sentence.words[index]
        if sentence.is_verb(index) and index > match.last:
            break
        if opens_agent(sentence, index):
            index += 2  # على يد is no على
            continue
        pair = f"{word} {sentence.words[index + 1]}" if index + 1 < sentence.stop else ""
        key = pair if pair in slots else word
        if sentence.kind(index) == "P" or key in slots:
            arguments.slots.update({key, word[0]} if len(word) > 3 else {key})
            if key in slots:
                arguments.add(slots[key], sentence.noun_phrase(index + len(key.split())))
        else:
            _attached(sentence, index, slots, arguments)
        index += 1


def opens_agent(sentence: Sentence, index: int) -> bool:
    """Whether two words begin here that name the agent of a passive: على يد، من قبل."""
    following = sentence.words[index + 1] if index + 1 < sentence.stop else ""
    return (sentence.words[index], following) in _AGENT_OPENERS


def _attached(
    sentence: Sentence, index: int, slots: Mapping[str, str], arguments: Arguments
) -> None:
    """A slot whose preposition (ب, ل) is written together with its noun."""
    word = sentence.words[index]
    for letter in "بل":
        if not word.startswith(letter) or len(word) < 4:
            continue
        readings = analyse(word)
        if readings and not any(r.preposition == letter for r in readings):
            continue
        arguments.slots.add(letter)
        if letter in slots:
            arguments.add(slots[letter], sentence.noun_phrase(index))


def agents(sentence: Sentence, match: TriggerMatch, arguments: Arguments) -> None:
    """The agent of a passive or a masdar: على يد، من قبل، برصاص، في غارة إسرائيلية."""
    if match.rule.object == "none":
        return
    stop = min(sentence.clause_stop(match.last), match.last + MAX_REACH)
    for index in range(match.last + 1, stop):
        opener = opens_agent(sentence, index)
        if opener or sentence.words[index] in _AGENT_WORDS:
            if opener and sentence.kind(index + 2) == "T":  # من قبل يومين
                continue
            phrase = sentence.noun_phrase(index + (2 if opener else 1))
            if phrase is not None:
                arguments.actors = [phrase]
            return


def reciprocal(sentence: Sentence, match: TriggerMatch, arguments: Arguments) -> None:
    """``بين A و B``: both sides are actors."""
    stop = min(sentence.clause_stop(match.last), match.last + MAX_REACH)
    for index in range(match.head + 1, stop):
        if sentence.words[index] in {"بين", "وبين"}:
            arguments.add("actor", sentence.noun_phrase(index + 1))
            break
