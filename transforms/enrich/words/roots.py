"""The consonants that words of one root share: هاجم، هجوم، مهاجمة are one act to the models."""

from __future__ import annotations

from typing import Final

from transforms.enrich.words.memo import remembers
from transforms.text.arabic import normalise_text

_PREFIXES: Final = ("است", "مست", "ان", "من", "ا", "م", "ت")
_WEAK: Final = str.maketrans("", "", "اويـ")
_LEAST: Final = 3  # letters that a prefix must leave


@remembers
def skeleton(lemma: str) -> str:
    """A lemma without the letters that patterns add, as far as its spelling tells them apart.

    Args:
        lemma: an entry of the word lists.

    Returns:
        Its consonants, the infix of the eighth form left out (اعتقل، اعتقال: عقل); words of one
        root nearly always give the same, others now and then.
    """
    word = normalise_text(lemma).removesuffix("ه").removesuffix("ات")
    for prefix in _PREFIXES:
        rest = word.removeprefix(prefix)
        if rest != word and len(rest.translate(_WEAK)) >= _LEAST:
            word = rest
            break
    bare = word.translate(_WEAK)
    if len(bare) > _LEAST and bare[1] == "ت":
        bare = bare[0] + bare[2:]
    return bare or word
