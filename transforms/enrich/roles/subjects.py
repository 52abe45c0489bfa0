"""Subjects: the noun phrase that a verb belongs to, on its left, on its right, or further back."""

from __future__ import annotations

from typing import Final

from transforms.enrich.rules.match import TriggerMatch
from transforms.enrich.sentence.view import Sentence
from transforms.enrich.words import lists
from transforms.enrich.words.analyse import analyse

TokenRange = tuple[int, int]  # first and last token of a noun phrase

_HELPERS: Final = lists.words("roles", "helpers")


def direct(sentence: Sentence, index: int) -> bool:
    """Whether a direct object may begin here: no stop, no clause, no verb in between."""
    index = sentence.skip_quotes(index)
    while sentence.kind(index) in "TX" and index < sentence.stop:
        index += 1
    return sentence.kind(index) in "N#" and not sentence.is_attached(index)


def left_subject(sentence: Sentence, head: int) -> TokenRange | None:
    """The noun phrase before a verb in its clause (أن المسلحين ... بدأوا)."""
    position = head - 1
    if conjoined(sentence, head):
        return None
    while position >= sentence.first and (
        sentence.kind(position) in 'TX"' or sentence.words[position] in _HELPERS
    ):
        position -= 1
    if position < sentence.first or sentence.kind(position) in ".,CRV":
        inserted = sentence.kind(position) == "," and not direct(sentence, head + 1)
        return across_insert(sentence, position) if inserted else None
    start = position
    second = None
    while start > sentence.first and sentence.kind(start - 1) not in ".,CRV":
        if sentence.words[start].startswith("وال") or (
            sentence.words[start][0] == "و" and start in sentence.parties
        ):
            second = second or start
        start -= 1
    if sentence.kind(start - 1) == "V" and sentence.words[start - 1] not in _HELPERS:
        # That phrase belongs to the verb before it: أخلت البعثة قاعدتها والجيش يدفع ...
        own = None if second is None else sentence.noun_phrase(second, head)
        return own if own is not None and own[1] == position else None
    phrase = sentence.noun_phrase(start, head)
    return None if sentence.kind(start) in "PT" else phrase


def conjoined(sentence: Sentence, head: int) -> bool:
    """Whether the verb itself carries و or ف, so that a new clause begins with it."""
    word = sentence.words[head]
    return word[0] in "وف" and all(r.conjunction for r in analyse(word) if r.pos == "V")


def across_insert(sentence: Sentence, position: int) -> TokenRange | None:
    """The subject before an inserted stretch: أن سيارة، كانت متوقفة، انفجرت."""
    steps = 0
    while position > sentence.first and steps < 25:
        position -= 1
        steps += 1
        if sentence.kind(position) == "C":
            return sentence.noun_phrase(position + 1)
    return None


def antecedent(sentence: Sentence, head: int) -> TokenRange | None:
    """The phrase before a relative pronoun that governs the verb."""
    position = head - 1
    while position >= sentence.first and (
        sentence.kind(position) in 'TX"' or sentence.words[position] in _HELPERS
    ):
        position -= 1
    if sentence.kind(position) != "R":
        return None
    position -= 1
    while position > sentence.first and sentence.kind(position) in ',"':
        position -= 1
    end = position
    start = position
    while start > sentence.first and sentence.kind(start - 1) in 'N#"':
        start -= 1
    if sentence.kind(end) not in "N#":
        return None
    return sentence.noun_phrase(start, end + 1)


def right_subject(sentence: Sentence, match: TriggerMatch) -> TokenRange | None:
    """The noun phrase right after a verb, inside the gap of a light-verb phrase or behind it."""
    limit = match.parts[1] if len(match.parts) > 1 else None
    index = match.head + 1
    if limit is not None and limit > index and _is_construct(sentence, index, limit):
        return None  # وقطعت خدمة الإنترنت: the gap belongs to the object
    if limit is not None and limit == index:
        own = sentence.noun_phrase(match.last)  # the phrase's own noun with its adjectives
        index, limit = (match.last if own is None else own[1]) + 1, None
        if not direct(sentence, index):
            return None
        return sentence.noun_phrase(index)
    return sentence.noun_phrase(index, limit) if direct(sentence, index) else None


def _is_construct(sentence: Sentence, index: int, limit: int) -> bool:
    """Whether one indefinite noun before a trigger's definite noun is governed by no party."""
    word = sentence.words[index]
    return (
        limit == index + 1
        and index not in sentence.opens
        and not word.startswith("ال")
        and sentence.words[limit].startswith("ال")
        and sentence.kind(index) == "N"
    )


def topic_subject(sentence: Sentence, head: int) -> TokenRange | None:
    """The phrase that أما brings forward: أما مالي فحذرت."""
    if sentence.words[head][0] != "ف":
        return None
    for index in range(max(sentence.first, head - 12), head - 1):
        if sentence.words[index] in {"اما", "واما"}:
            return sentence.noun_phrase(index + 1, head)
    return None


def main_subject(sentence: Sentence, head: int) -> TokenRange | None:
    """The subject of the sentence's first verb, to which a participle of speech belongs."""
    for position in range(sentence.first, head):
        if not sentence.is_verb(position) or sentence.words[position] in _HELPERS:
            continue
        found = left_subject(sentence, position)
        if found is None and direct(sentence, position + 1):
            found = sentence.noun_phrase(position + 1, head)
        return found
    return None


def inherited(sentence: Sentence, head: int) -> TokenRange | None:
    """The subject of the last verb before this one in the sentence (وقتلتهم)."""
    position = head - 1
    while position >= sentence.first:
        if sentence.is_verb(position) and sentence.words[position] not in _HELPERS:
            found = left_subject(sentence, position) or antecedent(sentence, position)
            if found is None and direct(sentence, position + 1):
                found = sentence.noun_phrase(position + 1, head)
            return found
        position -= 1
    return None


def named_subject(sentence: Sentence, match: TriggerMatch) -> TokenRange | None:
    """The phrase of the trigger's own subject word: خرج آلاف المتظاهرين."""
    if match.subject is None:
        return None
    if match.subject > match.head:
        phrase = sentence.noun_phrase(match.head + 1)
        if phrase is not None and phrase[0] <= match.subject <= phrase[1]:
            return phrase
    return sentence.noun_phrase(match.subject)


def may_inherit(sentence: Sentence, head: int) -> bool:
    """Whether a verb without a subject goes on from the verb before it.

    One that follows a noun directly is a relative clause of that noun: هجوم استهدف دورية.
    """
    position = head - 1
    while position >= sentence.first and (
        sentence.kind(position) in 'TX"' or sentence.words[position] in _HELPERS
    ):
        position -= 1
    return conjoined(sentence, head) or sentence.kind(position) in ".,C"
