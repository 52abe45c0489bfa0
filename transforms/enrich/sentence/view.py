"""Shallow syntax of one sentence: token kinds, clauses and noun phrases, without a parser.

Kinds, one letter a token: ``V`` verb, ``N`` noun or anything nominal, ``P`` preposition, ``C``
opener of a clause, ``R`` relative pronoun, ``T`` time word, ``X`` particle, ``,`` weak stop,
``.`` strong stop, ``"`` quote mark, ``#`` number.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, Final

from transforms.enrich.entities.nationality import country_names
from transforms.enrich.sentence import insertions
from transforms.enrich.sentence.kinds import class_of, closed_kind, first_kind, open_kind
from transforms.enrich.sentence.spans import EntitySpan
from transforms.enrich.words import closed_classes as grammar
from transforms.enrich.words import endings
from transforms.enrich.words.analyse import Reading, analyse, lemmas_of
from transforms.enrich.words.clitics import ARTICLE, CONJUNCTIONS, PREPOSITIONS, written
from transforms.enrich.words.cues import find_cues
from transforms.enrich.words.tokens import Tokens

# ب or ل before the article, or before a masdar that begins with alef (باستخدام).
_ATTACHED: Final = re.compile(r"و?(?:لل|بال)\w{3}|[بل]ا(?:ست|\wت|ن\w)\w{3}")
_MAX_NP: Final = 9  # tokens of a noun phrase
_DEFINITE: Final = (ARTICLE, written(CONJUNCTIONS[0], definite=True).letters)
# What a name that begins so may only seem to be: an attached letter, or alef before one.
_GOVERNING: Final = frozenset(verb for verb, _ in grammar.VERBS_WITH)
_GOVERNED: Final = 8  # tokens within which a verb that looks like a preposition has its own
_MAY_BE_ATTACHED: Final = endings.ACCUSATIVE + CONJUNCTIONS + PREPOSITIONS
_OBJECT_ENDINGS: Final = (
    endings.PLURAL_FEMININE,
    endings.PLURAL_OBLIQUE,
    endings.ACCUSATIVE,
    endings.FEMININE_FOLDED,
)


class Sentence:
    """One sentence of a tokenised text, with what shallow syntax can say about it.

    Token indices are those of the whole text.

    Attributes:
        tokens: the text.
        first: the sentence's first token.
        stop: the index after its last token.
        paragraph: its paragraph.
    """

    __slots__ = (
        "_clauses",
        "_cues",
        "_kinds",
        "_lemmas",
        "_line",
        "first",
        "names",
        "opens",
        "paragraph",
        "parties",
        "spans",
        "statuses",
        "stop",
        "tokens",
        "voweled",
        "whole",
        "words",
    )

    def __init__(self, tokens: Tokens, first: int, stop: int, paragraph: int) -> None:
        """Keep the range; kinds are computed at the first question."""
        self.tokens = tokens
        self.words = tokens.words
        self.first = first
        self.stop = stop
        self.paragraph = paragraph
        self._kinds: dict[int, str] = {}
        self.voweled = "\u064e" in tokens.raw
        self._clauses: tuple[list[int], list[int]] | None = None
        self._line = ""  # the kinds of all tokens, once the clauses were found
        self._cues: frozenset[str] | None = None
        self._lemmas: frozenset[str] | None = None
        self.statuses: dict[tuple[object, ...], tuple[Any, object]] = {}  # attributes.status
        self.opens: frozenset[int] = frozenset()  # tokens that begin a known actor or place
        self.whole: frozenset[int] = frozenset()  # tokens that end a definite one
        self.parties: frozenset[int] = frozenset()  # tokens that begin a known actor
        self.names: frozenset[int] = frozenset()  # tokens that end a country's or capital's name
        self.spans: dict[int, int] = {}  # known phrases: first token -> last

    def know(self, known: Iterable[EntitySpan]) -> None:
        """Take in the known actors and places.

        Phrases take them whole and break between two of them; inside an actor's name every word
        is nominal (جنوب أفريقيا).

        Args:
            known: the sentence's known phrases.
        """
        items = tuple(known)
        self.spans = {item.first: item.last for item in items}
        self.opens = frozenset(self.spans)
        self.whole = frozenset(item.last for item in items if item.definite)
        self.names = frozenset(item.last for item in items if item.name)
        self.parties = frozenset(item.first for item in items if item.party)
        self._kinds = {
            index: "N"
            for item in items
            if item.party or item.name
            for index in range(item.first, item.last + 1)
            if index > item.first or class_of(self.words[index]) != "X"
        }
        self._kinds.update(insertions.transparent(self.words, self.first, self.stop))
        self._clauses = None
        self.statuses.clear()

    @property
    def cues(self) -> frozenset[str]:
        """What the sentence is about, by its cue words."""
        if self._cues is None:
            self._cues = find_cues(self.words[self.first : self.stop])
        return self._cues

    @property
    def lemmas(self) -> frozenset[str]:
        """The lemmas of every reading of every token."""
        if self._lemmas is None:
            self._lemmas = frozenset().union(*map(lemmas_of, self.words[self.first : self.stop]))
        return self._lemmas

    def kind(self, index: int) -> str:
        """The kind of a token; ``.`` outside the sentence."""
        known = self._kinds.get(index)
        if known is not None:
            return known
        if not self.first <= index < self.stop:
            return "."
        known = self._kinds[index] = self._find_kind(index)
        return known

    def _find_kind(self, index: int) -> str:
        word = self.words[index]
        kind, quantifier, general = first_kind(word)
        if quantifier:
            return "N"
        if (kind == "T" and self._opens_with_verb(index)) or (
            kind == "P" and self._governs_preposition(index)
        ):
            return "V"
        if general and index > self.first and self.words[index - 1].startswith(ARTICLE):
            return "N"  # الأمين العام
        if kind:
            return kind
        folded = word[-1] == endings.FEMININE_FOLDED
        if folded and self.tokens.text(index, index).endswith(endings.FEMININE):
            return "N"  # folded to ه it would read as a verb with a pronoun: وزارة
        kind = open_kind(word)
        return self._verb_or_noun(index) if kind == "?" else kind

    def _opens_with_verb(self, index: int) -> bool:
        """Whether a time word (فجر) is a verb that opens its clause: وفجر المهاجمون قنابلهم."""
        word = self.words[index]
        if not any(r.pos == "V" and r.person[0] == "3" for r in analyse(word)):
            return False
        before = self.kind_ahead(index - 1)
        after = self.words[index + 1] if index + 1 < self.stop else ""
        return (
            before in ".,C"
            and (after.startswith(ARTICLE) or after.endswith((endings.PLURAL, endings.NISBA)))
            and (self.kind_ahead(index + 1) == "N")
        )

    def _governs_preposition(self, index: int) -> bool:
        """Whether a preposition (عبر) is a verb that opens its clause: عبر الرئيس عن أسفه."""
        word = self.words[index]
        plain = word[1:] if word[0] in CONJUNCTIONS else word
        near = self.words[index + 1 : min(index + _GOVERNED, self.stop)]
        if plain not in _GOVERNING or not any((plain, w) in grammar.VERBS_WITH for w in near):
            return False
        return plain != word or self.kind_ahead(index - 1) in ".,C"

    def _verb_or_noun(self, index: int) -> str:
        """Decide between verb and noun by what stands around the token."""
        word = self.words[index]
        readings = analyse(word)
        verb_readings = [r for r in readings if r.pos == "V" and r.person[0] in "13"]
        if all(r.conjunction for r in verb_readings) and any(
            not r.conjunction for r in readings if r.pos != "V"
        ):
            return "N"  # وزير is no و + زير
        previous = self.kind(index - 1)
        if index - 2 >= self.first and self.words[index - 2 : index] in grammar.OPENING_PAIRS:
            previous = "C"
        headline = (
            previous in ".,"
            and word[0] != CONJUNCTIONS[0]
            and self._indefinite_adjective(index + 1)
        )
        # A headline's masdar: قصف مدفعي إسرائيلي على
        if headline or previous in {"P", "#"} or self._completes_verb(index, verb_readings):
            return "N"
        conjunction = all(r.conjunction for r in verb_readings)
        following = self.kind_ahead(index + 1)
        if previous == "V" and not conjunction:
            return "N"
        if previous == "N" and not conjunction and index - 1 >= self.first:
            relative = index + 1 in self.opens and any(r.pronoun for r in verb_readings)
            return "V" if relative or self.words[index - 1].startswith(ARTICLE) else "N"
        if following == "P" and not conjunction and all(r.voice == "?" for r in verb_readings):
            return "V" if any(r.person != "3ms" for r in verb_readings) else "N"
        return "V"

    def _indefinite_adjective(self, index: int) -> bool:
        """Whether an adjective in ي or ية without article stands here, and no known party."""
        if index >= self.stop or index in self.opens or self.kind_ahead(index) != "N":
            return False
        word = self.words[index]
        return len(word) > 4 and word.endswith(endings.NISBA) and not word.startswith(ARTICLE)

    def _completes_verb(self, index: int, verbs: list[Reading]) -> bool:
        """Whether a masdar completes a verb of its clause: أعلنت الحكومة رفضها، فرضت حظر التجول.

        After an indefinite noun it may be a verb again, in a relative clause (هجوم قتل فيه).
        """
        if all(r.conjunction for r in verbs):
            return False
        before = self.words[index - 1] if index > self.first else ""
        definite = before.startswith(_DEFINITE) or index - 1 in self.whole
        if not definite and (index + 1 in self.opens or not any(r.pronoun for r in verbs)):
            return False  # قيود فرضها الجيش
        position = index - 1
        while position >= self.first and self.kind(position) in "N#TX":
            position -= 1
        return self.kind(position) == "V" and position < index - 1

    def kind_ahead(self, index: int) -> str:
        """The closed kind of a token, open ones as ``N``: safe to ask while deciding another."""
        if not self.first <= index < self.stop:
            return "."
        return closed_kind(self.words[index]) or "N"

    def skip_quotes(self, index: int, step: int = 1) -> int:
        """The next index that is no quote mark, from ``index`` on, itself included."""
        while self.first <= index < self.stop and self.kind(index) == '"':
            index += step
        return index

    def is_verb(self, index: int) -> bool:
        """Whether the token reads as a verb here."""
        return (self._kinds.get(index) or self.kind(index)) == "V"

    def readings(self, index: int, lemmas: frozenset[str]) -> Iterator[Reading]:
        """The readings of a token that have one of the lemmas."""
        for reading in analyse(self.words[index]):
            if reading.lemma in lemmas:
                yield reading

    def has_noun_reading(self, index: int) -> bool:
        """Whether a token can be a noun of the word lists."""
        return any(r.pos == "N" for r in analyse(self.words[index]))

    def is_attached(self, index: int) -> bool:
        """Whether a noun carries ب, ل or ك, so that it opens a prepositional phrase."""
        word = self.words[index]
        nouns = [r for r in analyse(word) if r.pos != "V"]
        if nouns:
            return all(r.preposition for r in nouns)
        if index in self.opens:
            return False
        return _ATTACHED.match(word) is not None

    def _bounds(self) -> tuple[list[int], list[int]]:
        """For every token where its clause starts and stops, found once."""
        if self._clauses is None:
            first, starts, stops = self.first, [], []
            kinds = self._line = "".join([self.kind(i) for i in range(first, self.stop)])
            begin = first
            for index, kind in enumerate(kinds, first):
                starts.append(begin)
                if kind in ".,CR":
                    begin = index + 1
            end = self.stop
            for index in range(self.stop - 1, first - 1, -1):
                stops.append(end)
                if kinds[index - first] in ".,CR":
                    end = index
            self._clauses = starts, stops[::-1]
        return self._clauses

    def line(self) -> str:
        """The kinds of all its tokens, one letter each."""
        if self._clauses is None:
            self._bounds()
        return self._line

    def stretch(self, first: int, stop: int) -> str:
        """The kinds of tokens ``first`` to ``stop`` (exclusive), one letter each."""
        if self._clauses is None:
            self._bounds()
        return self._line[max(first - self.first, 0) : max(stop - self.first, 0)]

    def breaks(self, first: int, stop: int) -> int:
        """How many tokens from ``first`` to ``stop`` (exclusive) end a clause; ``,`` does not."""
        line = self.stretch(first, stop)
        outside = max(stop - first, 0) - len(line)  # as good as stops
        return line.count(".") + line.count("C") + line.count("R") + outside

    def clause_start(self, index: int) -> int:
        """The first token of the clause around ``index``."""
        return (self._clauses or self._bounds())[0][index - self.first]

    def clause_stop(self, index: int) -> int:
        """The index after the last token of the clause around ``index``."""
        return (self._clauses or self._bounds())[1][index - self.first]

    def noun_phrase(self, index: int, limit: int | None = None) -> tuple[int, int] | None:
        """The noun phrase that begins at a token.

        Args:
            index: where it may begin; quote marks, time words and particles are skipped.
            limit: no token from here on belongs to it.

        Returns:
            First and last token, or None when no noun phrase begins there.
        """
        stop = min(self.stop if limit is None else limit, self.stop)
        while index < stop and self.kind(index) in '"TX':
            index += 1
        if index >= stop or self.kind(index) not in "N#":
            return None
        last = min(self.spans.get(index, index), stop - 1)
        position = last + 1
        while position < stop and position - index < _MAX_NP:
            if not self._continues(index, last, position):
                break
            if self.kind(position) != '"':
                last = min(self.spans.get(position, position), stop - 1)
            position = max(position, last) + 1
        return index, last - 1 if self.words[last] in grammar.PARTITIVE and last > index else last

    def _continues(self, start: int, last: int, position: int) -> bool:
        """Whether the token at ``position`` still belongs to the phrase from ``start``."""
        kind, word = self.kind(position), self.words[position]
        if kind == '"':
            return self.kind(position + 1) == "N"
        if kind == "P":
            return self._partitive(last, word)
        if kind not in "N#" or self.is_attached(position):
            return False
        joined = word[0] == CONJUNCTIONS[0] and self.joins(position)
        if joined or self.words[last] in grammar.GOES_ON:
            return True
        return not self._opens_new_phrase(start, last, position)

    def _partitive(self, last: int, word: str) -> bool:
        """``عدد من``, ``ستة من``, ``قوات من``: a من that joins a quantity to its whole."""
        if word not in grammar.PARTITIVE:
            return False
        head = self.words[last]
        return head in grammar.QUANTIFIERS or self.kind(last) == "#" or not head.startswith(ARTICLE)

    def joins(self, position: int) -> bool:
        """Whether the و at the head of a token joins two nouns; that of وزير is its own."""
        word, readings = self.words[position], analyse(self.words[position])
        if readings:
            return all(r.conjunction for r in readings) or word.startswith(_DEFINITE[1])
        return position in self.opens or word.startswith(_DEFINITE[1])

    def _accusative(self, position: int) -> bool:
        """Whether a token's last letter carries a written fatha."""
        return self.voweled and self.tokens.text(position, position).endswith("\u064e")

    def _country_follows(self, before: str, position: int) -> bool:
        """Whether a country's name stands behind an adjective: المفوضية الأوروبية تركيا."""
        word = self.words[position]
        named = position in self.opens and self.spans[position] in self.names
        plain = word[0] not in _MAY_BE_ATTACHED or word in country_names()
        return named and plain and before.startswith(ARTICLE)

    def _opens_new_phrase(self, start: int, last: int, position: int) -> bool:
        """Whether a nominal token cannot continue the phrase before it (subject | object)."""
        word, before = self.words[position], self.words[last]
        definite = word.startswith(ARTICLE)
        marked = self._accusative(position) or self._country_follows(before, position)
        country = word in country_names()
        if marked or insertions.begins(before, word, known=position in self.opens, country=country):
            return True  # المبادرة الأطراف، التقى الرئيس رئيسَ المجلس: subject and object
        if last in self.names or (last in self.whole and (position in self.opens or not definite)):
            return True
        if word in grammar.QUANTIFIERS or self.kind(position) == "#":
            governs = last == start and self.is_attached(start)  # لمطالب عشرات السائقين
            return self.kind(last) != "#" and before not in grammar.QUANTIFIERS and not governs
        if before.startswith(_DEFINITE):
            if definite:
                return False
            return any(r.pos == "N" for r in analyse(word)) or word.endswith(_OBJECT_ENDINGS)
        # A plural in ون without article governs no genitive and agrees with its adjective.
        return before.endswith(endings.PLURAL) and (definite or not word.endswith(endings.PLURAL))
