"""Who says so: the speaker of a sentence and what kind of claim it makes.

``claim_status`` is one of: ``agency`` (a news agency, a correspondent, unnamed sources),
``claimed_by_party`` (the speaker belongs to the country or group that acts or is acted upon),
``official`` (an authority that is no party), ``third_party`` (anyone else), ``unattributed``.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from transforms.enrich.events.mention import EventMention
from transforms.enrich.own import follows
from transforms.enrich.roles.actors import actors_of
from transforms.enrich.roles.subjects import TokenRange, inherited, left_subject
from transforms.enrich.sentence.annotations import Annotations
from transforms.enrich.sentence.view import Sentence
from transforms.enrich.words import lists
from transforms.enrich.words.analyse import analyse, lemmas_of
from transforms.enrich.words.memo import remembers
from transforms.records import Actor
from transforms.text.arabic import normalise_text

REPORTING: Final = lists.lemmas("attribution", "reporting")
_CARRIED: Final = lists.lemmas("attribution", "carried")
_AGENCY_WORDS: Final = lists.words("attribution", "agency_words")
_OFFICIAL: Final = frozenset({"GOV", "MIL", "COP", "JUD", "LEG", "SPY"})
_OFFICIAL_WORDS: Final = lists.words("attribution", "official_words")


@dataclass(frozen=True, slots=True)
class Speaker:
    """Who a sentence is attributed to: the actor as found, and whether it is a news source."""

    actor: Actor
    agency: bool
    official: bool


def speaker_of(
    annotations: Annotations, sentence: Sentence, previous: Speaker | None
) -> Speaker | None:
    """The speaker of a sentence.

    Args:
        annotations: the text.
        sentence: the sentence.
        previous: the speaker before it, to whom وأضاف without a subject goes on giving the word.
    """
    words = sentence.words[sentence.first : sentence.stop]
    for index, lemmas in enumerate(map(_reporting, words), sentence.first):
        if not lemmas or not sentence.is_verb(index):
            continue
        phrase = _subject(sentence, index)
        if phrase is None:
            return previous if lemmas & _CARRIED else None
        return _speaker(annotations, sentence, phrase, previous)
    return None


@follows
@remembers
def _reporting(word: str) -> frozenset[str]:
    """The reporting verbs that a word can be."""
    return frozenset(r.lemma for r in analyse(word) if r.pos == "V" and r.lemma in REPORTING)


def continues_quote(sentence: Sentence) -> bool:
    """Whether a sentence opens by giving the word on to a speaker before it (وأضاف ...)."""
    return any(
        not _CARRIED.isdisjoint(lemmas_of(w))
        for w in sentence.words[sentence.first : sentence.first + 2]
    )


def _subject(sentence: Sentence, index: int) -> TokenRange | None:
    left = left_subject(sentence, index)
    if left is not None:
        return left
    following = sentence.skip_quotes(index + 1)
    if sentence.kind(following) in "N#T":
        return sentence.noun_phrase(following)
    return (
        inherited(sentence, index)
        if sentence.words[index][0] == "و" and index > sentence.first
        else None
    )


def _speaker(
    annotations: Annotations, sentence: Sentence, phrase: TokenRange, previous: Speaker | None
) -> Speaker:
    words = set(sentence.words[phrase[0] : phrase[1] + 1])
    actor = actors_of(annotations, sentence, [phrase])[0]
    if previous is not None and phrase[0] == phrase[1]:
        # وأضافت الوزارة: the short form of a speaker already introduced.
        first = sentence.words[phrase[0]].removeprefix("ال")
        if previous.actor.text and first in normalise_text(previous.actor.text):
            return previous
    official = bool(words & _OFFICIAL_WORDS) or bool(_OFFICIAL & set(actor.sectors))
    return Speaker(actor, bool(words & _AGENCY_WORDS) and not official, official)


def claim_status(mention: EventMention, speaker: Speaker | None) -> str:
    """What kind of claim a speaker makes about an event (see the module)."""
    if speaker is None:
        return "unattributed"
    if speaker.agency:
        return "agency"
    countries = {a.country for a in (*mention.actors, *mention.recipients) if a.country}
    if speaker.actor.country in countries:
        return "claimed_by_party"
    return "official" if speaker.official else "third_party"
