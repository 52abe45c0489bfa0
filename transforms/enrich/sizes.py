"""How many were killed and injured, from the numbers of a sentence."""

from __future__ import annotations

from typing import Final

from transforms.enrich.lexicon import analyse
from transforms.enrich.syntax import SentenceView
from transforms.enrich.world import World
from transforms.text.numbers import NumberMention

Size = tuple[int, int | None]

_KILLED_BEFORE: Final = frozenset(
    [
        "قتل",
        "مقتل",
        "مصرع",
        "لقي",
        "استشهد",
        "سقوط",
        "سقط",
        "اغتال",
        "اغتيال",
        "استشهاد",
        "أودى",
        "إعدام",
        "أعدم",
        "ذبح",
        "حتف",
    ]
)
_HURT_BEFORE: Final = frozenset(["أصاب", "إصابة", "جرح"])
_KILLED_AFTER: Final = frozenset(["قتيل", "شهيد", "قتل"])
_HURT_AFTER: Final = frozenset(["جريح", "مصاب", "جرح"])
_REACH: Final = 4


def casualties(world: World, view: SentenceView) -> tuple[Size | None, Size | None]:
    """Count the dead and the injured of a sentence.

    Args:
        world: the text.
        view: the sentence.

    Returns:
        (lowest, highest) of each, None where no number stands beside a word of killing or
        injuring; the highest is None when the text says "at least".
    """
    dead: Size | None = None
    hurt: Size | None = None
    for first, last, number in world.numbers(view.first, view.stop):
        kind = _kind(view, first, last)
        if kind == "dead" and dead is None:
            dead = _size(number)
        elif kind == "hurt" and hurt is None:
            hurt = _size(number)
    return dead, hurt


def _size(number: NumberMention) -> Size:
    return number.low, number.high


def _kind(view: SentenceView, first: int, last: int) -> str:
    """What a number counts: ``dead``, ``hurt`` or "".

    The noun right after it decides, else the nearest word of killing or injuring before it.
    """
    if last + 1 < view.stop:
        lemmas = {r.lemma for r in analyse(view.words[last + 1]) if r.pos == "N"}
        if lemmas & {"قتيل", "شهيد"}:
            return "dead"
        if lemmas & {"جريح", "مصاب"}:
            return "hurt"
    for index in range(first - 1, max(view.first, first - _REACH) - 1, -1):
        lemmas = {r.lemma for r in analyse(view.words[index])}
        if lemmas & _HURT_BEFORE:
            return "hurt"
        if lemmas & _KILLED_BEFORE:
            return "dead"
    for index in range(last + 1, min(view.stop, last + _REACH + 1)):
        lemmas = {r.lemma for r in analyse(view.words[index]) if r.pos in "VN"}
        if lemmas & _HURT_AFTER and view.is_verb(index):
            return "hurt"
        if lemmas & _KILLED_AFTER and view.is_verb(index):
            return "dead"
    return ""
