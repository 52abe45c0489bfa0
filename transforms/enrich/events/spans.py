"""Where the phrase of a party ends: شبان | غاضبون, رئيس لجنة النفط | في مجلس النواب.

Grammar finds where a party begins and enough of its phrase to know who it is. Whether the next
word still belongs to the phrase (an adjective, a name behind a title, what completes a construct)
is decided word by word by a line fitted on phrases that were marked by hand.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from transforms.enrich.entities.nationality import nisba_country
from transforms.enrich.events.candidates import Scene
from transforms.enrich.events.mention import EventMention
from transforms.enrich.own import follows
from transforms.enrich.words.analyse import analyse
from transforms.enrich.words.memo import remembers
from transforms.records import Actor

Weights = Mapping[str, float]
LONGEST: Final = 16  # tokens of a phrase
_ENDINGS: Final = ("ات", "ون", "ين", "ان", "ية", "يه", "ة", "ه", "ي", "ا")
END: Final = (
    -0.2
)  # log-odds below which a phrase ends: a word too many does less harm than one lost
_FEW: Final = 6  # tokens from which the length says no more


def phrase_end(scene: Scene, first: int, weights: Weights) -> int:
    """The last token of the phrase that begins at a token; a known name is never cut.

    Args:
        scene: its sentence.
        first: the token.
        weights: of the features, for going on.
    """
    read, last = read_end(scene, first), _name_end(scene, first)
    stop = min(scene.sentence.stop - 1, first + LONGEST)
    while last < stop:
        if sum(weights.get(name, 0.0) for name in step(scene, first, last, read)) < END:
            break
        last = _name_end(scene, last + 1)
    return last


def _name_end(scene: Scene, first: int) -> int:
    """The last token of the known name that begins at a token; the token itself without one."""
    known = scene.annotations.is_name(first)
    return scene.sentence.spans.get(first, first) if known else first


def read_end(scene: Scene, first: int) -> int:
    """The last token of a phrase as grammar reads it; -1 where it reads none."""
    phrase = scene.sentence.noun_phrase(first)
    return phrase[1] if phrase else -1


def step(scene: Scene, first: int, last: int, read: int) -> list[str]:
    """What is seen where a phrase may go on behind a token.

    Args:
        scene: the sentence.
        first: where the phrase begins.
        last: the token behind which it may end; another one follows it.
        read: where grammar ends it (``read_end``).
    """
    sentence = scene.sentence
    words, spans, following = sentence.words, sentence.spans, last + 1
    here, there = sentence.kind(last), sentence.kind(following)
    beyond = sentence.kind(following + 1) if following + 1 < sentence.stop else "."
    one, two = words[last], words[following]
    before, after = shape(one), shape(two)
    length, name = min(last - first, _FEW), scene.annotations.is_name
    own, other = classes(one), classes(two)
    inside = any(low <= last and following <= high for low, high in spans.items())
    ends = last in spans.values()
    rule = "goes on" if last < read else "ends" if last == read else "is over"
    alike = f"{before[1:] == after[1:]}{shape(words[first])[1:] == after[1:]}"
    return [
        f"k:{here}{there}{beyond}", f"s:{before}{after}", f"c:{own}{other}",
        f"e:{ends}{following in sentence.opens}{after[0]}", f"i:{inside}",
        f"n:{bool(nisba_country(two))}{bool(nisba_country(one))}{before[0]}{after[0]}",
        f"m:{name(following)}{name(last)}{there}{after[0]}", f"j:{_joined(two)}{there}{after[0]}",
        f"l:{length}{there}{after[0]}", f"w:{two}", f"v:{one}", f"p:{one} {two}",
        f"h:{length}{words[first]}", f"x:{two[-3:]}",
        f"a:{before[0]}{after[0]}{alike}{other}",
        f"b:{one}|{there}{after}", f"d:{one}|{other}",
        f"r:{rule}", f"g:{rule}{there}{after}", f"q:{rule}{other}{before[0]}",
    ]  # fmt: skip


@remembers
def shape(word: str) -> str:
    """Whether a word has the article, and how it ends."""
    definite = word.startswith(("ال", "لل")) or word[1:3] == "ال"
    ending = next((e for e in _ENDINGS if word.endswith(e) and len(word) > len(e) + 2), "-")
    return ("D" if definite else "I") + ending


@follows
@remembers
def classes(word: str) -> str:
    """The parts of speech that a word may be; 0 for an unknown one."""
    return "".join(sorted({reading.pos for reading in analyse(word)})) or "0"


@follows
@remembers
def _joined(word: str) -> bool:
    """Whether the و at the head of a word joins it to what stands before."""
    readings = analyse(word)
    if not word.startswith("و") or len(word) < len("ولد"):
        return False
    return all(r.conjunction for r in readings) if readings else word[1:3] == "ال"


def whole_phrases(
    mentions: Iterable[EventMention], scenes: Sequence[Scene], weights: Weights
) -> None:
    """Give the parties of events the whole of their phrases.

    Args:
        mentions: their actors and recipients are replaced.
        scenes: the sentences of the article.
        weights: see ``phrase_end``; without any, phrases stay as they are.
    """
    if not weights:
        return
    known: dict[tuple[str | None, int | None, int | None], Actor] = {}
    for mention in mentions:
        sides = mention.actors, mention.recipients
        starts = [(a.field, a.char_start) for side in sides for a in side if a.char_start]
        for side in sides:
            for number, actor in enumerate(side):
                begins = actor.char_start
                behind = [
                    start
                    for field, start in starts
                    if begins is not None and field == actor.field and start > begins
                ]
                place = actor.field, begins, min(behind, default=None)
                if place not in known:
                    known[place] = _whole(actor, scenes, weights, place[2])
                side[number] = replace(
                    actor, text=known[place].text, char_end=known[place].char_end
                )


def _whole(actor: Actor, scenes: Iterable[Scene], weights: Weights, stop: int | None) -> Actor:
    """A party with the whole of its phrase; as it is where no token of a sentence begins it.

    Args:
        actor: the party.
        scenes: the sentences of the article.
        weights: see ``phrase_end``.
        stop: where another party of the event begins, which is no part of it.
    """
    if actor.char_start is None or actor.char_end is None:
        return actor
    for scene in scenes:
        tokens, sentence = scene.annotations.tokens, scene.sentence
        first, _ = tokens.range_of(actor.char_start, actor.char_end)
        if tokens.field != actor.field or not sentence.first <= first < sentence.stop:
            continue
        if tokens.span(first, first)[0] == actor.char_start:
            last = phrase_end(scene, first, weights)
            while stop is not None and last > first and tokens.span(last, last)[1] > stop:
                last -= 1
            start, end = tokens.span(first, last)
            return replace(actor, text=tokens.raw[start:end], char_end=end)
    return actor
