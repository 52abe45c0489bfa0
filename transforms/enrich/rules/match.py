"""Find the triggers of a sentence: which rules its tokens start, and which one wins."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from transforms.enrich.rules.load import GAP, Anchor, Element, Rule, anchors
from transforms.enrich.sentence.view import Sentence
from transforms.enrich.words.analyse import Reading

_BLOCK_BEFORE = 3  # tokens before a trigger in which a blocking phrase may begin
_BLOCK_AFTER = 6
_VERBAL, _NOMINAL = frozenset("VP"), frozenset("NA")  # kinds of elements
FAR_GAP = 8  # words that ".." may skip while no verb stands among them


@dataclass(slots=True, init=False)
class TriggerMatch:
    """A rule that a stretch of tokens triggers.

    Attributes:
        rule: the rule.
        parts: the tokens that matched its elements, in order.
        reading: the head's reading; None for an exact word.
        verbal: whether the head is a verb.
        subject: the token whose phrase is the subject, when the trigger names it.
        head: the token of the first element (the verb of a light-verb phrase).
        last: the last token of the trigger.
    """

    rule: Rule
    parts: tuple[int, ...]
    reading: Reading | None
    verbal: bool
    subject: int | None
    head: int
    last: int

    def __init__(
        self,
        rule: Rule,
        parts: tuple[int, ...],
        reading: Reading | None,
        verbal: bool,
        subject: int | None = None,
    ) -> None:
        """Keep what matched."""
        self.rule, self.parts, self.reading = rule, parts, reading
        self.verbal, self.subject = verbal, subject
        self.head, self.last = parts[0], parts[-1]


def _element_at(sentence: Sentence, index: int, element: Element) -> bool:
    """Whether a token is an element in the sense it has here (verb or noun)."""
    if not sentence.first <= index < sentence.stop or not element.accepts(sentence.words[index]):
        return False
    if not element.kinds:
        return True
    return _sense(sentence, index, element) is not None


def _sense(sentence: Sentence, index: int, element: Element) -> Reading | None:
    """The reading by which a token is an element, agreeing with its kind in the sentence."""
    verb = sentence.is_verb(index)
    kinds = element.kinds & (_VERBAL if verb else _NOMINAL)
    participle = (
        "N" in kinds
        or not sentence.has_noun_reading(index)
        or (sentence.kind(index - 1) in '.,"' and sentence.words[index].endswith(("ا", "ين")))
    )  # متهماً behind a comma is a circumstance, not the accused
    for reading in sentence.readings(index, element.words):
        if (reading.pos == "V") != verb or not kinds or not element.takes(reading):
            continue
        if reading.pos == "A" and (reading.definite or not participle):
            continue  # مدينة is a town before it is a condemning woman; المؤيدة is an adjective
        if not verb or reading.person[0] == "3" or reading.person == "1p":
            return reading
    return None


def _follow(sentence: Sentence, start: int, trigger: tuple[Element, ...]) -> tuple[int, ...] | None:
    """The tokens of a trigger that begins at ``start``, or None."""
    parts = [start]
    position = start + 1
    for element in trigger[1:]:
        found = _next_element(sentence, position, element)
        if found is None:
            return None
        parts.append(found)
        position = found + 1
    return tuple(parts)


def _leaves(sentence: Sentence, index: int, kind: str) -> bool:
    """Whether a prepositional phrase begins; a من may join a number to its whole."""
    return (kind == "P" and sentence.words[index] != "من") or sentence.is_attached(index)


def _next_element(sentence: Sentence, position: int, element: Element) -> int | None:
    """The token that is a trigger's next element: right here, or past the words it may skip."""
    skipped, index = 0, position
    while index < sentence.stop:
        plain = sentence.skip_quotes(index)
        if _element_at(sentence, plain, element):
            return plain
        kind = sentence.kind(index)
        if element.subject and skipped > 1 and _leaves(sentence, index, kind):
            return None  # the subject of a verb does not stand behind a preposition
        if not element.gap or kind in ".,C" or (kind == "V" and skipped >= GAP):
            return None
        if kind not in 'TX"':
            skipped += 1
        if skipped > FAR_GAP:
            return None
        index += 1
    return None


def _blocked(sentence: Sentence, parts: tuple[int, ...], rule: Rule) -> bool:
    """Whether a blocking phrase stands around the trigger, or a cue forbids or lacks."""
    cues = sentence.cues
    if rule.need_cue and rule.need_cue not in cues:
        return True
    if any(cue in cues for cue in rule.block_cues):
        return True
    phrases = [phrase for phrase in rule.block if _possible(sentence, phrase)]
    if not phrases:
        return False
    low = max(sentence.first, parts[0] - _BLOCK_BEFORE)
    high = min(sentence.stop, parts[-1] + _BLOCK_AFTER)
    return any(
        _phrase_at(sentence, index, phrase) for phrase in phrases for index in range(low, high)
    )


def _phrase_at(sentence: Sentence, index: int, phrase: tuple[Element, ...]) -> bool:
    return phrase[0].accepts(sentence.words[index]) and _follow(sentence, index, phrase) is not None


def find_matches(
    sentence: Sentence,
    starts: Iterable[int],
    rules_of: Callable[[str], tuple[Anchor, ...]] = anchors,
) -> list[TriggerMatch]:
    """Find the triggers of a sentence.

    Args:
        sentence: the sentence.
        starts: its tokens that can start a rule.
        rules_of: tells the rules that a token can start.

    Returns:
        At most one match for a stretch of tokens and an event type, in the order of the text.
    """
    found: list[TriggerMatch] = []
    for start in starts:
        for rule, trigger in rules_of(sentence.words[start]):
            if len(trigger) > 1 and not _possible(sentence, trigger[1:]):
                continue
            first = trigger[0]  # the token can be it, else the rule would not be among these
            reading = _sense(sentence, start, first) if first.kinds else None
            if first.kinds and (reading is None or (reading.person == "1p" and not rule.speaks)):
                continue
            parts = _follow(sentence, start, trigger)
            if parts is None or _blocked(sentence, parts, rule):
                continue
            verbal = sentence.is_verb(start)
            subject = next((p for p, e in zip(parts, trigger, strict=True) if e.subject), None)
            found.append(TriggerMatch(rule, parts, reading, verbal, subject))
    return _longest(found)


def _possible(sentence: Sentence, trigger: tuple[Element, ...]) -> bool:
    """Whether every lemma a trigger needs stands in the sentence at all."""
    lemmas = sentence.lemmas
    for element in trigger:  # noqa: SIM110  # a plain loop: asked of every phrase of every rule
        if element.kinds and element.words.isdisjoint(lemmas):
            return False
    return True


def _longest(matches: list[TriggerMatch]) -> list[TriggerMatch]:
    """Of matches that share a token keep the longest, then the strongest rule."""
    ranked = sorted(matches, key=lambda m: (-len(m.parts), -m.rule.strength, m.head, m.rule.id))
    kept: list[TriggerMatch] = []
    taken: set[int] = set()
    for match in ranked:
        if not taken.intersection(match.parts):
            kept.append(match)
            taken.update(match.parts)
    return sorted(kept, key=lambda m: m.head)
