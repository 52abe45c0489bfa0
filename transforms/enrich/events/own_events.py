"""What a user's own rules find: they decide by themselves (decision 0062).

No model has seen them, and they change nothing else: models and shipped rules see the article as
they would without them, and only what they tell by the same words is left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from transforms.enrich.attributes.article import ArticleContext
from transforms.enrich.events.attribution import speaker_of
from transforms.enrich.events.candidates import Candidate, Scene
from transforms.enrich.events.details import lacks, mention_of
from transforms.enrich.events.mention import EventMention
from transforms.enrich.events.scenes import sentences_of
from transforms.enrich.rules.load import own_anchors, own_rules_of
from transforms.enrich.rules.match import TriggerMatch, find_matches
from transforms.enrich.sentence.annotations import Annotations

Own = tuple[Scene, EventMention]
Words = frozenset[tuple[str, int]]  # field and token


def with_own(scenes: Sequence[Scene], annotations: Annotations) -> list[Scene]:
    """The scenes of a text with the triggers of own rules, and those that only such rules bring up.

    Args:
        scenes: of the text, in order.
        annotations: the text.
    """
    if not own_anchors():
        return list(scenes)
    return list(_with_own(scenes, annotations))


def _with_own(scenes: Sequence[Scene], annotations: Annotations) -> Iterator[Scene]:
    waiting = {scene.number: scene for scene in scenes}
    words, speaker = annotations.tokens.words, None
    for number, plain in enumerate(sentences_of(annotations)):
        scene = waiting.get(number)
        sentence = plain if scene is None else scene.sentence
        speaker = speaker if scene is None else scene.speaker
        span = range(sentence.first, sentence.stop)
        starts = [i for i in span if own_rules_of(words[i]) and not annotations.is_name(i)]
        if starts and scene is None:
            sentence.know(annotations.known(sentence.first, sentence.stop))
        found = find_matches(sentence, starts, own_rules_of) if starts else []
        if scene is not None:
            scene.own = found
            yield scene
        elif found:
            told_by = speaker_of(annotations, sentence, speaker)
            yield Scene(annotations, sentence, number, (), told_by, found, only_own=True)


def own_mentions(scenes: Iterable[Scene], context: ArticleContext) -> list[Own]:
    """The mentions that own rules find, each as sure as its rule says.

    Args:
        scenes: the sentences of an article.
        context: what the article says.

    Returns:
        Sentences and mentions in the order of the text; none where a slot that the rule needs
        stayed empty.
    """
    found = []
    for scene in scenes:
        for match in scene.own:
            mention = mention_of(scene, match, match.rule.event_type, context, match.head)
            if not lacks(mention):
                mention.confidence = match.rule.confidence
                found.append((scene, mention))
    return found


def told_words(own: Iterable[Own]) -> Words:
    """The words by which own rules tell something: no shipped rule or model tells it by them."""
    return frozenset((m.trigger.field, part) for _, m in own for part in m.match.parts)


def shares(match: TriggerMatch, scene: Scene, told: Words) -> bool:
    """Whether a trigger holds one of the words told already."""
    field = scene.annotations.tokens.field
    return bool(told) and any((field, part) in told for part in match.parts)


def is_told(candidate: Candidate, told: Words) -> bool:
    """Whether a candidate is one of the words told already."""
    return (candidate.scene.annotations.tokens.field, candidate.token) in told
