"""Words as conditions: which incidents or events tell of them, however they are spelled."""

from __future__ import annotations

from typing import Final

from pipeline.serve import literals
from transforms.text.arabic import any_spelling, normalise_text

WITHIN: Final = ("text", "title")
"""Where words are looked for: everywhere, or not in the texts of articles."""
_SHORT: Final = 4  # letters of a word with the article that are too few to do without one
_WORDS: Final = 8  # of a search that are looked for

# Titles, places and names of parties in one text: words hold no blank, so none is of two of them.
_SAID: Final = """CONCAT(
      IFNULL({titled}.title, ''), ' ', IFNULL({of}.place.name, ''), ' ',
      ARRAY_TO_STRING({actors}, ' '), ' ',
      ARRAY_TO_STRING({recipients}, ' ')
    ) AS said"""
_NAMES: Final = (
    "ARRAY(SELECT CONCAT(IFNULL(p.name, ''), ' ', IFNULL(p.text, '')) FROM UNNEST({side}) AS p)"
)
_INCIDENTS: Final = """\
SELECT w.incident_id
  FROM (
    SELECT v.incident_id, {said}
    FROM v_incidents AS v
  ) AS w
  WHERE {own}"""
_THEIR_TEXTS: Final = """
  UNION DISTINCT
  SELECT n.incident_id
  FROM incidents AS n
  JOIN events AS e ON e.event_id = n.event_id
  WHERE e.article_id IN (SELECT w.article_id FROM articles AS w WHERE {text})"""
_EVENTS: Final = """\
SELECT w.event_id
  FROM (
    SELECT v.event_id, a.title, a.body, {said}
    FROM events AS v
    JOIN articles AS a ON a.article_id = v.article_id
    WHERE {told}
  ) AS w
  WHERE {own}"""


def search(value: str, *, within: str, told: str = "") -> str | None:
    """The query that finds what tells of some words.

    Each word stands in the title, the place or the name of a party of an incident; or all stand in
    the title and body of an article that tells it.

    Args:
        value: the words, by blanks.
        within: one of ``WITHIN``.
        told: of events instead of incidents, the condition that they meet, on ``v``.

    Returns:
        Its SQL, a column of ids; None when there is no letter to look for.
    """
    spelled = (any_spelling(_without_alef(word)) for word in value.split())
    words = [each for each in spelled if each][:_WORDS]
    if not words:
        return None
    patterns = [literals.text(word) for word in words]
    own = " AND ".join(f"REGEXP_CONTAINS(w.said, {each})" for each in patterns)
    text = " AND ".join(
        f"(REGEXP_CONTAINS(w.title, {each}) OR REGEXP_CONTAINS(w.body, {each}))"
        for each in patterns
    )
    if told:
        anywhere = own if within == "title" else f"({own}) OR ({text})"
        return _EVENTS.format(said=_said("a"), told=told, own=anywhere)
    found = _INCIDENTS.format(said=_said("v"), own=own)
    return found if within == "title" else found + _THEIR_TEXTS.format(text=text)


def _without_alef(word: str) -> str:
    """A word with the article without its alef, which it loses behind ل: الأمم is in للأمم, too."""
    plain = normalise_text(word)
    return plain[1:] if plain.startswith("ال") and len(plain) > _SHORT else plain


def _said(titled: str) -> str:
    """What an incident or event says of itself, as SQL; its title is of ``titled``."""
    actors, recipients = (_NAMES.format(side=f"v.{side}") for side in ("actors", "recipients"))
    return _SAID.format(titled=titled, of="v", actors=actors, recipients=recipients)
