"""Where the phrases of parties may begin in a sentence, and what is seen of those tokens.

What is seen of a token whatever the event is read once a sentence; its features are given as keys
(see ``role_features``).
"""

from __future__ import annotations

from itertools import accumulate
from typing import Any, Final, NamedTuple

from transforms.enrich.entities.nationality import nisba_country
from transforms.enrich.events.candidates import Scene, word_info
from transforms.enrich.events.spans import classes, shape
from transforms.enrich.events.word_model import stem
from transforms.enrich.sentence.view import Sentence
from transforms.text.numbers import number_words

Key = tuple[Any, ...]
NOWHERE: Final = -1  # no token of the sentence


class Head(NamedTuple):
    """A token that may begin the phrase of a party.

    Attributes:
        kind: what is known of it: its entity, or what the lists make of the word.
        stem: the word without what is written together with it.
        keys: of the features that it has whatever the event, see ``role_features.ALONE``.
        preposition: what opens its phrase: a preposition, or the kind of the token before.
        verb: the last verb before it in its sentence, -1 for none.
    """

    kind: str
    stem: str
    keys: tuple[Key, ...]
    preposition: str
    verb: int


class Heads:
    """The tokens of a sentence that may begin a party, and what stands between two of its tokens.

    Attributes:
        found: the heads by token.
        speaker: the token at which its own speaker begins, -1 for none in this sentence.
        alone: the model that was asked last, and what it gives them whatever the event.
        counts: how many verbs, openers of clauses, commas, stops and nouns precede each token.
    """

    __slots__ = ("alone", "counts", "found", "speaker")

    def __init__(self, scene: Scene) -> None:
        """Read them off.

        Args:
            scene: the sentence.
        """
        sentence = scene.sentence
        line = sentence.line()
        self.counts = [
            list(accumulate((kind in kinds for kind in line), initial=0))
            for kinds in ("V", "CR", ",", ".", "N#")
        ]
        self.found: dict[int, Head] = {}
        self.alone: tuple[object, dict[int, tuple[float, float]]] | None = None
        verb = NOWHERE
        inside = {
            token for low, high in sentence.spans.items() for token in range(low + 1, high + 1)
        }
        for token, kind in enumerate(line, sentence.first):
            if kind in "N#":
                if not _is_counted(sentence, token):
                    self.found[token] = _head(scene, token, verb, inside)
            elif kind == "V":
                verb = token
            elif kind == ".":
                verb = NOWHERE
        self.speaker = _speaker(scene)


def _is_counted(sentence: Sentence, token: int) -> bool:
    """Whether a number right before a token counts it: the phrase of ثلاثة جنود begins before."""
    if token == sentence.first or sentence.words[token].startswith("و"):
        return False
    kind, word = sentence.kind(token - 1), sentence.words[token - 1]
    return kind == "#" or (kind == "N" and word in number_words())


def _speaker(scene: Scene) -> int:
    speaker, tokens = scene.speaker, scene.annotations.tokens
    if speaker is None or speaker.actor.field != tokens.field or speaker.actor.char_start is None:
        return NOWHERE
    start = speaker.actor.char_start
    token = tokens.range_of(start, start + 1)[0]
    if token > 0 and tokens.span(token - 1, token - 1)[1] > start:
        token -= 1  # written together with a conjunction or preposition: وللوزير
    return token if scene.sentence.first <= token < scene.sentence.stop else NOWHERE


def _head(scene: Scene, token: int, verb: int, inside: set[int]) -> Head:
    sentence = scene.sentence
    words, word = sentence.words, sentence.words[token]
    before = words[token - 1] if token > sentence.first else "^"
    after = words[token + 1] if token + 1 < sentence.stop else "."
    entity = scene.known.get(token, "")
    kind = _kind(word, entity, party=token in sentence.parties)
    place = "i" if token in inside else "o" if entity else ""
    own = (word, kind, place, bool(nisba_country(after)), shape(after))
    keys = own, (before,), (after,)
    return Head(kind, stem(word), keys, _preposition(sentence, token), verb)


def _kind(word: str, entity: str, *, party: bool) -> str:
    if entity:
        return f"{entity}{'P' if party else ''}"
    if word_info(word).act:
        return "act"
    return "nation" if nisba_country(word) else classes(word)


def _preposition(sentence: Sentence, token: int) -> str:
    """The preposition of the phrase that a token begins, else the kind of the token before it."""
    word = sentence.words[token]
    if sentence.is_attached(token):
        return word[1:2] + "-" if word[0] == "و" else word[0] + "-"
    before = sentence.skip_quotes(token - 1, -1)
    if before < sentence.first:
        return "^"
    kind = sentence.kind(before)
    return word_info(sentence.words[before]).name if kind == "P" else kind


def heads_of(scene: Scene) -> Heads:
    """The heads of a sentence, read once."""
    if scene.heads is None:
        scene.heads = Heads(scene)
    known: Heads = scene.heads
    return known
