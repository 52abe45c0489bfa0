"""Write seeds/ and tests/golden/seeds/ from their sources.

Run it with ``python tests/seed_sources/write_seeds.py``.

With ``--check`` nothing is written: the stale files are named and the exit code is 1. Files that
no source makes (the hand-written ones, see ``HAND_WRITTEN``) are left alone.
"""

from __future__ import annotations

import base64
import json
import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from seed_feeds import SeedFeed, all_feeds, render_feed
from seed_pages import SITES, render
from seed_source import HERE, SeedArticle, all_articles

ROOT: Final = HERE.parents[1]
GOLDEN: Final = "tests/golden/seeds"
PREFETCHED: Final = "seeds/articles/prefetched.jsonl"
HAND_WRITTEN: Final = "hand_written.toml"
BROKEN_LINE: Final = (
    '{"id": "pf-broken", "url": "https://www.dhifaf-dijla.example/x", "body": "سطر مبتور'
)


def seed_file(article: SeedArticle) -> str | None:
    """Tell where an article's document stands, relative to the project; None: in feeds only."""
    if article.template == "none":
        return None
    if article.template == "jsonl":
        return PREFETCHED
    if article.template == "txt":
        return f"seeds/articles/{article.stem}.txt"
    return f"seeds/pages/{article.stem}.html"


def _stamp(when: datetime | None) -> str | None:
    return when.astimezone(UTC).isoformat().replace("+00:00", "Z") if when else None


def _published(article: SeedArticle) -> dict[str, Any]:
    """Work out what the page alone tells of its date."""
    day = article.published.date().isoformat()  # on the clock of the outlet
    if "page_date" in article.expected:
        given: dict[str, Any] = article.expected["page_date"] | {"on": day}
        return {f"published_{key}": value for key, value in given.items()}
    site = SITES[article.template]
    when = article.published if site.zoned else article.published.replace(tzinfo=UTC)
    if site.precision == "day":
        when = when.replace(hour=0, minute=0, second=0)
    return {
        "published_at": _stamp(when),
        "published_on": day,
        "published_precision": site.precision,
        "published_source": site.source,
    }


def _event(raw: dict[str, Any]) -> dict[str, Any]:
    day = raw.get("date")
    return {
        "event_type": raw["type"],
        "also": raw.get("also", []),
        "status": raw.get("status", "asserted"),
        "trigger_contains": raw["trigger"],
        "event_date": str(day) if day else None,
        "actor_countries": raw.get("actor", []),
        "recipient_countries": raw.get("recipient", []),
        "place_country": raw.get("place"),
        "required": raw.get("required", False),
    }


def article_golden(article: SeedArticle) -> dict[str, Any]:
    """Build the golden expectation of one article's document."""
    expected, body = article.expected, article.body
    tells_modified = article.template in {"jsonld", "amp", "comments"}
    golden: dict[str, Any] = {
        "file": seed_file(article),
        "source_id": article.stem if article.template == "jsonl" else None,
        "url": None if article.template == "txt" else article.url,
        "title": None if expected.get("no_title") else article.title,
        "body_first": body[:60],
        "body_last": body[-60:],
        "body_words": len(body.split()),
        **_published(article),
        "modified_at": _stamp(article.modified or article.published) if tells_modified else None,
        "language_verdict": expected.get("language_verdict", "ar"),
        "rejected": expected.get("rejected"),
        "cluster": expected.get("cluster"),
        "duplicate_kind": expected.get("duplicate_kind"),
        "revision": expected.get("revision", 1),
        "events": [_event(raw) for raw in expected.get("events", [])],
        "no_events": expected.get("no_events", False),
    }
    return golden


def feed_golden(feed: SeedFeed) -> dict[str, Any]:
    """Build the golden expectation of one feed."""
    return {
        "file": f"seeds/feeds/{feed.file}",
        "kind": feed.kind,
        "feed_url": feed.url,
        "truncated": feed.cut > 0,
        "entries": [
            {
                "title": entry.title,
                "url": entry.link,
                "guid": entry.guid if feed.kind != "rdf" else entry.link,
                "published_at": _stamp(entry.published),
                "published_raw": entry.date_text,
                "full_content": bool(entry.content),
                "outcome": entry.outcome,
                "page": f"seeds/pages/{entry.page}.html" if entry.page else None,
                "article": entry.article or None,
            }
            for entry in feed.entries
            if entry.outcome != "cut"
        ],
    }


def run_golden() -> dict[str, Any]:
    """Build what an offline run over all seeds must give: rows, dead letters, clusters."""
    by_hand = tomllib.loads((HERE / HAND_WRITTEN).read_text(encoding="utf-8"))
    refused = [raw["rejected"]["reason"] for raw in by_hand.values()] + ["bad_json"]
    clusters: dict[str, list[str]] = {}
    rows = 0
    for article in all_articles():
        rejected = article.expected.get("rejected")
        if rejected:
            refused.append(rejected["reason"])
            continue
        rows += 1
        if "cluster" in article.expected:
            clusters.setdefault(article.expected["cluster"], []).append(article.stem)
    entries = [e for feed in all_feeds() for e in feed.entries if e.outcome != "cut"]
    refused += [entry.outcome for entry in entries if entry.outcome == "not_fetched"]
    return {
        "articles": rows,
        "appearances": len(entries),
        "dead_letters": {reason: refused.count(reason) for reason in sorted(set(refused))},
        "clusters": {label: stems for label, stems in clusters.items() if len(stems) > 1},
        "alone": [stems[0] for stems in clusters.values() if len(stems) == 1],
    }


def _prefetched_line(article: SeedArticle) -> str:
    form, template = article.expected["jsonl"]
    line: dict[str, Any] = {"id": article.stem, "url": article.url}
    if form == "body":
        line |= {"title": article.title, "body": article.body}
        line["published_at"] = article.published.isoformat()
        line["publisher"] = article.outlet.name
    else:
        page = render(template, article)
        line["fetched_at"] = _stamp(article.published.replace(minute=55))
        line["content_type"] = "text/html"
        line[form] = base64.b64encode(page).decode() if form == "html_base64" else page.decode()
    return json.dumps(line, ensure_ascii=False)


def _text(article: SeedArticle) -> bytes:
    head = [] if article.expected.get("no_title") else [article.title, ""]
    return "\n".join([*head, article.body]).encode()


def _json(data: dict[str, Any]) -> bytes:
    return (json.dumps(data, ensure_ascii=False, indent=1) + "\n").encode()


def _row(file: str, shows: str) -> str:
    return f"| `{file.removeprefix('seeds/')}` | {shows} |\n"


def _readme(rows: list[str]) -> bytes:
    head = (HERE / "seeds_readme_head.md").read_text(encoding="utf-8")
    return (head + "| file | what it is there to show |\n|---|---|\n" + "".join(rows)).encode()


def outputs() -> dict[str, bytes]:
    """Make every generated file.

    Returns:
        Path relative to the project -> content.
    """
    files: dict[str, bytes] = {}
    rows: list[str] = []
    lines: list[str] = []
    for article in all_articles():
        file = seed_file(article)
        if article.template == "jsonl":
            lines.append(_prefetched_line(article))
        elif file:
            is_text = article.template == "txt"
            files[file] = _text(article) if is_text else render(article.template, article)
            rows.append(_row(file, article.shows))
        files[f"{GOLDEN}/{article.stem}.json"] = _json(article_golden(article))
    for feed in all_feeds():
        files[f"seeds/feeds/{feed.file}"] = render_feed(feed)
        files[f"{GOLDEN}/feed-{feed.stem}.json"] = _json(feed_golden(feed))
        rows.append(_row(f"feeds/{feed.file}", feed.shows))
    if lines:
        files[PREFETCHED] = "\n".join([*lines[:2], BROKEN_LINE, *lines[2:], ""]).encode()
        rows.append(
            _row(PREFETCHED, "documents fetched by others: two pages, a body, a broken line")
        )
    by_hand = tomllib.loads((HERE / HAND_WRITTEN).read_text(encoding="utf-8"))
    for stem, raw in by_hand.items():
        files[f"{GOLDEN}/{stem}.json"] = _json({"file": raw["file"], "rejected": raw["rejected"]})
        rows.append(_row(raw["file"], raw["shows"]))
    files[f"{GOLDEN}/_run.json"] = _json(run_golden())
    files["seeds/README.md"] = _readme(sorted(rows))
    return files


def stale(root: Path = ROOT) -> list[str]:
    """List the generated files that differ from what the sources give."""
    return [
        name
        for name, data in outputs().items()
        if not (root / name).is_file() or (root / name).read_bytes() != data
    ]


def main() -> int:
    """Write what is stale, or only name it.

    Returns:
        The exit code.
    """
    names = stale()
    if "--check" in sys.argv[1:]:
        print("\n".join(names))
        return 1 if names else 0
    made = outputs()
    for name in names:
        (ROOT / name).parent.mkdir(parents=True, exist_ok=True)
        (ROOT / name).write_bytes(made[name])
        print("wrote", name)
    return 0


if __name__ == "__main__":
    sys.exit(main())
