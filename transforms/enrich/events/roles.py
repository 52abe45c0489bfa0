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
from collections.abc import Container, Iterable, Mapping, Sequence
from itertools import product
from typing import Final, Literal, NamedTuple

from transforms.enrich.events.candidates import Scene
from transforms.enrich.events.heads import Heads, Key, heads_of
from transforms.enrich.events.mention import EventMention
from transforms.enrich.events.role_features import (
    ALONE,
    ELSEWHERE,
    NONE,
    WHETHER,
    asked,
    options,
    written,
)
from transforms.enrich.own import own_tables
from transforms.enrich.roles.actors import actors_of
from transforms.enrich.roles.arguments import owner_of
from transforms.enrich.roles.subjects import TokenRange
from transforms.enrich.words.memo import LIMIT

Role = Literal["actor", "recipient"]
Sums = tuple[float, float]
ACTOR: Final = 0.25  # probability from which the likeliest phrase is the actor's
RECIPIENT: Final = 0.2
JOINED: Final = 0.4  # probability from which a phrase that is joined to it is the side's, too
ALSO: Final = 0.75  # the same of any other phrase: most are the same party told again, or none
HEARD: Final = 0.03  # probability from which a phrase says something of whose a side is
TOLD: Final = 0.1  # probability from which a phrase is told to people who ask why
NEVER: Final = -4.6  # log-odds by what a token is, below which it begins no party


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
        self._own = own_tables()

    def alone(self, heads: Heads) -> dict[int, Sums]:
        """What the tokens of a sentence that may begin a party get whatever the event.

        Args:
            heads: of the sentence; what is found is kept there.
        """
        if heads.alone is None or heads.alone[0] is not self:
            tables = self._tables(ALONE)
            found = {
                token: self._total(ALONE, tables, head.keys, (0.0, 0.0))
                for token, head in heads.found.items()
            }
            heads.alone = self, {t: own for t, own in found.items() if max(own) >= NEVER}
        return heads.alone[1]

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
        if self._known > LIMIT or self._own != own_tables():  # what a word is follows own names
            self._sums, self._known, self._own = {}, 0, own_tables()
        return [self._sums.setdefault(key, {NONE: (0.0, 0.0)}) for key in kinds]

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
        {token: recipient for token, (_, recipient) in found.items() if token >= 0},
        has,
    )


def give_sides(mention: EventMention, scene: Scene, roles: Roles) -> None:
    """Give an event the phrases of its sides.

    Args:
        mention: its actors and recipients are replaced, unless the model was never fitted.
        scene: its sentence.
        roles: the model.
    """
    if not roles.weights:
        return
    sentence = scene.sentence
    acting, acted_on, has = weigh(mention, scene, roles)
    words, both = sentence.words, mention.match.rule.reciprocal
    joined = {t for t in acting if both or (t >= 0 and words[t][0] == "و" and sentence.joins(t))}
    actors = _chosen(acting, ACTOR, joined)
    recipients = _chosen(acted_on, RECIPIENT, joined)
    pairs = [(max(acting[a], acted_on[b]), a, b) for a, b in product(actors, recipients)]
    for _, one, two in sorted(pairs, reverse=True):  # what has lost drives nothing else away
        if one not in actors or two not in recipients:
            continue
        if _overlap(_phrase_at(scene, one), _phrase_at(scene, two)):
            side, lost = (recipients, two) if acting[one] >= acted_on[two] else (actors, one)
            side.discard(lost)
    mention.phrases = [
        (_phrase_at(scene, token), (chance, acted_on[token]))
        for token, chance in acting.items()
        if token >= 0 and max(chance, acted_on[token]) >= HEARD
    ]
    mention.odds = max(acting.values(), default=0.0), max(acted_on.values(), default=0.0), has
    acts = [owner_of(sentence, phrase) for phrase in _phrases(scene, actors)]
    mention.actors = actors_of(scene.annotations, sentence, acts)
    mention.recipients = actors_of(scene.annotations, sentence, _phrases(scene, recipients))
    if ELSEWHERE in actors and scene.speaker is not None:
        mention.actors.append(scene.speaker.actor)
    start, stop = sentence.clause_start(mention.token), sentence.clause_stop(mention.token)
    own = mention.match.verbal and all(start <= token < stop for token in actors)
    mention.named = frozenset(a.country for a in mention.actors if a.country and own)


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
    first, last = _phrase_at(scene, token)
    return scene.annotations.tokens.text(first, last)


def _phrases(scene: Scene, starts: Iterable[int]) -> list[TokenRange]:
    """The phrases that begin at tokens of a sentence, in order."""
    return [_phrase_at(scene, token) for token in sorted(starts) if token >= 0]


def _phrase_at(scene: Scene, token: int) -> TokenRange:
    """The phrase that begins at a token."""
    return scene.sentence.noun_phrase(token) or (token, token)


def _overlap(one: TokenRange, two: TokenRange) -> bool:
    """Whether two phrases share a token."""
    return one[0] <= two[1] and two[0] <= one[1]


def _chosen(chances: Mapping[int, float], least: float, joined: Container[int]) -> set[int]:
    """The tokens of a side: the likeliest, and others if they are joined to one or very likely."""
    best = max(chances, key=chances.__getitem__, default=None)
    if best is None or chances[best] < least:
        return set()
    return {
        token
        for token, chance in chances.items()
        if token == best or chance >= (JOINED if token in joined else ALSO)
    }
