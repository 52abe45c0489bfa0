"""The closed word classes of written Arabic that syntax and the phrase grammar lean on.

Read from ``closed_classes.toml``, where a comment says what each list decides; the spelling is that
of normalised text.
"""

from __future__ import annotations

from typing import Final

from transforms.enrich.words.lists import words

PREPOSITIONS: Final = words("closed_classes", "prepositions")
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
STRONG_STOPS: Final = frozenset(".!?؟؛;:\n")
QUOTES: Final = frozenset("\"'«»“”‘’„‟`")
