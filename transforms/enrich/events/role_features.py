"""The features by which a phrase is an event's actor or recipient, and how they are named.

They are given as pairs of keys: what the event has to do with a kind of features, and what an
option has. A model remembers what a pair adds up to; the names behind it are written only for the
fit, and where the pair is met for the first time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final

from transforms.enrich.events.candidates import Scene, word_info
from transforms.enrich.events.heads import NOWHERE, Key, heads_of
from transforms.enrich.events.mention import EventMention
from transforms.enrich.events.scenes import MAX_SENTENCE
from transforms.enrich.events.spans import shape
from transforms.enrich.events.word_model import stem
from transforms.enrich.roles.subjects import TokenRange
from transforms.enrich.rules.match import TriggerMatch

ELSEWHERE: Final = NOWHERE  # the option of a speaker whom another sentence names
WHETHER: Final = -2  # the option that asks whether the event has a recipient at all
NONE: Final[Key] = ()  # of an option that has no features of a kind
ALONE: Final[tuple[Key, ...]] = ("word",), ("before",), ("after",)  # kinds it has without an event
REACH: Final = 60  # tokens around the event's word in which a side may begin: keeps work linear
_LIMITS: Final = (0, 1, 2, 4, 7, 13)  # tokens between an event's word and a head, told apart
_STEP: Final = [sum(far > limit for limit in _LIMITS) for far in range(MAX_SENTENCE)]
_UP_TO_2: Final = [min(count, 2) for count in range(MAX_SENTENCE + 1)]
_OF_OPTION: Final = 6  # kinds of features that an option in the sentence has by the event
_NOT_HERE: Final = (*[NONE] * _OF_OPTION, ("e",), NONE)


def options(mention: EventMention, scene: Scene) -> list[int]:
    """The tokens at which a side of an event may begin, and those that are no tokens.

    Args:
        mention: the event.
        scene: its sentence.
    """
    match, heads = mention.match, heads_of(scene)
    own = {*match.parts, mention.token} - {match.subject}
    if len(match.parts) > 1 or scene.sentence.is_attached(match.last):
        own.discard(match.last)
    near = range(mention.token - REACH, mention.token + REACH + 1)
    found = [token for token in near if token in heads.found and token not in own]
    if heads.speaker in heads.found and heads.speaker not in near:
        found.append(heads.speaker)
    if scene.speaker is not None and heads.speaker == ELSEWHERE:
        found.append(ELSEWHERE)
    return [*found, WHETHER]


def asked(
    mention: EventMention, scene: Scene, tokens: Iterable[int]
) -> tuple[tuple[Key, ...], list[tuple[Key, ...]]]:
    """What the line is asked about options, as keys of features; ``written`` says their names.

    Args:
        mention: the event.
        scene: its sentence.
        tokens: its options.

    Returns:
        Of each kind of features what the event has to do with it; for every option what it has,
        in the same order.
    """
    match, arguments, at = mention.match, mention.arguments, mention.token
    kind, rule = mention.event_type, match.rule.id
    voice = ("p" if arguments.passive else "v") if match.verbal else "n"
    lemma = word_info(scene.sentence.words[at]).name
    around = (
        _order(arguments.actors, at), _order(arguments.recipients, at), arguments.inherited,
        mention.trigger.field == "title", match.rule.object, scene.speaker is not None,
    )  # fmt: skip
    return (
        ("type", kind), ("place", kind, voice, around), ("lemma", lemma, rule, voice),
        ("distance",), ("governor", kind), ("speaker", kind, voice, lemma),
        ("elsewhere", kind, voice, lemma, rule, around, match.rule.speaks),
        ("whether", kind, voice, lemma, rule, len(match.parts) > 1, bool(arguments.recipients)),
    ), _of_options(mention, scene, tokens)  # fmt: skip


def _of_options(
    mention: EventMention, scene: Scene, tokens: Iterable[int]
) -> list[tuple[Key, ...]]:
    """The keys of the features that options have of their own, see ``asked``."""
    sentence, heads, match, at = scene.sentence, heads_of(scene), mention.match, mention.token
    verbs, openers, commas, stops, nouns = heads.counts
    shift, words, grammar = sentence.first, sentence.words, _by_grammar(mention)
    start, stop = sentence.clause_start(at), sentence.clause_stop(at)
    found: list[tuple[Key, ...]] = []
    for token in tokens:
        if token == ELSEWHERE:
            found.append(_NOT_HERE)
            continue
        if token == WHETHER:
            found.append((*[NONE] * (_OF_OPTION + 1), _around(scene, match)))
            continue
        head = heads.found[token]
        if token > at:
            side, low, high = "+", at + 1 - shift, token - shift
        else:
            side, low, high = "-", token + 1 - shift, max(at - shift, token + 1 - shift)
        passed, turns = _UP_TO_2[verbs[high] - verbs[low]], _UP_TO_2[openers[high] - openers[low]]
        between, opened = _UP_TO_2[nouns[high] - nouns[low]], head.preposition
        governor = "own" if head.verb in match.parts else "other" if head.verb >= 0 else "none"
        told = grammar.get(token, "-")
        sign = (side, opened, governor, passed, turns > 0, between, told)
        governing = words[head.verb] if governor == "other" else ""
        found.append((
            (head.kind, head.stem),
            sign,
            sign,
            (
                _STEP[high - low], start <= token < stop, turns,
                _UP_TO_2[commas[high] - commas[low]], stops[high] > stops[low], passed, between,
                side, opened, governor,
            ),
            (governing, side, opened, governor, passed),
            (token == heads.speaker, told),
            NONE,
            NONE,
        ))  # fmt: skip
    return found


def _order(phrases: Sequence[TokenRange], at: int) -> str:
    """On which side of a word grammar finds the first of some phrases; "" for none."""
    return "" if not phrases else "<" if phrases[0][0] < at else ">"


def _around(scene: Scene, match: TriggerMatch) -> Key:
    """What the tokens around a trigger are called, and their kinds."""
    sentence, known = scene.sentence, scene.known
    places = (match.head - 1, *range(match.last + 1, match.last + 4))
    near = [
        known.get(i) or word_info(sentence.words[i]).name
        if sentence.first <= i < sentence.stop
        else "."
        for i in places
    ]
    return (*near, "".join([sentence.kind(i) for i in places[1:]]))


def _by_grammar(mention: EventMention) -> dict[int, str]:
    """What grammar makes of tokens: where it begins actor and recipient, and what they hold."""
    arguments = mention.arguments
    found: dict[int, str] = {}
    for name, phrases in (("r", arguments.recipients), ("a", arguments.actors)):
        for first, last in phrases:
            found |= dict.fromkeys(range(first + 1, last + 1), name)
            found[first] = name.upper()
    if arguments.inherited:
        found |= {first: "I" for first, _ in arguments.actors}
    return found


def written(of_event: Key, own: Key) -> list[str]:
    """The names of the features that an option has by a pair of keys.

    Args:
        of_event: what the event has to do with them, see ``asked``.
        own: what the option has.
    """
    return [] if own is NONE else _WRITTEN[of_event[0]](*of_event[1:], *own)


def _text(*parts: object) -> str:
    return "|".join(map(str, parts))


def _word(word: str, kind: str, place: str, nation: bool, following: str) -> list[str]:
    own = shape(word)
    return [
        "one", _text("w", stem(word)), _text("w.n", word_info(word).name), _text("w.k", kind),
        _text("w.s", own), _text("w.f", own, following),
        _text("w.p", place), _text("w.x", word[-3:]), _text("w.c", nation, own[0]),
        _text("w.j", word[0] == "و", kind),
    ]  # fmt: skip


def _placed(event_type: str, voice: str, around: Key, *sign: Any) -> list[str]:
    side, opened, governor, passed, turns, between, told = sign
    actors, recipients, inherited, title, takes, speaks = around
    where = _text(side, opened, governor, passed, turns, between)
    return [
        _text("r", where), _text("r.v", voice, where), _text("r.t", event_type, voice, where),
        _text("r.p", event_type, voice, side, opened), _text("r.q", event_type, opened),
        _text("r.g", told), _text("r.gt", told, event_type), _text("r.gp", told, side, opened),
        _text("r.i", inherited, told, voice),
        _text("r.a", actors, recipients, told, voice, side, opened),
        _text("r.o", takes, told, side, opened, passed),
        _text("r.h", title, side, opened, governor), _text("r.s", speaks, told, event_type),
    ]  # fmt: skip


def _lexical(lemma: str, rule: str, voice: str, *sign: Any) -> list[str]:
    side, opened, governor, passed, turns, between, told = sign
    where = _text(side, opened, governor, passed, turns, between)
    return [
        _text("l", lemma, voice, where), _text("l.p", lemma, voice, side, opened),
        _text("l.q", lemma, opened), _text("l.g", lemma, told), _text("l.r", rule, told),
    ]  # fmt: skip


def _far(step: int, *rest: Any) -> list[str]:
    same, turns, commas, stops, passed, between, side, opened, governor = rest
    return [
        _text("d", step, side), _text("d.c", same, side, turns, commas, stops, passed),
        _text("d.n", side, between, opened, governor),
    ]  # fmt: skip


def _governed(
    event_type: str, governing: str, side: str, opened: str, governor: str, passed: int
) -> list[str]:
    verb = "".join(word_info(governing).verbs[:1]) if governing else ""
    found = [_text("g", governor, verb), _text("g.w", verb, side, opened, governor, passed)]
    if verb:
        found += [_text("g.t", event_type, verb, side, opened)]
    return found


def _speaking(event_type: str, voice: str, lemma: str, speaks: bool, told: str) -> list[str]:
    if not speaks:
        return []
    return ["s", _text("s.t", event_type, voice), _text("s.g", told), _text("s.l", lemma)]


def _named_before(
    event_type: str, voice: str, lemma: str, rule: str, around: Key, speaks: bool, _: str
) -> list[str]:
    return [
        "e", _text("e.t", event_type, voice), _text("e.l", lemma, voice), _text("e.r", rule),
        _text("e.a", voice, around), _text("e.s", speaks, around[:3]),
    ]  # fmt: skip


def _whether(
    event_type: str, voice: str, lemma: str, rule: str, phrase: bool, found: bool, *around: str
) -> list[str]:
    before, one, two, three, kinds = around
    return [
        "h", _text("h.l", lemma), _text("h.lv", lemma, voice), _text("h.r", rule),
        _text("h.t", event_type, voice), _text("h.1", one), _text("h.2", two), _text("h.3", three),
        _text("h.b", before), _text("h.l1", lemma, one), _text("h.lk", lemma, kinds[:2]),
        _text("h.tk", event_type, voice, kinds), _text("h.t1", event_type, one),
        _text("h.tp", event_type, phrase), _text("h.lf", lemma, found),
    ]  # fmt: skip


_WRITTEN: Final[Mapping[str, Callable[..., list[str]]]] = {
    "word": _word,
    "before": lambda word: [_text("b", word)],
    "after": lambda word: [_text("n", word)],
    "type": lambda kind, known, word: [_text("t.k", kind, known), _text("t.w", kind, word)],
    "place": _placed,
    "lemma": _lexical,
    "distance": _far,
    "governor": _governed,
    "speaker": _speaking,
    "elsewhere": _named_before,
    "whether": _whether,
}
