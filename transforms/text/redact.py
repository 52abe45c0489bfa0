"""Take secrets out of URLs and texts before anybody writes them down.

Publishers hand out feeds with keys in their URLs. The key is sent to its host and stands nowhere
else: not in a log, a row, a dead letter or an error message.
"""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from typing import Final

MASK: Final = "***"
_ROUNDS: Final = 100_000  # makes guessing a weak password from a feed's name slow

_NAMES: Final = (
    "access[_-]?key|access[_-]?token|api[_-]?key|apikey|api[_-]?secret|app[_-]?key|auth"
    "|auth[_-]?key|auth[_-]?token|authorization|bearer|client[_-]?secret|credential"
    "|hash[_-]?key|hmac|id[_-]?token|jwt|key|license[_-]?key|oauth[_-]?\\w*|pass|passcode"
    "|passwd|password|passphrase|private[_-]?key|pwd|refresh[_-]?token|secret|secret[_-]?key"
    "|session|session[_-]?(?:id|key|token)|sessid|phpsessid|jsessionid|aspsessionid\\w*|sid|sig"
    "|signature|subscription[_-]?key|token|user[_-]?token|x[_-]?api[_-]?key"
    "|x-amz-(?:credential|security-token|signature)|x-goog-(?:credential|signature)"
)
# A name alone or as the last part of a longer one: feed_token, rssKey, x-my-secret.
_SECRET: Final = re.compile(
    rf"([?&;#](?:amp;)?(?:{_NAMES}|[\w.~%\[\]-]*(?:[_.%\[-]|%5B)"
    r"(?:token|secret|key|password|passwd|pwd|signature|sig|auth)(?:\]|%5D)?)=)([^&;#\s\"'<>]*)",
    re.IGNORECASE,
)
# Old news sites number their stories so: masked, all of a site's would have one address.
_NUMBERED: Final = re.compile(r"[?&;#](?:amp;)?(?:sid|key)=[0-9]{1,9}", re.IGNORECASE)
_CAMEL: Final = re.compile(
    r"([?&;#][A-Za-z0-9]*[a-z0-9](?:Token|Secret|Key|Password|Signature|Sig|Auth)=)[^&;#\s\"'<>]*"
)
_LOGIN: Final = re.compile(r"(\b[a-z][a-z0-9+.-]*://|(?<!:)//)[^\s/?#\"'<>]*@", re.IGNORECASE)
_HEADER: Final = re.compile(
    r"\b(authorization|proxy-authorization|cookie|set-cookie|x-api-key)(['\"]?\s*[:=]\s*['\"]?)"
    r"[^\r\n'\"]+",
    re.IGNORECASE,
)


def redact_url(url: str) -> str:
    """Mask the secrets of a URL: credentials and the values of parameters that name a secret.

    Args:
        url: any text.

    Returns:
        The URL with ``***`` in their place; unchanged when it has none. Idempotent.
    """
    if "@" in url:
        url = _LOGIN.sub(rf"\g<1>{MASK}@", url)
    if "=" in url:
        url = _CAMEL.sub(rf"\g<1>{MASK}", _SECRET.sub(_masked, url))
    return url


def _masked(match: re.Match[str]) -> str:
    return match[0] if _NUMBERED.fullmatch(match[0]) else f"{match[1]}{MASK}"


@lru_cache(maxsize=4096)
def feed_name(url: str) -> str:
    """Name a feed where others can read it: two feeds that differ in a secret have two names.

    Args:
        url: the feed's, with all its secrets; or its name.

    Returns:
        The URL; where something had to be masked, with a short mark of the whole as fragment. A
        feed's name is its own name.
    """
    public = redact_url(url)
    if public == url:
        return url
    public = public.partition("#")[0]
    secret, salt = url.encode("utf-8", "replace"), public.encode("utf-8", "replace")
    return f"{public}#{hashlib.pbkdf2_hmac('sha256', secret, salt, _ROUNDS, 4).hex()}"


def redact_text(text: str) -> str:
    """Mask the secrets of a message: those of URLs in it, and of headers."""
    return _HEADER.sub(rf"\g<1>\g<2>{MASK}", redact_url(text))
