"""A text as tokens with their places, and its sentences as ranges of tokens.

Everything runs on the normalised text; ``Tokens.span`` leads back to the code points of the
article.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import Final

from transforms.records import TextField
from transforms.text.arabic import Normalised

# A word, or one other visible character. Digits with their separators stay together.
_TOKEN: Final = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+|[^\w\s]|\n")


@dataclass(frozen=True, slots=True)
class Tokens:
    """The tokens of a title or body.

    Attributes:
        field: where they stand.
        raw: the article's own text.
        normalised: its normalised form.
        words: the tokens.
        starts: their first indices in the normalised text.
        ends: the indices after their last letters.
    """

    field: TextField
    raw: str
    normalised: Normalised
    words: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def span(self, first: int, last: int) -> tuple[int, int]:
        """Where tokens ``first`` to ``last`` (inclusive) stand in the article's text."""
        start, end = self.normalised.span(self.starts[first], self.ends[last])
        return start, end

    def text(self, first: int, last: int) -> str:
        """The article's own letters for tokens ``first`` to ``last`` (inclusive)."""
        start, end = self.normalised.span(self.starts[first], self.ends[last])
        return self.raw[start:end]

    def part(self, first: int, last: int) -> Normalised:
        """Tokens ``first`` to ``last`` (inclusive) as a normalised text of their own."""
        low, high = self.starts[first], self.ends[last]
        offsets = self.normalised.offsets
        begin = offsets[low]
        own = tuple([offset - begin for offset in offsets[low : high + 1]])
        return Normalised(self.normalised.text[low:high], own)

    def range_of(self, start: int, end: int) -> tuple[int, int]:
        """The tokens inside an original span: first index, index after the last."""
        offsets = self.normalised.offsets
        low = bisect_left(offsets, start)
        high = bisect_left(offsets, end)
        return bisect_left(self.starts, low), bisect_left(self.starts, high)


def tokenise(raw: str, normalised: Normalised, field: TextField) -> Tokens:
    """Cut a normalised text into tokens.

    Args:
        raw: the article's title or body.
        normalised: its normalised form.
        field: which of the two it is.
    """
    matches = list(_TOKEN.finditer(normalised.text))
    words = tuple([match[0] for match in matches])
    starts = tuple([match.start() for match in matches])
    ends = tuple([match.end() for match in matches])
    return Tokens(field, raw, normalised, words, starts, ends)
