"""Compose heads, adjectives, names and places into one phrase: who is meant, and from where.

The grammar is shallow: a head noun (وزارة الدفاع), then in any order a nisba (الأذربيجانية), a
complement in construct (جيش أذربيجان, سكان قره باغ), a name after a title (الرئيس الروسي
فلاديمير بوتين), or a phrase with في, من, باسم (مدنيون في حلب, جنود من قوات حفظ السلام).
"""

from __future__ import annotations

from typing import Final

from transforms.enrich.entities.names import Lexicon, NameForm
from transforms.enrich.entities.persons import find_person
from transforms.enrich.entities.phrase import (
    EntityPhrase,
    enter_region,
    inherit,
    merge_sectors,
    start_phrase,
)
from transforms.enrich.entities.place_phrases import classified_place, locate
from transforms.enrich.entities.scan import NameMatch, NameTokens
from transforms.enrich.words import closed_classes, endings

_OWNERS: Final = frozenset({"agent", "organisation", "nisba", "people"})
_STATE: Final = frozenset({"GOV", "MIL", "COP", "LEG", "JUD", "SPY"})
_MAX_DEPTH: Final = 3


class Composer:
    """Compose phrases over the tokens of one text."""

    __slots__ = ("_lexicon", "_tokens")

    def __init__(self, tokens: NameTokens, lexicon: Lexicon) -> None:
        """Work on one text.

        Args:
            tokens: its tokens, with the look-up.
            lexicon: what the look-up knows.
        """
        self._tokens = tokens
        self._lexicon = lexicon

    def compose(self, index: int, depth: int = 0) -> EntityPhrase | None:
        """The maximal phrase that starts at a token.

        Args:
            index: token to start at.
            depth: nesting of complements so far.

        Returns:
            The phrase; None when the token starts none.
        """
        return self._matched(index, depth) or find_person(self._tokens, self._lexicon, index)

    def _matched(self, index: int, depth: int) -> EntityPhrase | None:
        """The phrase of the lexicon entry at a token."""
        match = self._tokens.match(index)
        if match is None:
            return classified_place(self._tokens, index)
        form = match.best()
        role = form.lexeme.role
        noun = self._tokens.place_noun(index)
        if noun is not None and (role == "place" or noun.precision == "country"):
            classified = classified_place(self._tokens, index)
            if classified is not None and classified.last > match.last:
                return classified
        if role in {"nisba", "people"} and not self._stands_alone(match, form, depth):
            alternative = match.other({"country", "capital", "place", "region"})
            if alternative is None:
                return None
            form = alternative
        if "j" in form.lexeme.flags and not self._noun(match, form):
            return None
        phrase = start_phrase(match, form)
        if form.lexeme.role in {"agent", "organisation", "nisba", "people"}:
            self._extend(phrase, depth)
        elif form.lexeme.role in {"place", "capital", "country", "region"}:
            locate(self._tokens, phrase)
        return phrase if self._accepted(phrase, depth) else None

    def _stands_alone(self, match: NameMatch, form: NameForm, depth: int) -> bool:
        """A nisba is a noun by itself only in the plural, and not after another word's article."""
        if form.text.endswith("ات"):
            return False
        if not form.plural:
            previous = self._tokens.words[match.first - 1] if match.first else ""
            counted = previous in closed_classes.VICTIM_OF or previous.isdigit()
            return counted and not form.definite and not match.attached and form.text[-1] == "ي"
        if depth:
            return True
        before = self._tokens.words[match.first - 1] if match.first else ""
        joined = match.first > 0 and self._tokens.joined(match.first - 1)
        return not (joined and before.startswith("ال") and not match.clitic and form.definite)

    def _noun(self, match: NameMatch, form: NameForm) -> bool:
        """Whether a word that is also an adjective is a noun here: no noun stands before it."""
        if form.plural or match.attached or not self._tokens.joined(match.first - 1):
            return True
        before = self._tokens.words[match.first - 1]
        if form.definite:
            return not before.lstrip("وبكف").startswith(("ال", "لل"))
        return (
            before in closed_classes.VICTIM_OF
            or before in closed_classes.BEFORE_NOUN
            or before.isdigit()
        )

    def _accepted(self, phrase: EntityPhrase, depth: int) -> bool:
        """Weak heads need the article or company; ambiguous names need a context."""
        flags = phrase.form.lexeme.flags
        if phrase.qualified or (depth and phrase.form.lexeme.role != "place"):
            return True
        if "^" in flags:
            return False  # only after a place noun, which makes it a classified place
        if "~" in flags:
            named = phrase.form.lexeme.role in {"organisation", "leader"}
            return not named and self._tokens.place_context(phrase.first, phrase.match)
        if "s" in flags:
            return False
        return "w" not in flags or phrase.form.definite

    # -- what may follow a head -------------------------------------------------------------

    def _extend(self, phrase: EntityPhrase, depth: int) -> None:
        while self._step(phrase, depth):
            pass

    def _step(self, phrase: EntityPhrase, depth: int) -> bool:
        """Take one more part; False when nothing fits."""
        index = phrase.last + 1
        skipped = 0
        while (
            skipped < 3
            and self._tokens.joined(index - 1)
            and index < len(self._tokens.words)
            and self._tokens.match(index) is None
            and self._tokens.words[index] in self._lexicon.fillers
        ):
            index += 1
            skipped += 1
        if index >= len(self._tokens.words) or not self._tokens.joined(index - 1):
            return False
        word = self._tokens.words[index]
        if self._preposition(phrase, index, word, depth):
            return True
        match = self._tokens.match(index)
        if match is None:
            return self._classified(phrase, index) or self._unlisted(phrase, index)
        if match.clitic:
            return self._owned(phrase, index, match, depth)
        if match.attached:
            return False
        return (
            self._nisba(phrase, match)
            or self._named(phrase, match)
            or self._adjective(phrase, match)
            or self._construct(phrase, index, depth)
        )

    def _nisba(self, phrase: EntityPhrase, match: NameMatch) -> bool:
        form = match.other({"nisba", "people"})
        if form is None or not self._agrees(phrase, form):
            return False
        country = form.lexeme.country
        if phrase.country and country and country != phrase.country:
            return False
        if "~" in form.lexeme.flags and not _STATE & set(phrase.sectors):
            return False
        phrase.country = phrase.country or country
        self._take(phrase, match, form)
        return True

    def _agrees(self, phrase: EntityPhrase, form: NameForm) -> bool:
        """An adjective has the article when its noun is definite; a construct may go either way."""
        if phrase.form.definite or phrase.qualified:
            return form.definite or phrase.form.lexeme.role == "organisation"
        # An indefinite head before a definite people is a construct: قوات الأرمن.
        return not form.definite or " " in phrase.form.text

    def _adjective(self, phrase: EntityPhrase, match: NameMatch) -> bool:
        """Another agent noun in apposition or as an adjective: المسلحين الانفصاليين."""
        form = match.other({"agent"})
        if form is None or "a" not in form.lexeme.flags:
            return False
        if form.definite != phrase.form.definite and not phrase.qualified:
            return False
        phrase.sectors = merge_sectors(phrase.sectors, form.lexeme.sectors)
        self._take(phrase, match, form)
        return True

    def _named(self, phrase: EntityPhrase, match: NameMatch) -> bool:
        """A known name after a title: الرئيس الروسي فلاديمير بوتين."""
        form = match.other({"leader"})
        if form is None or "p" not in phrase.form.lexeme.flags:
            return False
        lexeme = form.lexeme
        if phrase.country and lexeme.country and phrase.country != lexeme.country:
            return False
        phrase.country = phrase.country or lexeme.country
        phrase.sectors = phrase.sectors or lexeme.sectors
        phrase.name = lexeme.name
        self._take(phrase, match, form)
        return True

    def _unlisted(self, phrase: EntityPhrase, index: int) -> bool:
        """A person's name that is in no table, after a title: النائب أنطوان غانم."""
        person = (
            find_person(self._tokens, self._lexicon, index)
            if "p" in phrase.form.lexeme.flags
            else None
        )
        if person is None or person.match.attached:
            return False
        phrase.name = person.form.text
        self._take(phrase, person.match, person.form)
        return True

    def _construct(self, phrase: EntityPhrase, index: int, depth: int) -> bool:
        """A complement right after an indefinite head: جيش أذربيجان, قائد الجيش السوري."""
        if phrase.form.definite and not self._may_govern(phrase):
            return False
        if depth >= _MAX_DEPTH or phrase.qualified:
            return False
        if self._tokens.words[phrase.last].endswith(endings.PLURAL):
            return False  # مجهولون governs nothing: its ن would be gone
        inner = self.compose(index, depth + 1)
        if inner is None or not self._complement(phrase, inner):
            return False
        self._absorb(phrase, inner, owned=True)
        return True

    @staticmethod
    def _may_govern(phrase: EntityPhrase) -> bool:
        """Fixed expressions (وزارة الدفاع, متحدث باسم) still take a complement; nisbas do not."""
        return " " in phrase.form.text and phrase.form.lexeme.role == "agent"

    @staticmethod
    def _complement(phrase: EntityPhrase, inner: EntityPhrase) -> bool:
        """Whether a phrase can be what the head belongs to: a definite body, people or name.

        Names that are also common words (مهاجم فتح النار) belong only to bodies and their members.
        """
        flags = phrase.form.lexeme.flags
        if "~" in inner.form.lexeme.flags and inner.form.lexeme.role in {"organisation", "leader"}:
            return bool({"r", "k", "b"} & set(flags))
        if inner.form.lexeme.role != "agent":
            return True
        return inner.form.definite or inner.qualified or "r" in flags

    def _owned(self, phrase: EntityPhrase, index: int, match: NameMatch, depth: int) -> bool:
        """A complement after ل: القوات التابعة للحكومة, ناطق ل..."""
        previous = self._tokens.words[index - 1]
        governs = previous in closed_classes.BELONGING or "r" in phrase.form.lexeme.flags
        if match.clitic != "ل" or depth >= _MAX_DEPTH or not governs:
            return self._located_by_clitic(phrase, match)
        inner = self.compose(index, depth + 1)
        if inner is None:
            return False
        self._absorb(phrase, inner, owned=True)
        return True

    def _located_by_clitic(self, phrase: EntityPhrase, match: NameMatch) -> bool:
        """A place after ب: مدنيون بحلب."""
        form = match.other({"place", "country", "capital", "region"})
        if form is None or match.clitic != "ب" or not self._locatable(phrase):
            return False
        inner = start_phrase(match, form)
        locate(self._tokens, inner)
        self._absorb(phrase, inner, owned=False)
        return True

    def _preposition(self, phrase: EntityPhrase, index: int, word: str, depth: int) -> bool:
        """A complement after باسم, في or من."""
        if depth >= _MAX_DEPTH or not self._tokens.joined(index):
            return False
        if word in closed_classes.IN_NAME_OF:
            inner = self.compose(index + 1, depth + 1)
            owned = True
        elif word in closed_classes.IN and self._locatable(phrase):
            inner = self._whereabouts(phrase, index + 1)
            owned = False
        elif word in closed_classes.OF and not phrase.form.definite and not phrase.qualified:
            inner = self.compose(index + 1, depth + 1)
            owned = True
            if inner is not None and inner.form.lexeme.role not in _OWNERS:
                inner = None
        else:
            return False
        if inner is None:
            return False
        self._absorb(phrase, inner, owned=owned)
        return True

    def _whereabouts(self, phrase: EntityPhrase, index: int) -> EntityPhrase | None:
        """The place after في that says where the actor is from, if it may say so."""
        inner = self.compose(index, _MAX_DEPTH)
        if inner is None or inner.place is None or inner.form.lexeme.role == "agent":
            return None
        return inner if not phrase.country or self._relocates(phrase, inner) else None

    @staticmethod
    def _locatable(phrase: EntityPhrase) -> bool:
        """Whether a place after في says where the actor is from."""
        if phrase.place is not None:
            return False
        flags = phrase.form.lexeme.flags
        return phrase.form.lexeme.role != "agent" or "p" not in flags

    @staticmethod
    def _relocates(phrase: EntityPhrase, inner: EntityPhrase) -> bool:
        """A country already known stays, unless the place is a region its people hold."""
        lexeme = inner.form.lexeme
        return lexeme.role == "region" and not _STATE & set(phrase.sectors)

    def _classified(self, phrase: EntityPhrase, index: int) -> bool:
        """A place with its noun in construct: سكان مدينة حلب."""
        if phrase.form.definite or phrase.place is not None:
            return False
        inner = classified_place(self._tokens, index)
        if inner is None:
            return False
        self._absorb(phrase, inner, owned=False)
        return True

    # -- taking parts -----------------------------------------------------------------------

    def _take(self, phrase: EntityPhrase, match: NameMatch, form: NameForm) -> None:
        """Append a matched part, with the words that were passed over."""
        phrase.words += self._passed(phrase.last + 1, match.first)
        phrase.words.append(form.text)
        phrase.last = match.last
        phrase.qualified = True

    def _passed(self, first: int, stop: int) -> list[str]:
        """Usual spellings of tokens between two parts."""
        fillers = self._lexicon.fillers
        return [fillers.get(word, word) for word in self._tokens.words[first:stop]]

    def _absorb(self, phrase: EntityPhrase, inner: EntityPhrase, *, owned: bool) -> None:
        """Append a complement and let it say country, sectors and place."""
        phrase.words += self._passed(phrase.last + 1, inner.first)
        phrase.words += inner.words
        phrase.last = inner.last
        phrase.qualified = True
        role = inner.form.lexeme.role
        foreign = "x" in phrase.form.lexeme.flags and not owned
        if role == "region" and not foreign:
            enter_region(phrase, inner)
        elif not foreign:
            phrase.country = phrase.country or self._country_of(inner)
        if owned:
            inherit(phrase, inner)
            phrase.foreign = phrase.foreign or inner.foreign
        phrase.place = phrase.place or inner.place

    def _country_of(self, inner: EntityPhrase) -> str | None:
        if inner.country:
            return inner.country
        if inner.place is not None and inner.form.lexeme.role == "place":
            return self._tokens.place_country(inner.place)
        return None
