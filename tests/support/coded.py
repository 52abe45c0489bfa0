"""One sentence as the parts of the event coder see it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from transforms.enrich.roles.arguments import find_arguments
from transforms.enrich.roles.prepositions import Arguments
from transforms.enrich.rules.match import TriggerMatch, find_matches
from transforms.enrich.sentence.annotations import Annotations
from transforms.enrich.sentence.view import Sentence
from transforms.enrich.words.tokens import tokenise
from transforms.text.arabic import normalise

WEDNESDAY = dt.date(2024, 3, 13)


@dataclass
class Coded:
    """A sentence with its annotations and the triggers of its rules."""

    annotations: Annotations
    sentence: Sentence
    matches: list[TriggerMatch]

    def match(self, event_type: str) -> TriggerMatch:
        """The first trigger of a type."""
        return next(m for m in self.matches if m.rule.event_type == event_type)

    def arguments(self, event_type: str) -> Arguments:
        """What fills the slots of the first trigger of a type."""
        return find_arguments(self.sentence, self.match(event_type))

    def texts(self, phrases: list[tuple[int, int]]) -> list[str]:
        """Phrases as the text writes them."""
        return [self.annotations.tokens.text(*phrase) for phrase in phrases]

    def index(self, word: str) -> int:
        """Where a word of the normalised text stands."""
        return self.sentence.words.index(normalise(word).text)


def coded(text: str, day: dt.date | None = WEDNESDAY) -> Coded:
    """Take a sentence through words, entities, sentence and rules."""
    tokens = tokenise(text, normalise(text), "body")
    annotations = Annotations(tokens, day)
    sentence = Sentence(tokens, 0, len(tokens.words), 0)
    sentence.know(annotations.known(0, sentence.stop))
    starts = [i for i in range(sentence.stop) if not annotations.is_name(i)]
    return Coded(annotations, sentence, find_matches(sentence, starts))
