"""Mask the secrets (keys, passwords) in the addresses of records (decision 0022)."""

from __future__ import annotations

from dataclasses import replace

from transforms.records import Page, Rejected
from transforms.text.redact import redact_text, redact_url


def redact_record(record: Page | Rejected) -> Page | Rejected:
    """The same record without secrets in its addresses."""
    if isinstance(record, Rejected):
        return redact_rejection(record)
    return replace(record, url=redact_url(record.url), final_url=redact_url(record.final_url))


def redact_rejection(rejected: Rejected) -> Rejected:
    """The same rejection without secrets in its address and in what it says."""
    url = redact_url(rejected.url) if rejected.url else rejected.url
    return replace(rejected, url=url, detail=redact_text(rejected.detail))
