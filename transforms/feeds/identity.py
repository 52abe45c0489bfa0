"""What names an entry: its link when that leads to one text, else its GUID, else its words.

A link is no identity by itself. Entries that link to the front page, to a section or to "N/A" are
stories of their own, and so are entries with different GUIDs and nothing in common but a link.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Sequence
from typing import Final

from transforms.records import Entry, content_id
from transforms.text import arabic
from transforms.text.links import names_entry, names_page
from transforms.text.urls import canonicalise_url

_WORD: Final = re.compile(r"\w{2,}")
_ALIKE: Final = (
    0.4  # share of the shorter text's words that two tellings of one story have in common
)
_COMPARED: Final = 80  # words of an entry that are compared


def usable_guid(entry: Entry) -> str:
    """An entry's GUID when it can name it; "" for placeholders and links that name no page."""
    return entry.guid if names_entry(entry.guid) else ""


def entry_key(entry: Entry, *, distrusted: bool = False) -> str:
    """The key that joins an entry to its page.

    Args:
        entry: the entry.
        distrusted: its link stands under several stories.

    Returns:
        The canonical URL it links to; ``file:`` and a hash of its feed and GUID, without a usable
        GUID of its feed and its words, when the link names no page.
    """
    if not distrusted and names_page(entry.url):
        return canonicalise_url(entry.url)
    guid = usable_guid(entry)
    return "file:" + (
        content_id(entry.feed_url, guid)
        if guid
        else content_id(entry.feed_url, entry.title, entry.content or entry.summary)
    )


def entry_keys(entries: Sequence[Entry]) -> list[str]:
    """The keys of all entries of a feed document, in their order."""
    distrusted = _distrusted_links(entries)
    return [
        entry_key(entry, distrusted=canonicalise_url(entry.url) in distrusted) for entry in entries
    ]


def _distrusted_links(entries: Sequence[Entry]) -> set[str]:
    """Links under which entries of different GUIDs tell of different things."""
    by_link: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_link[canonicalise_url(entry.url)].append(entry)
    found = set()
    for link, group in by_link.items():
        guids = {usable_guid(entry) for entry in group} - {""}
        if len(group) > 1 and len(guids) != 1:
            first, *others = (_words(entry) for entry in group)
            if any(_unlike(first, other) for other in others):
                found.add(link)
    return found


def _words(entry: Entry) -> frozenset[str]:
    text = arabic.normalise_text(f"{entry.title} {entry.summary or entry.content}"[:4000])
    return frozenset(_WORD.findall(text)[:_COMPARED])


def _unlike(a: frozenset[str], b: frozenset[str]) -> bool:
    shorter = min(len(a), len(b))
    return shorter > 0 and len(a & b) < _ALIKE * shorter
