"""How sure the coder is of an event: a logistic formula over what was found, weights as data.

0.5 is the default threshold. ``weights.json`` holds one weight a feature for all types, and
``"TYPE:feature"`` where a type differs.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Final

from transforms.enrich.attributes.dates import mentions_time
from transforms.enrich.events.mention import EventMention

UNSEEN: Final = Path(__file__).parent / "unseen.json"
WEIGHTS: Final = Path(__file__).parent / "weights.json"


@cache
def weights() -> Mapping[str, float]:
    """The packaged weights."""
    return {
        key: float(value) for key, value in json.loads(WEIGHTS.read_text(encoding="utf-8")).items()
    }


def features(mention: EventMention) -> dict[str, float]:
    """Describe a mention by numbers.

    Args:
        mention: the mention, its slots filled.

    Returns:
        Feature name -> value, zero values left out.
    """
    sentence, match, reading = mention.sentence, mention.match, mention.match.reading
    words = sentence.words[sentence.first : sentence.stop]
    cues = sentence.cues
    noun = not match.verbal and reading is not None and reading.pos == "N"
    named = [a for a in (*mention.actors, *mention.recipients) if a.country]
    strange = not named and not any(a.sectors for a in (*mention.actors, *mention.recipients))
    found: dict[str, float] = {
        "bias": 1.0,
        "strength": match.rule.strength,
        "verb": match.verbal,
        "phrase": len(match.parts) > 1,
        "actor": bool(mention.actors) and not mention.arguments.inherited,
        "inherited": bool(mention.actors) and mention.arguments.inherited,
        "recipient": bool(mention.recipients),
        "country": bool(named),
        "stranger": strange and mention.place is None,
        "placed_stranger": strange and mention.place is not None,
        "time": mentions_time(sentence),
        "place": mention.place is not None,
        "number": any(w[0].isdigit() for w in words),
        "general": "general" in cues,
        "opinion": "opinion" in cues,
        "legal": "legal" in cues,
        "arts": "arts" in cues,
        "violence": "violence" in cues,
        "imperfect": match.verbal and reading is not None and reading.tense == "imp",
        "plural_noun": noun and reading is not None and reading.person == "p",
        "definite_noun": noun and reading is not None and reading.definite and not reading.pronoun,
        "participle": reading is not None and reading.pos == "A",
        "question": "؟" in words or "?" in words,
        "title": mention.trigger.field == "title",
        "short": len(words) < 6,
        "long": len(words) > 45,
        "sized": mention.fatalities is not None or mention.injured is not None,
        "passive": mention.arguments.passive,
        "background": mention.realis.background,
        "two_actors": len(mention.actors) > 1,
        "early": match.head - sentence.first < 4,
        "historical": mention.status == "historical",
    }
    return {name: float(value) for name, value in found.items() if value}


def raw_features(mention: EventMention) -> dict[str, float]:
    """The features of a mention with its rule and trigger word, as the typed formulas use them."""
    reading = mention.match.reading
    named = {f"rule={mention.match.rule.id}": 1.0}
    if reading is not None:
        named[f"lemma={reading.lemma}"] = 1.0
        if reading.preposition:
            named[f"prep={reading.preposition}"] = 1.0
    return {**mention.features, **named}


@cache
def has_formula(event_type: str) -> bool:
    """Whether a type has weights of its own (and a lexical model)."""
    return f"{event_type}:bias" in weights()


def clarity(mention: EventMention) -> float:
    """How plainly a mention tells its event, whatever its type: the untyped formula's log-odds."""
    table = weights()
    return sum(value * table.get(name, 0.0) for name, value in mention.features.items())


def confidence(mention: EventMention, lexical: float) -> float:
    """The probability that a mention is an event of its type.

    Args:
        mention: the mention with its features.
        lexical: the log-odds that the words of its sentence give its type; 0 when there is no
            model for it.
    """
    table = weights()
    kind = mention.event_type
    if has_formula(kind) and mention.status in {"asserted", "historical"}:
        found = raw_features(mention)
        total = sum(value * table.get(f"{kind}:{name}", 0.0) for name, value in found.items())
        total += lexical * table.get(f"{kind}:lexical", 0.0)
        # A dated text is a news report; an undated one may be anything (the fitted sentences are).
        if mention.when is not None and mention.anchored:
            total += table["anchored"]
            known = any(actor.country for actor in mention.actors)
            told = not mention.features.get("definite_noun") and bool(
                mention.recipients or mention.place
            )
            total += table["anchored_known"] if known and told else 0.0
        total += mention.features.get("domain", 0.0) * table["domain"]
    else:
        total = clarity(mention)
    return 1.0 / (1.0 + math.exp(-max(-30.0, min(30.0, total))))
