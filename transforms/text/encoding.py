"""Decode bytes to text, trusting the bytes over what is said about them.

Arabic pages and feeds lie about their encoding more than most: UTF-8 served as windows-1256,
windows-1256 served as ISO-8859-1 or not declared at all, UTF-16 files without a mark. So labels
are only a prior:

1. a byte order mark, or the pattern that UTF-16 and UTF-32 leave (zero and 0x06 in one lane);
2. valid UTF-8 with multibyte characters, and UTF-8 with a few bad bytes (they become U+FFFD);
3. Arabic in windows-1256 or ISO-8859-6, decided by how plausible the letters are;
4. the declared encoding, HTTP before markup; 5. detection; 6. windows-1252.
"""

from __future__ import annotations

import codecs
import math
import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final, Literal

from resiliparse.parse.encoding import detect_encoding

Markup = Literal["html", "xml", "text"]

_HEAD: Final = 8192  # bytes in which a declaration is looked for
_SAMPLE: Final = 65536  # bytes that statistics are drawn from
_BOMS: Final = (
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_UTF8_BOM: Final = b"\xef\xbb\xbf"
_CHARSET: Final = re.compile(r"charset\s*=\s*[\"']?\s*([\w.:+-]{2,40})", re.IGNORECASE)
_META: Final = re.compile(
    rb"<meta\b[^>]{0,400}?charset\s*=\s*[\"']?\s*([\w.:+-]{2,40})", re.IGNORECASE
)
_XML: Final = re.compile(
    rb"<\?xml\b[^>]{0,200}?encoding\s*=\s*[\"']\s*([\w.:+-]{2,40})", re.IGNORECASE
)
_MULTIBYTE: Final = re.compile(
    rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)
# Labels that mean another encoding on the web (WHATWG), and spellings Python does not know.
_ALIASES: Final = {
    "ascii": "cp1252",
    "us-ascii": "cp1252",
    "iso-8859-1": "cp1252",
    "iso8859-1": "cp1252",
    "latin1": "cp1252",
    "latin-1": "cp1252",
    "iso-8859-9": "cp1254",
    "iso-8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "x-gbk": "gb18030",
    "ks_c_5601-1987": "cp949",
    "euc-kr": "cp949",
    "shift_jis": "cp932",
    "x-sjis": "cp932",
    "iso-8859-6-i": "iso8859-6",
    "iso-8859-6-e": "iso8859-6",
    "arabic": "iso8859-6",
    "x-cp1256": "cp1256",
    "win-1256": "cp1256",
    "windows1256": "cp1256",
    "cp-1256": "cp1256",
    "utf8": "utf-8",
    "unicode": "utf-16-le",
}
# The only codecs a label may name: text, self-contained, no escapes (UTF-7 hides markup).
_ALLOWED: Final = re.compile(
    r"cp(125\d|874|866|720|864|932|949)|mac-(roman|arabic|cyrillic)|koi8-[ru]|gb18030|big5(hkscs)?|"
    r"euc_(jp|kr)|shift_jis|iso2022_jp|iso8859-\d+|utf-(8|16|32)(-[bl]e)?"
)
# Share of each letter in running Arabic news text (rounded, per mille of letters; the common
# knowledge of Arabic letter counts), with the Persian letters of windows-1256 as rare ones and
# vowel marks high enough for a vowelled quotation.
_LETTERS: Final = {
    "ا": 130, "ل": 120, "ي": 75, "م": 62, "و": 62, "ن": 60, "ر": 50, "ت": 48, "ب": 36, "ة": 33,
    "ع": 36, "د": 33, "س": 28, "ف": 29, "ه": 28, "ك": 22, "ق": 26, "أ": 24, "ح": 22, "ج": 15,
    "ش": 11, "ى": 14, "ص": 11, "ط": 12, "خ": 9, "إ": 11, "ذ": 6, "ض": 8, "ز": 7, "ث": 7, "ئ": 5,
    "غ": 6, "ظ": 3, "ء": 5, "آ": 2, "ؤ": 2, "،": 7, "؛": 1, "؟": 1, "ـ": 5, "گ": 2, "پ": 1,
    "چ": 1, "ژ": 0.3, "ک": 1, "ً": 6, "ٌ": 3, "ٍ": 3, "َ": 12, "ُ": 8, "ِ": 8, "ّ": 8, "ْ": 7,
}  # fmt: skip
# Punctuation that Arabic typesetting takes from the upper half of windows-1256.
_PUNCTUATION: Final = {"«": 2, "»": 2, "“": 2, "”": 2, "‘": 1, "’": 1, "–": 1, "…": 1, "\xa0": 4}
_ARABIC_CODECS: Final = ("cp1256", "iso8859-6")
_UNLIKELY: Final = math.log(2e-5)
_PLAUSIBLE: Final = -4.3  # mean log probability a letter that Arabic text reaches


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text and how it was read.

    Attributes:
        text: the text, without a byte order mark.
        encoding: the encoding that was used, by its IANA name in lower case.
        replaced: how many undecodable stretches became U+FFFD.
    """

    text: str
    encoding: str
    replaced: int


_IANA: Final = {
    "cp1256": "windows-1256", "cp1252": "windows-1252", "iso8859-6": "iso-8859-6",
    "cp1251": "windows-1251", "utf-16-le": "utf-16le", "utf-16-be": "utf-16be",
    "utf-32-le": "utf-32le", "utf-32-be": "utf-32be", "cp1254": "windows-1254",
}  # fmt: skip


def decode_bytes(data: bytes, *, content_type: str = "", markup: Markup = "html") -> Decoded:
    """Decode a document.

    Args:
        data: the bytes as they came.
        content_type: the Content-Type header with its charset; "" when there is none.
        markup: what kind of declaration the document itself may carry.

    Returns:
        The text; never raises, an unknowable encoding is read as windows-1252.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return _decode(data[len(mark) :], encoding)
    data = data.removeprefix(_UTF8_BOM)
    lanes = _lanes(data)
    if lanes:
        return _decode(data, lanes)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        return _not_quite_utf8(data, _labels(data, content_type, markup))
    if b"\x1b" in data and "iso2022_jp" in _labels(data, content_type, markup):
        return _decode(data, "iso2022_jp")
    return Decoded(text, "utf-8", 0)


def _decode(data: bytes, encoding: str) -> Decoded:
    """Decode with one encoding, counting what had to be replaced."""
    name = _IANA.get(encoding, encoding)
    try:
        return Decoded(data.decode(encoding), name, 0)
    except UnicodeDecodeError:
        text = data.decode(encoding, "replace")
        return Decoded(text, name, max(1, text.count("\ufffd")))


def _lanes(data: bytes) -> str | None:
    """Recognise UTF-16 and UTF-32 without a mark by the high bytes of Arabic and ASCII."""
    sample = data[: _SAMPLE - _SAMPLE % 4]
    if len(sample) < 4 or not (b"\x00" in sample or b"\x06" in sample):
        return None
    zeros = [sample[lane::4].count(0) * 4 / len(sample) for lane in range(4)]
    if zeros[2] > 0.9 and zeros[3] > 0.9 and zeros[0] < 0.5:
        return "utf-32-le"
    if zeros[0] > 0.9 and zeros[1] > 0.9 and zeros[3] < 0.5:
        return "utf-32-be"
    even, odd = sample[::2], sample[1::2]
    first = (even.count(0) + even.count(6)) / len(even)
    second = (odd.count(0) + odd.count(6)) / len(odd)
    if second > 0.6 and first < 0.3:
        return "utf-16-le"
    if first > 0.6 and second < 0.3:
        return "utf-16-be"
    return None


def _labels(data: bytes, content_type: str, markup: Markup) -> list[str]:
    """The encodings that are claimed, as Python codec names: the header's, then the markup's."""
    claims: list[str] = _CHARSET.findall(content_type[:500])
    if markup != "text":
        head = data[:_HEAD]
        # HTML may stand in XHTML with a prolog, XML never carries a meta that counts.
        patterns = (_META, _XML) if markup == "html" else (_XML,)
        for pattern in patterns:
            claims.extend(label.decode("ascii", "replace") for label in pattern.findall(head)[:1])
    known = (_codec(claim) for claim in claims)
    return [codec for codec in known if codec]


def _codec(label: str) -> str | None:
    """The Python codec a label stands for on the web; None when it is unknown or unsafe."""
    name = label.strip().lower()
    try:
        found = codecs.lookup(_ALIASES.get(name, name)).name
    except (LookupError, ValueError):
        return None
    found = _ALIASES.get(found, found)
    return found if _ALLOWED.fullmatch(found) else None


def _not_quite_utf8(data: bytes, labels: list[str]) -> Decoded:
    """Decode bytes that are not valid UTF-8: damaged UTF-8, Arabic 8-bit, or what is claimed."""
    decoded = _decode(data, "utf-8")
    bad = decoded.text.count("\ufffd") - data.count(b"\xef\xbf\xbd")
    good = len(_MULTIBYTE.findall(data))
    # In 8-bit Arabic two high bytes rarely form a UTF-8 sequence; in damaged UTF-8 most do.
    if good > 4 * bad or (bad == 1 and good == 0 and data[-1] >= 0xC2 and "utf-8" in labels):
        return decoded
    arabic = _arabic_codec(data, labels)
    if arabic:
        return _decode(data, arabic)
    if good > bad:
        return decoded
    for label in labels:
        if not label.startswith("utf-") and _fits(data, label):
            return _decode(data, label)
    return _decode(data, _detected(data))


def _fits(data: bytes, codec: str) -> bool:
    """Whether a codec can read the bytes, up to a broken place in 500 characters."""
    decoded = _decode(data[:_SAMPLE], codec)
    return decoded.replaced * 500 <= len(decoded.text)


def _detected(data: bytes) -> str:
    """The detector's guess; windows-1252 when it has none or a UTF that was ruled out."""
    guess = detect_encoding(data[:_SAMPLE], html5_compatible=False)
    codec = _codec(guess) if guess else None
    return codec if codec and not codec.startswith("utf-") else "cp1252"


@cache
def _model(codec: str) -> tuple[tuple[float, ...], frozenset[int]]:
    """Log probability of each byte above 0x7F as Arabic, and the bytes that are Arabic letters."""
    total = sum(_LETTERS.values()) + sum(_PUNCTUATION.values())
    weights: Mapping[str, float] = {**_LETTERS, **_PUNCTUATION}
    logs, letters = [], set()
    for byte in range(0x80, 0x100):
        char = bytes([byte]).decode(codec, "replace")
        weight = weights.get(char)
        logs.append(math.log(weight / total) if weight else _UNLIKELY)
        if char in _LETTERS:
            letters.add(byte)
    return tuple(logs), frozenset(letters)


def _arabic_codec(data: bytes, labels: list[str]) -> str | None:
    """The Arabic 8-bit encoding that makes plausible Arabic of the bytes; None when neither does.

    A label is worth a few letters of evidence, no more.
    """
    sample = data if len(data) <= _SAMPLE else data[:: len(data) // _SAMPLE + 1]
    counts = {byte: n for byte, n in Counter(sample).items() if byte >= 0x80}
    total = sum(counts.values())
    if not total or (total > 3 and _in_runs(data[:_SAMPLE]) < 0.6):
        return None
    best, best_score = None, -math.inf
    for codec in _ARABIC_CODECS:
        logs, letters = _model(codec)
        score = sum(n * logs[byte - 0x80] for byte, n in counts.items())
        share = sum(n for byte, n in counts.items() if byte in letters) / total
        prior = 4.0 if codec in labels else 1.0 if codec == "cp1256" else 0.0
        if share >= 0.8 and score / total >= _PLAUSIBLE and score + prior > best_score:
            best, best_score = codec, score + prior
    return best


def _in_runs(data: bytes) -> float:
    """Share of high bytes that stand next to another: words of a non-Latin script, not accents."""
    runs: Iterable[bytes] = _HIGH_RUN.findall(data)
    total = alone = 0
    for run in runs:
        total += len(run)
        alone += len(run) == 1
    return 1 - alone / total if total else 0.0


_HIGH_RUN: Final = re.compile(rb"[\x80-\xff]+")
