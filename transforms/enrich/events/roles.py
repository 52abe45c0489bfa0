"""Who does it to whom: which phrases of a sentence are the sides of an event.

Every nominal token of a sentence may begin the phrase of a party. A fitted line says how probable
it is that it is the actor's, the recipient's or nobody's: by what the word is, by where it stands
to the word that tells the event (before or behind it, behind which preposition, as whose subject),
by what that word is, and by what grammar makes of the token (``roles.arguments``). One more
option is the speaker whom an earlier sentence names; and one asks whether anybody is acted upon, by
the words around the one that tells the event.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Any, Final, Literal, NamedTuple

from transforms.enrich.entities.nationality import nisba_country
from transforms.enrich.events.candidates import Scene, word_info
from transforms.enrich.events.mention import EventMention
from transforms.enrich.events.scenes import MAX_SENTENCE
from transforms.enrich.events.spans import classes, shape
from transforms.enrich.events.word_model import stem
from transforms.enrich.roles.actors import actors_of
from transforms.enrich.rules.match import TriggerMatch
from transforms.enrich.sentence.view import Sentence
from transforms.enrich.words.memo import LIMIT
from transforms.records import Actor

Role = Literal["actor", "recipient"]
Sums = tuple[float, float]
Key = tuple[Any, ...]
ACTOR: Final = 0.25  # probability from which the likeliest phrase is the actor's
RECIPIENT: Final = 0.2
ALSO: Final = 0.4  # probability from which another phrase is one of a side's as well
TOLD: Final = 0.1  # probability from which a phrase is told to people who ask why
ELSEWHERE: Final = -1  # the option of a speaker whom another sentence names
WHETHER: Final = -2  # the option that asks whether the event has a recipient at all
_NONE: Final[Key] = ()  # of an option that has no features of a kind
_LIMITS: Final = (0, 1, 2, 4, 7, 13)  # tokens between an event's word and a head, told apart
_STEP: Final = [sum(far > limit for limit in _LIMITS) for far in range(MAX_SENTENCE)]
_UP_TO_2: Final = [min(count, 2) for count in range(MAX_SENTENCE + 1)]
_OF_OPTION: Final = 6  # kinds of features that an option in the sentence has by the event
ALONE: Final[tuple[Key, ...]] = ("word",), ("before",), ("after",)  # kinds it has without it
NEVER: Final = -4.6  # log-odds by what a token is, below which it begins no party
_NOT_HERE: Final = (*[_NONE] * _OF_OPTION, ("e",), _NONE)


class Head(NamedTuple):
    """A token that may begin the phrase of a party.

    Attributes:
        kind: what is known of it: its entity, or what the lists make of the word.
        stem: the word without what is written together with it.
        keys: of the features that it has whatever the event, see ``ALONE``.
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
        alone: what a model gives them whatever the event, once it was asked.
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
        self.alone: dict[int, Sums] | None = None
        verb = ELSEWHERE
        inside = {
            token for low, high in sentence.spans.items() for token in range(low + 1, high + 1)
        }
        for token, kind in enumerate(line, sentence.first):
            if kind in "N#":
                self.found[token] = _head(scene, token, verb, inside)
            elif kind == "V":
                verb = token
            elif kind == ".":
                verb = ELSEWHERE
        self.speaker = _speaker(scene)


def _speaker(scene: Scene) -> int:
    speaker, tokens = scene.speaker, scene.annotations.tokens
    if speaker is None or speaker.actor.field != tokens.field or speaker.actor.char_start is None:
        return ELSEWHERE
    start = speaker.actor.char_start
    token = tokens.range_of(start, start + 1)[0]
    return token if scene.sentence.first <= token < scene.sentence.stop else ELSEWHERE


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
    found = [token for token in heads.found if token not in own]
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
    sentence, at, match = scene.sentence, mention.token, mention.match
    heads, arguments = heads_of(scene), mention.arguments
    verbs, openers, commas, stops, nouns = heads.counts
    shift, parts, words = sentence.first, match.parts, sentence.words
    kind, rule = mention.event_type, match.rule.id
    voice = ("p" if arguments.passive else "v") if match.verbal else "n"
    lemma = word_info(words[at]).name
    grammar = _by_grammar(mention)
    around = (
        bool(arguments.actors), bool(arguments.recipients), arguments.inherited,
        mention.trigger.field == "title", match.rule.object, scene.speaker is not None,
    )  # fmt: skip
    start, stop = sentence.clause_start(at), sentence.clause_stop(at)
    found: list[tuple[Key, ...]] = []
    for token in tokens:
        if token == ELSEWHERE:
            found.append(_NOT_HERE)
            continue
        if token == WHETHER:
            found.append((*[_NONE] * (_OF_OPTION + 1), _around(scene, match)))
            continue
        head = heads.found[token]
        if token > at:
            side, low, high = "+", at + 1 - shift, token - shift
        else:
            side, low, high = "-", token + 1 - shift, max(at - shift, token + 1 - shift)
        passed, turns = _UP_TO_2[verbs[high] - verbs[low]], _UP_TO_2[openers[high] - openers[low]]
        between, opened = _UP_TO_2[nouns[high] - nouns[low]], head.preposition
        governor = "own" if head.verb in parts else "other" if head.verb >= 0 else "none"
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
            _NONE,
            _NONE,
        ))  # fmt: skip
    return (
        ("type", kind), ("place", kind, voice, around), ("lemma", lemma, rule, voice),
        ("distance",), ("governor",), ("speaker", kind, voice, lemma),
        ("elsewhere", kind, voice, lemma, rule, around, match.rule.speaks),
        ("whether", kind, voice, lemma, rule, len(parts) > 1, bool(arguments.recipients)),
    ), found  # fmt: skip


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
    return [] if own is _NONE else _WRITTEN[of_event[0]](*of_event[1:], *own)


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


def _governed(governing: str, side: str, opened: str, governor: str, passed: int) -> list[str]:
    verb = "".join(word_info(governing).verbs[:1]) if governing else ""
    return [_text("g", governor, verb), _text("g.w", verb, side, opened, governor, passed)]


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


class Roles:
    """The fitted line.

    Attributes:
        weights: feature -> what it adds to the log-odds of actor and recipient against nobody.
    """

    def __init__(self, weights: Mapping[str, Sums]) -> None:
        """Keep the weights; what they add up to for keys is remembered."""
        self.weights = weights
        self._sums: dict[Key, dict[Key, Sums]] = {}
        self._known = 0

    def alone(self, heads: Heads) -> dict[int, Sums]:
        """What the tokens of a sentence that may begin a party get whatever the event.

        Args:
            heads: of the sentence; what is found is kept there.
        """
        if heads.alone is None:
            tables = self._tables(ALONE)
            found = {
                token: self._total(ALONE, tables, head.keys, (0.0, 0.0))
                for token, head in heads.found.items()
            }
            heads.alone = {token: own for token, own in found.items() if max(own) >= NEVER}
        return heads.alone

    def chances(
        self, alone: Iterable[Sums], of_event: Sequence[Key], rows: Iterable[Sequence[Key]]
    ) -> list[Sums]:
        """How probably options are the actor's and the recipient's.

        Args:
            alone: what each gets whatever the event.
            of_event: what the event has to do with their features, see ``asked``.
            rows: what each option has.
        """
        tables, found = self._tables(of_event), []
        for own, row in zip(alone, rows, strict=True):
            one, two = self._total(of_event, tables, row, own)
            first, second = math.exp(min(one, 30.0)), math.exp(min(two, 30.0))
            total = first + second + 1.0
            found.append((first / total, second / total))
        return found

    def _tables(self, kinds: Iterable[Key]) -> list[dict[Key, Sums]]:
        """What is remembered of kinds of features."""
        if self._known > LIMIT:
            self._sums, self._known = {}, 0
        return [self._sums.setdefault(key, {_NONE: (0.0, 0.0)}) for key in kinds]

    def _total(
        self, kinds: Sequence[Key], tables: Sequence[dict[Key, Sums]], row: Sequence[Key], own: Sums
    ) -> Sums:
        """What an option's keys add up to, beginning from a sum."""
        one, two = own
        for number, key in enumerate(row):
            table = tables[number]
            if key not in table:
                table[key] = self._sum(kinds[number], key)
                self._known += 1
            first, second = table[key]
            one += first
            two += second
        return one, two

    def _sum(self, of_event: Key, key: Key) -> Sums:
        one = two = 0.0
        for name in written(of_event, key):
            own = self.weights.get(name)
            if own is not None:
                one += own[0]
                two += own[1]
        return one, two


class Sides(NamedTuple):
    """How probably tokens begin the phrases of an event's sides.

    Attributes:
        actor: token -> probability that it is the actor's; -1 for a speaker named elsewhere.
        recipient: the same of the recipient.
        has: probability that there is a recipient at all.
    """

    actor: dict[int, float]
    recipient: dict[int, float]
    has: float


def weigh(mention: EventMention, scene: Scene, roles: Roles) -> Sides:
    """Weigh the phrases that may be the sides of an event.

    Args:
        mention: the event.
        scene: its sentence.
        roles: the model.
    """
    alone = {**roles.alone(heads_of(scene)), ELSEWHERE: (0.0, 0.0), WHETHER: (0.0, 0.0)}
    tokens = [token for token in options(mention, scene) if token in alone]
    chances = roles.chances([alone[t] for t in tokens], *asked(mention, scene, tokens))
    found = dict(zip(tokens, chances, strict=True))
    _, has = found.pop(WHETHER)
    return Sides(
        {token: actor for token, (actor, _) in found.items()},
        {token: recipient for token, (_, recipient) in found.items()},
        has,
    )


def give_sides(mention: EventMention, scene: Scene, roles: Roles) -> None:
    """Give an event the phrases of its sides.

    Args:
        mention: its actors and recipients are replaced.
        scene: its sentence.
        roles: the model.
    """
    sentence = scene.sentence
    acting, acted_on, has = weigh(mention, scene, roles)
    actors, recipients = _chosen(acting, ACTOR), _chosen(acted_on, RECIPIENT)
    for token in actors & recipients:
        (recipients if acting[token] >= acted_on[token] else actors).remove(token)
    mention.odds = max(acting.values(), default=0.0), max(acted_on.values(), default=0.0), has
    mention.actors = _parties(scene, actors)
    mention.recipients = _parties(scene, recipients)
    if ELSEWHERE in actors and scene.speaker is not None:
        mention.actors.append(scene.speaker.actor)
    start, stop = sentence.clause_start(mention.token), sentence.clause_stop(mention.token)
    if mention.match.verbal and all(start <= token < stop for token in actors):
        mention.named = frozenset(a.country for a in mention.actors if a.country)


def likely_sides(
    mention: EventMention, scene: Scene, roles: Roles
) -> list[tuple[Role, str, float]]:
    """The phrases that may be the sides of an event, for people: role, phrase, probability.

    Args:
        mention: the event.
        scene: its sentence.
        roles: the model.
    """
    actor, recipient, _ = weigh(mention, scene, roles)
    sides: tuple[tuple[Role, dict[int, float]], ...] = (
        ("actor", actor),
        ("recipient", recipient),
    )
    return [
        (role, _phrase(scene, token), chance)
        for role, chances in sides
        for token, chance in sorted(chances.items(), key=lambda each: (-each[1], each[0]))
        if chance >= TOLD
    ]


def _phrase(scene: Scene, token: int) -> str:
    """The words of a phrase that begins at a token, or of the speaker."""
    if token == ELSEWHERE:
        return (scene.speaker and scene.speaker.actor.text) or ""
    first, last = scene.sentence.noun_phrase(token) or (token, token)
    return scene.annotations.tokens.text(first, last)


def _parties(scene: Scene, starts: Iterable[int]) -> list[Actor]:
    """The parties whose phrases begin at tokens of a sentence."""
    sentence = scene.sentence
    phrases = [sentence.noun_phrase(t) or (t, t) for t in sorted(starts) if t >= 0]
    return actors_of(scene.annotations, sentence, phrases)


def _chosen(chances: Mapping[int, float], least: float) -> set[int]:
    """The tokens of a side: the likeliest, and others that are likely in themselves."""
    best = max(chances, key=chances.__getitem__, default=None)
    if best is None or chances[best] < least:
        return set()
    return {token for token, chance in chances.items() if token == best or chance >= ALSO}
