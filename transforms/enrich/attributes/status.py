"""Is it told as a fact: negated, future, hypothetical and historical events keep a status."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, NamedTuple

from transforms.enrich.own import follows
from transforms.enrich.rules.match import TriggerMatch
from transforms.enrich.sentence.view import Sentence
from transforms.enrich.words import closed_classes, lists
from transforms.enrich.words.analyse import analyse
from transforms.enrich.words.memo import remembers
from transforms.records import Status

# Verbs whose complement has not happened: what he hopes, plans, tries, fears, calls for.
_CONDITIONS: Final = closed_classes.CONDITIONALS - closed_classes.EITHER_IF_OR_THAT
_IRREALIS: Final = lists.lemmas("realis", "irrealis_verbs")
_NEGATIVE: Final = lists.lemmas("realis", "negative_verbs")
_IRREALIS_NOUNS: Final = lists.words("realis", "irrealis_nouns")
_NEGATIVE_NOUNS: Final = lists.words("realis", "negative_nouns")
_BACKGROUND: Final = lists.words("realis", "background")
# قد: a fact before a past verb, a possibility before an imperfect.
_CERTAINTY: Final = lists.words("realis", "certainty")
_REACH: Final = 7


@dataclass(frozen=True, slots=True)
class Realis:
    """What the words around a trigger say of its reality.

    Attributes:
        status: without dates (historical is decided with them).
        background: the sentence opens as background (يذكر أن).
        evidence: the word that decided, or "".
    """

    status: Status
    background: bool
    evidence: str = ""


_PLAIN: Final = (Realis("asserted", background=False), Realis("asserted", background=True))


def find_status(sentence: Sentence, match: TriggerMatch) -> Realis:
    """Read the status of a trigger from its clause.

    Args:
        sentence: the sentence.
        match: the trigger.
    """
    # The same token is asked about as a candidate, as a rule's match and as a mention.
    reading = match.reading
    key = (match.head, match.last, match.verbal, match.rule.speaks, id(reading))
    known = sentence.statuses.get(key)
    if known is None:  # with the reading, so that its id stays its own
        known = sentence.statuses[key] = (_find_status(sentence, match), reading)
    return known[0]


def _find_status(sentence: Sentence, match: TriggerMatch) -> Realis:
    """The status of a trigger that was not asked about yet."""
    background = is_background(sentence)
    before = _before(sentence, match.head)
    for check in (_negated, _future, _hypothetical):
        status, word = check(sentence, match, before)
        if status is not None:
            return Realis(status, background, word)
    return _PLAIN[background]


def is_background(sentence: Sentence) -> bool:
    """Whether a sentence opens as background: يذكر أن."""
    return not _BACKGROUND.isdisjoint(sentence.words[sentence.first : sentence.first + 2])


def _before(sentence: Sentence, head: int) -> list[int]:
    """The tokens before a trigger, nearest first, as far as its clause reaches."""
    first, line = sentence.first, sentence.line()
    position = head - 1
    last = max(first, head - _REACH)
    while position >= last and line[position - first] not in ".,":
        position -= 1
    return list(range(head - 1, position, -1))


class _Verbs(NamedTuple):
    """What the readings of a word as a verb are: their lemmas, and whether one has a س."""

    lemmas: frozenset[str]
    future: bool


@follows
@remembers
def _verbs(word: str) -> _Verbs:
    """The readings of a word as a verb, remembered."""
    verbs = [r for r in analyse(word) if r.pos == "V"]
    return _Verbs(frozenset(r.lemma for r in verbs), any(r.future for r in verbs))


_Answer = tuple[Status | None, str]


def _negated(sentence: Sentence, match: TriggerMatch, before: list[int]) -> _Answer:
    """لم، لن، لا، ليس، دون، نفى before the trigger."""
    for distance, index in enumerate(before):
        word = sentence.words[index]
        if match.verbal and distance > 1 and sentence.kind(index) in "CRV":
            break
        if word in closed_classes.NEGATORS and (
            distance <= 1 or (not match.verbal and distance <= 3)
        ):
            return "negated", word
        if distance == 0 and match.verbal and word in closed_classes.NEGATORS_ADJACENT:
            return "negated", word
        if not match.verbal and word in _NEGATIVE_NOUNS and distance <= 2:
            return "negated", word
        if sentence.is_verb(index) and distance <= 5:
            lemmas = _verbs(word).lemmas
            if lemmas & _NEGATIVE:
                return "negated", word
            if index - 1 >= sentence.first and sentence.words[index - 1] in closed_classes.NEGATORS:
                return "negated", sentence.words[index - 1]
            if lemmas:
                break
    return None, ""


def _future(sentence: Sentence, match: TriggerMatch, before: list[int]) -> _Answer:
    """A س or سوف, or a governing verb in the future."""
    reading = match.reading
    if match.verbal and reading is not None and reading.future:
        return "future", sentence.words[match.head]
    for distance, index in enumerate(before):
        word = sentence.words[index]
        if word in closed_classes.FUTURE_PARTICLES and distance <= 1:
            return "future", word
        if sentence.is_verb(index):
            if not match.verbal and _verbs(word).future:
                return "future", word
            if word.startswith(("سي", "وسي")) and len(word) > 5 and not match.verbal:
                return "future", word
            break
    stop = sentence.clause_stop(match.last)
    imperfect = reading is not None and reading.tense == "imp"
    said = match.rule.speaks and reading is not None and reading.pos == "A"
    if imperfect or not (match.verbal or said):  # مهدداً بإضراب الشهر المقبل is said today
        for index in range(match.last + 1, min(stop, match.last + 12)):
            if sentence.words[index] in closed_classes.FUTURE_WORDS:
                return "future", sentence.words[index]
    return None, ""


def _hypothetical(sentence: Sentence, match: TriggerMatch, before: list[int]) -> _Answer:
    """Conditions, wishes, purposes, attempts, قد before an imperfect."""
    reading = match.reading
    imperfect = match.verbal and reading is not None and reading.tense == "imp"
    if imperfect and reading is not None and reading.preposition == "ل":
        return "hypothetical", sentence.words[match.head]
    for distance, index in enumerate(before):
        word = sentence.words[index]
        if word in _CERTAINTY:
            if imperfect and distance == 0:
                return "hypothetical", word
            continue
        if _doubts(word, distance):
            return "hypothetical", word
        if sentence.is_verb(index):
            lemmas = _verbs(word).lemmas
            if lemmas & _IRREALIS and _governs(sentence, index, match):
                return "hypothetical", word
            break
    return None, ""


def _doubts(word: str, distance: int) -> bool:
    """Whether a word so many tokens before a trigger makes it a possibility or an intention."""
    if word in _CONDITIONS and distance <= 4:
        return True
    return word in _IRREALIS_NOUNS and distance <= 3


def _governs(sentence: Sentence, index: int, match: TriggerMatch) -> bool:
    """Whether an irrealis verb governs the trigger: a masdar, or a verb behind أن."""
    if not match.verbal:
        return True
    return any(
        sentence.words[position] in closed_classes.COMPLEMENTISERS
        for position in range(index, match.head)
    )
