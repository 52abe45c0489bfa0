"""Subjects: the noun phrase that a verb belongs to, on its left, on its right, or further back."""

from __future__ import annotations

from typing import Final

from transforms.enrich.rules.match import TriggerMatch
from transforms.enrich.sentence.view import Sentence
from transforms.enrich.words.analyse import analyse

TokenRange = tuple[int, int]  # first and last token of a noun phrase

_HELPERS: Final = frozenset(
    {"قد", "لم", "لن", "لا", "ما", "كان", "كانت", "كانوا", "سوف", "تم", "يتم", "جري"}
)


def direct(view: Sentence, index: int) -> bool:
    """Whether a direct object may begin here: no stop, no clause, no verb in between."""
    index = view.skip_quotes(index)
    while view.kind(index) in "TX" and index < view.stop:
        index += 1
    return view.kind(index) in "N#" and not view.is_attached(index)


def left_subject(view: Sentence, head: int) -> TokenRange | None:
    """The noun phrase before a verb in its clause (أن المسلحين ... بدأوا)."""
    position = head - 1
    if conjoined(view, head):
        return None
    while position >= view.first and (
        view.kind(position) in 'TX"' or view.words[position] in _HELPERS
    ):
        position -= 1
    if position < view.first or view.kind(position) in ".,CRV":
        inserted = view.kind(position) == "," and not direct(view, head + 1)
        return across_insert(view, position) if inserted else None
    start = position
    second = None
    while start > view.first and view.kind(start - 1) not in ".,CRV":
        if view.words[start].startswith("وال") or (
            view.words[start][0] == "و" and start in view.parties
        ):
            second = second or start
        start -= 1
    if view.kind(start - 1) == "V" and view.words[start - 1] not in _HELPERS:
        # That phrase belongs to the verb before it: أخلت البعثة قاعدتها والجيش يدفع ...
        own = None if second is None else view.noun_phrase(second, head)
        return own if own is not None and own[1] == position else None
    phrase = view.noun_phrase(start, head)
    return None if view.kind(start) in "PT" else phrase


def conjoined(view: Sentence, head: int) -> bool:
    """Whether the verb itself carries و or ف, so that a new clause begins with it."""
    word = view.words[head]
    return word[0] in "وف" and all(r.conjunction for r in analyse(word) if r.pos == "V")


def across_insert(view: Sentence, position: int) -> TokenRange | None:
    """The subject before an inserted stretch: أن سيارة، كانت متوقفة، انفجرت."""
    steps = 0
    while position > view.first and steps < 25:
        position -= 1
        steps += 1
        if view.kind(position) == "C":
            return view.noun_phrase(position + 1)
    return None


def antecedent(view: Sentence, head: int) -> TokenRange | None:
    """The phrase before a relative pronoun that governs the verb."""
    position = head - 1
    while position >= view.first and (
        view.kind(position) in 'TX"' or view.words[position] in _HELPERS
    ):
        position -= 1
    if view.kind(position) != "R":
        return None
    position -= 1
    while position > view.first and view.kind(position) in ',"':
        position -= 1
    end = position
    start = position
    while start > view.first and view.kind(start - 1) in 'N#"':
        start -= 1
    if view.kind(end) not in "N#":
        return None
    return view.noun_phrase(start, end + 1)


def right_subject(view: Sentence, match: TriggerMatch) -> TokenRange | None:
    """The noun phrase right after a verb, inside the gap of a light-verb phrase or behind it."""
    limit = match.parts[1] if len(match.parts) > 1 else None
    index = match.head + 1
    if limit is not None and limit > index and _is_construct(view, index, limit):
        return None  # وقطعت خدمة الإنترنت: the gap belongs to the object
    if limit is not None and limit == index:
        own = view.noun_phrase(match.last)  # the phrase's own noun with its adjectives
        index, limit = (match.last if own is None else own[1]) + 1, None
        if not direct(view, index):
            return None
        return view.noun_phrase(index)
    return view.noun_phrase(index, limit) if direct(view, index) else None


def _is_construct(view: Sentence, index: int, limit: int) -> bool:
    """Whether one indefinite noun before a trigger's definite noun is governed by no party."""
    word = view.words[index]
    return (
        limit == index + 1
        and index not in view.opens
        and not word.startswith("ال")
        and view.words[limit].startswith("ال")
        and view.kind(index) == "N"
    )


def topic_subject(view: Sentence, head: int) -> TokenRange | None:
    """The phrase that أما brings forward: أما مالي فحذرت."""
    if view.words[head][0] != "ف":
        return None
    for index in range(max(view.first, head - 12), head - 1):
        if view.words[index] in {"اما", "واما"}:
            return view.noun_phrase(index + 1, head)
    return None


def main_subject(view: Sentence, head: int) -> TokenRange | None:
    """The subject of the sentence's first verb, to which a participle of speech belongs."""
    for position in range(view.first, head):
        if not view.is_verb(position) or view.words[position] in _HELPERS:
            continue
        found = left_subject(view, position)
        if found is None and direct(view, position + 1):
            found = view.noun_phrase(position + 1, head)
        return found
    return None


def inherited(view: Sentence, head: int) -> TokenRange | None:
    """The subject of the last verb before this one in the sentence (وقتلتهم)."""
    position = head - 1
    while position >= view.first:
        if view.is_verb(position) and view.words[position] not in _HELPERS:
            found = left_subject(view, position) or antecedent(view, position)
            if found is None and direct(view, position + 1):
                found = view.noun_phrase(position + 1, head)
            return found
        position -= 1
    return None


def named_subject(view: Sentence, match: TriggerMatch) -> TokenRange | None:
    """The phrase of the trigger's own subject word: خرج آلاف المتظاهرين."""
    if match.subject is None:
        return None
    if match.subject > match.head:
        phrase = view.noun_phrase(match.head + 1)
        if phrase is not None and phrase[0] <= match.subject <= phrase[1]:
            return phrase
    return view.noun_phrase(match.subject)


def may_inherit(view: Sentence, head: int) -> bool:
    """Whether a verb without a subject goes on from the verb before it.

    One that follows a noun directly is a relative clause of that noun: هجوم استهدف دورية.
    """
    position = head - 1
    while position >= view.first and (
        view.kind(position) in 'TX"' or view.words[position] in _HELPERS
    ):
        position -= 1
    return conjoined(view, head) or view.kind(position) in ".,C"
