"""Ask langdetect about a text whose words do not tell: seeded, on an excerpt, loaded once.

Unseeded it changes its answers; its profiles load lazily and race when two threads come first; it
raises on text without letters.
"""

from __future__ import annotations

import threading
from typing import Any, Final

_LOCK: Final = threading.Lock()
_FACTORY: list[Any] = []
_LENGTH: Final = 300


def _factory() -> Any:
    with _LOCK:
        if not _FACTORY:
            from langdetect.detector_factory import (  # noqa: PLC0415 - 55 profiles, rarely needed
                PROFILES_DIRECTORY,
                DetectorFactory,
            )

            factory = DetectorFactory()
            factory.seed = 0
            factory.load_profile(PROFILES_DIRECTORY)
            _FACTORY.append(factory)
        return _FACTORY[0]


def name_of(text: str) -> str:
    """Name the language of a text.

    Returns:
        An ISO 639-1 code of langdetect's, or ``und``.
    """
    from langdetect.lang_detect_exception import LangDetectException  # noqa: PLC0415 - see above

    detector = _factory().create()
    detector.append(text[:_LENGTH])
    try:
        name: str = detector.detect()
    except LangDetectException:
        return "und"
    return "und" if name == "unknown" else name


def is_arabic(text: str) -> bool:
    """Whether langdetect takes a text for Arabic; True when it cannot tell."""
    return name_of(text) in {"ar", "und"}
