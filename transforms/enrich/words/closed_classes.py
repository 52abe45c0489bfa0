"""The closed word classes of written Arabic that syntax and the phrase grammar lean on.

Read from ``closed_classes.toml``, where a comment says what each list decides; the spelling is that
of normalised text.
"""

from __future__ import annotations

from typing import Final

from transforms.enrich.words.lists import words

PREPOSITIONS: Final = words("closed_classes", "prepositions")
VERBS_WITH: Final = frozenset(
    tuple(pair.split("_")) for pair in words("closed_classes", "verbs_with")
)
CLAUSE_OPENERS: Final = words("closed_classes", "clause_openers")
RELATIVES: Final = words("closed_classes", "relatives")
NEGATORS: Final = words("closed_classes", "negators")
NEGATORS_ADJACENT: Final = words("closed_classes", "negators_adjacent")
CONDITIONALS: Final = words("closed_classes", "conditionals")
FUTURE_WORDS: Final = words("closed_classes", "future_words")
TIME_WORDS: Final = words("closed_classes", "time_words")
QUANTIFIERS: Final = words("closed_classes", "quantifiers")
STOP_PARTICLES: Final = words("closed_classes", "stop_particles")
IN: Final = words("closed_classes", "in")
OF: Final = words("closed_classes", "of")
IN_NAME_OF: Final = words("closed_classes", "in_name_of")
BELONGING: Final = words("closed_classes", "belonging")
VICTIM_OF: Final = words("closed_classes", "victim_of")
BEFORE_NOUN: Final = words("closed_classes", "before_noun")
NAME_LINKS: Final = words("closed_classes", "name_links")
FROM: Final = words("closed_classes", "from")
PARTITIVE: Final = words("closed_classes", "partitive")
GOES_ON: Final = words("closed_classes", "goes_on")
GENERAL: Final = words("closed_classes", "general")
OPENING_PAIRS: Final = frozenset(
    tuple(pair.split("_")) for pair in words("closed_classes", "opening_pairs")
)
FUTURE_PARTICLES: Final = words("closed_classes", "future_particles")
COMPLEMENTISERS: Final = words("closed_classes", "complementisers")
EITHER_IF_OR_THAT: Final = words("closed_classes", "either_if_or_that")
OTHERS: Final = words("closed_classes", "others")
STRONG_STOPS: Final = frozenset(".!?؟؛;:\n")
QUOTES: Final = frozenset("\"'«»“”‘’„‟`")
