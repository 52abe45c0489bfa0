"""What a saved page says of itself before it is decoded: its container and its address."""

from __future__ import annotations

import html
import re
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import Message
from typing import Final

from transforms.text.links import names_page

_HEAD: Final = 65536
_ADDRESS: Final = rb"(https?://[^\s\"'<>]{4,2000})"
_MHTML: Final = re.compile(rb"^content-type:\s*multipart/related", re.IGNORECASE | re.MULTILINE)
_LOCATION: Final = re.compile(
    rb"^(?:snapshot-content-location|content-location):\s*(?:\r?\n[ \t]+)?" + _ADDRESS,
    re.IGNORECASE | re.MULTILINE,
)
_SAVED: Final = re.compile(rb"saved from url=(?:\(\d+\))?\s*" + _ADDRESS, re.IGNORECASE)
_TAGS: Final = re.compile(rb"<(?:link|meta)\b[^<>]{1,3000}>", re.IGNORECASE)
_CANONICAL: Final = re.compile(rb"\brel\s*=\s*[\"']?canonical\b", re.IGNORECASE)
_OG_URL: Final = re.compile(rb"\bproperty\s*=\s*[\"']?og:url\b", re.IGNORECASE)
_VALUE: Final = re.compile(rb"\b(?:href|content)\s*=\s*[\"']?\s*" + _ADDRESS, re.IGNORECASE)


def is_mhtml(data: bytes) -> bool:
    """Whether bytes are a web page saved as MHTML."""
    head = data[:4096]
    return not head.lstrip().startswith(b"<") and _MHTML.search(head) is not None


def declared_url(data: bytes) -> str:
    """Find the address that a saved page declares of itself.

    Args:
        data: the file's bytes; only the first 64 KB are looked at.

    Returns:
        The first that is there of: MHTML Content-Location, "saved from url", rel=canonical,
        og:url (those of home pages and sections do not count); "" when there is none.
    """
    head = data[:_HEAD]
    if head.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\x00" in head[:64]:
        head = head.replace(b"\x00", b"")
    if is_mhtml(head):
        match = _LOCATION.search(head)
        if match:
            return _text(match.group(1))
        head = data[: 4 * _HEAD].replace(b"=\r\n", b"").replace(b"=\n", b"").replace(b"=3D", b"=")
    match = _SAVED.search(head) if b"saved from url" in head else None
    if match:
        return _text(match.group(1))
    tags = _TAGS.findall(head)
    for mark in (_CANONICAL, _OG_URL):
        for tag in tags:
            value = _VALUE.search(tag) if mark.search(tag) else None
            if value and names_page(url := _text(value.group(1))):
                return url
    return ""


def _text(address: bytes) -> str:
    return html.unescape(address.decode("utf-8", "replace")).strip()


def unpack_mhtml(data: bytes) -> tuple[bytes, str] | None:
    """Take the page out of an MHTML file.

    Returns:
        Its bytes and its Content-Type header; None when the file holds no HTML part.
    """
    try:
        message = message_from_bytes(data, policy=policy.compat32)
        for part in message.walk():
            if part.get_content_type() in {"text/html", "application/xhtml+xml"}:
                content = part.get_payload(decode=True)
                if isinstance(content, bytes) and content.strip():
                    return content, _content_type(part)
    except (MessageError, ValueError, LookupError, RecursionError):
        return None
    return None


def _content_type(part: Message) -> str:
    charset = part.get_content_charset()
    return f"text/html; charset={charset}" if charset else "text/html"
