"""Everything about one mention of an event: who, to whom, where, when, how many, by whose word."""

from __future__ import annotations

from typing import Final

from transforms.enrich.attributes.article import ArticleContext
from transforms.enrich.attributes.casualties import Toll, distance, toll_of, tolls
from transforms.enrich.attributes.dates import is_old, tells_time, undated, when_of
from transforms.enrich.attributes.places import place_of
from transforms.enrich.attributes.status import Realis, find_status, is_background
from transforms.enrich.events.attribution import claim_status
from transforms.enrich.events.candidates import Candidate, Scene
from transforms.enrich.events.mention import EventMention
from transforms.enrich.events.roles import Roles, give_sides
from transforms.enrich.roles.actors import actors_of
from transforms.enrich.roles.arguments import find_arguments
from transforms.enrich.roles.prepositions import Arguments
from transforms.enrich.roles.subjects import TokenRange
from transforms.enrich.rules.load import act_rule
from transforms.enrich.rules.match import TriggerMatch
from transforms.enrich.sentence.view import Sentence
from transforms.enrich.words.analyse import Reading, analyse
from transforms.enrich.words.cues import cue_contexts, cue_modes
from transforms.records import Actor, Evidence, Span
from transforms.text.dates import DateMention

HISTORICAL_DAYS: Final = 60
_OWN_REACH: Final = 8  # tokens behind an act that is no assault in which its own toll stands
_BESIDE: Final = 3  # tokens from a word of killing to whom it befalls
HARM: Final = frozenset({"ASSAULT", "SANCTION", "COERCE"})  # types of which people die


def trigger_of(candidate: Candidate, event_type: str) -> TriggerMatch:
    """The trigger by which a candidate tells an event of a type.

    Args:
        candidate: a token that tells it.
        event_type: the type.

    Returns:
        That of a rule of the type which holds the token; else the token, or the words of another
        rule that hold it, with the slots that acts of the type have.
    """
    known = candidate.triggers.get(event_type)
    if known is None:
        known = candidate.triggers[event_type] = _find_trigger(candidate, event_type)
    return known


def _find_trigger(candidate: Candidate, event_type: str) -> TriggerMatch:
    """The trigger of a candidate for a type that was not asked about yet."""
    scene, token = candidate.scene, candidate.token
    here = [m for m in scene.matches if token in m.parts]
    for match in here:
        if event_type in {match.rule.event_type, match.rule.future_type}:
            return match
    rule = act_rule(event_type)
    for match in here:
        return TriggerMatch(rule, match.parts, match.reading, match.verbal, match.subject)
    sentence = scene.sentence
    verbal = sentence.is_verb(token)
    reading = _reading(sentence.words[token], verbal=verbal)
    return TriggerMatch(rule, (token,), reading, verbal)


def _reading(word: str, *, verbal: bool) -> Reading | None:
    """The first reading of a word as a verb, or as something else."""
    return next((r for r in analyse(word) if (r.pos == "V") == verbal), None)


def mention_of(
    scene: Scene,
    match: TriggerMatch,
    event_type: str,
    context: ArticleContext,
    token: int,
    roles: Roles | None = None,
) -> EventMention:
    """A mention with all that its sentence says of it; its confidence is still to be given.

    Args:
        scene: the sentence.
        match: the trigger.
        event_type: what it tells.
        context: what the article says.
        token: the token that tells it.
        roles: say who does it to whom; without them grammar does.
    """
    annotations, sentence = scene.annotations, scene.sentence
    arguments = find_arguments(sentence, match)
    rule, tokens = match.rule, annotations.tokens
    realis = find_status(sentence, match)
    start, end = tokens.span(match.head, match.last)
    cues = sentence.cues
    mention = EventMention(
        match=match, sentence=sentence, arguments=arguments, realis=realis, event_type=event_type,
        status=realis.status, trigger=Span(tokens.raw[start:end], tokens.field, start, end),
        evidence=[_evidence(scene, match)],
        place=place_of(annotations, sentence, match, _taken(arguments)),
        modes=_modes(match, event_type, cues),
        contexts=[*rule.contexts, *(context for cue, context in cue_contexts() if cue in cues)],
        speaker=scene.speaker.actor.text if scene.speaker else None,
        anchored=annotations.anchor is not None, token=token, order=scene.number,
    )  # fmt: skip
    speaks = rule.speaks and (not rule.reciprocal or "مع" in arguments.slots)
    heard = speaks and not arguments.actors and scene.speaker is not None
    arguments.inherited |= heard
    if roles is not None and roles.weights:
        give_sides(mention, scene, roles)
    else:
        _sides_by_grammar(mention, scene, heard=heard)
    mention.claim_status = claim_status(mention, scene.speaker)
    if event_type in HARM:
        count_persons(mention, scene)
    dates = dates_of(scene)
    mention.when = when_of(annotations, sentence, match, dates, ahead=realis.status == "future")
    if mention.status == "asserted" and is_history(mention, scene, context):
        mention.status = "historical"
    return mention


def _sides_by_grammar(mention: EventMention, scene: Scene, *, heard: bool) -> None:
    """Give a mention the sides that grammar finds; who acts may be who speaks."""
    annotations, sentence, arguments = scene.annotations, scene.sentence, mention.arguments
    mention.actors = actors_of(annotations, sentence, arguments.actors)
    mention.recipients = actors_of(annotations, sentence, arguments.recipients)
    if heard and scene.speaker is not None:
        mention.actors = [scene.speaker.actor]
    if mention.match.verbal and not arguments.inherited:
        mention.named = frozenset(a.country for a in mention.actors if a.country)


def bare_mention(scene: Scene, match: TriggerMatch, event_type: str, token: int) -> EventMention:
    """A mention of which nothing is known but its words: one that hardly is an event.

    Args:
        scene: the sentence.
        match: the trigger.
        event_type: what it might tell.
        token: the token that might tell it.
    """
    sentence, tokens = scene.sentence, scene.annotations.tokens
    start, end = tokens.span(match.head, match.last)
    background = is_background(sentence)
    return EventMention(
        match=match, sentence=sentence, arguments=Arguments(),
        realis=Realis("asserted", background=background),
        event_type=event_type, status="historical" if background else "asserted",
        trigger=Span(tokens.raw[start:end], tokens.field, start, end),
        evidence=[_evidence(scene, match)], token=token,
    )  # fmt: skip


def is_history(mention: EventMention, scene: Scene, context: ArticleContext) -> bool:
    """Whether a mention lies long before the article: by its date, its opener, the article."""
    return (
        is_old(mention.when, scene.annotations.anchor, HISTORICAL_DAYS)
        or mention.realis.background
        or (context.past and undated(mention.when))
    )


def dates_of(scene: Scene) -> list[DateMention]:
    """The date expressions of a sentence, found once."""
    if scene.dates is None:
        sentence = scene.sentence
        told = tells_time(sentence)
        scene.dates = scene.annotations.dates(sentence.first, sentence.stop) if told else []
    return scene.dates


def count_persons(mention: EventMention, scene: Scene) -> None:
    """Give a mention the dead and the injured of its sentence that stand nearest to it.

    An act that is no assault has those right behind it in its clause: the executed and those shot
    when a square is cleared, not those of the attack told beside it.
    """
    sentence, at = scene.sentence, mention.token
    dead, hurt = _nearest(tolls_in(scene), sentence, at, mention.event_type)
    mention.fatalities, mention.injured = dead and dead.size, hurt and hurt.size
    mention.gaps = _gap(sentence, dead, at), _gap(sentence, hurt, at)
    if mention.event_type == "ASSAULT" and not mention.recipients:
        mention.recipients = _victims(mention, scene, [t for t in (dead, hurt) if t is not None])


def tolls_in(scene: Scene) -> list[Toll]:
    """The tolls of a sentence, read once."""
    if scene.tolls is None:
        scene.tolls = tolls(scene.annotations, scene.sentence)
    return scene.tolls


def _nearest(
    found: list[Toll], sentence: Sentence, at: int, event_type: str
) -> tuple[Toll | None, Toll | None]:
    """The dead and the injured of a sentence that stand nearest to the word that tells an event."""
    if event_type != "ASSAULT":
        stop = min(sentence.clause_stop(at), at + _OWN_REACH)
        found = [toll for toll in found if at <= toll.first < stop]
    return toll_of(found, sentence, at, "dead"), toll_of(found, sentence, at, "hurt")


def _victims(mention: EventMention, scene: Scene, counted: list[Toll]) -> list[Actor]:
    """Who is counted among the dead or injured: ثلاثة جنود روس."""
    annotations, sentence = scene.annotations, scene.sentence
    acting = {i for first, last in mention.arguments.actors for i in range(first, last + 1)}
    for toll in counted:
        for named in annotations.between(toll.last, toll.last + 2):
            if named.entity.kind == "actor" and named.first not in acting:
                first = min(toll.first, named.first)
                return actors_of(annotations, sentence, [(first, named.last)])
    return []


def _gap(sentence: Sentence, toll: Toll | None, token: int) -> tuple[int, int]:
    """How badly a toll suits a mention: numbers before words, those before dozens; then how far.

    One who dies right beside the word that tells the event is as good as a number: استشهد رقيب.
    """
    if toll is None:
        return 3, 0
    far = distance(sentence, toll, token)
    beside = toll.kind == "dead" and far <= _BESIDE
    return (2 if not toll.exact else int(not toll.numbered and not beside)), far


def lacks(mention: EventMention) -> bool:
    """Whether a slot that the mention's rule needs stayed empty."""
    need, rule = mention.match.rule.need, mention.match.rule
    actors, recipients = mention.actors, mention.recipients
    if rule.need_preposition and not mention.arguments.slots & set(rule.need_preposition):
        return True
    return (
        ("actor" in need and not actors)
        or ("recipient" in need and not recipients)
        or ("known" in need and not _known(actors, recipients))
        or ("any" in need and not actors and not recipients)
    )


def _known(actors: list[Actor], recipients: list[Actor]) -> bool:
    return any(a.country for a in (*actors, *recipients))


def _taken(arguments: Arguments) -> set[int]:
    phrases: list[TokenRange] = [*arguments.actors, *arguments.recipients]
    return {index for first, last in phrases for index in range(first, last + 1)}


def _modes(match: TriggerMatch, event_type: str, cues: frozenset[str]) -> list[str]:
    """The rule's modes, then those the sentence tells."""
    found = list(match.rule.modes) if event_type == match.rule.event_type else []
    if not found or found == ["explosives"] or event_type == "CONSULT":
        found += [mode for cue, mode in cue_modes(event_type) if cue in cues]
    return list(dict.fromkeys(found))


def _evidence(scene: Scene, match: TriggerMatch) -> Evidence:
    """The clause around a trigger, as the article writes it."""
    sentence, tokens = scene.sentence, scene.sentence.tokens
    first = sentence.clause_start(match.head)
    last = max(sentence.clause_stop(match.last) - 1, match.last)
    known = scene.evidence.get((first, last))
    if known is None:
        start, end = tokens.span(first, last)
        known = Evidence(tokens.raw[start:end], tokens.field, start, end, sentence.paragraph)
        scene.evidence[first, last] = known
    return known
