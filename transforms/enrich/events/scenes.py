"""The sentences of a text that may tell an act, with the triggers in them and who is speaking."""

from __future__ import annotations

from bisect import bisect_left
from collections import deque
from collections.abc import Iterator
from typing import Final

from transforms.enrich.events.attribution import Speaker, continues_quote, speaker_of
from transforms.enrich.events.candidates import Scene, word_info
from transforms.enrich.own import follows
from transforms.enrich.rules.load import anchors
from transforms.enrich.rules.match import find_matches
from transforms.enrich.sentence.annotations import Annotations
from transforms.enrich.sentence.view import Sentence
from transforms.enrich.words.memo import remembers
from transforms.text.sentences import split_sentences

SPEAKER_REACH: Final = 2  # sentences without events back to which وأضاف may refer
MAX_SENTENCE: Final = 400  # tokens of a sentence that are looked at


@follows
@remembers
def _telling(word: str) -> bool:
    """Whether a word can start a rule or name an act."""
    return bool(anchors(word)) or word_info(word).act


def scenes_of(annotations: Annotations) -> Iterator[Scene]:
    """The sentences of a title or body that may tell an act.

    Args:
        annotations: the text.
    """
    words = annotations.tokens.words
    hot = [index for index, tells in enumerate(map(_telling, words)) if tells]
    speaker: Speaker | None = None
    passed: deque[Sentence] = deque(maxlen=SPEAKER_REACH)
    for number, sentence in enumerate(sentences_of(annotations)):
        low = bisect_left(hot, sentence.first)
        starts = hot[low : bisect_left(hot, sentence.stop)]
        if not starts:
            passed.append(sentence)
            continue
        sentence.know(annotations.known(sentence.first, sentence.stop))
        rules = [i for i in starts if anchors(words[i]) and not annotations.is_name(i)]
        matches = find_matches(sentence, rules) if rules else []
        if continues_quote(sentence):
            for before in passed:
                speaker = speaker_of(annotations, before, speaker)
        passed.clear()
        speaker = speaker_of(annotations, sentence, speaker)
        yield Scene(annotations, sentence, number, matches, speaker)


def sentences_of(annotations: Annotations) -> Iterator[Sentence]:
    """Every sentence of a text."""
    tokens = annotations.tokens
    for span in split_sentences(tokens.raw):
        first, stop = tokens.range_of(span.start, span.end)
        if first < stop:
            yield Sentence(tokens, first, min(stop, first + MAX_SENTENCE), span.paragraph)
