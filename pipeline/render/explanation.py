"""Show an explanation to a person; on a terminal Arabic stands on the right.

Every text of the document passes ``one_line``: what it says is shown, never obeyed by the terminal.
"""

from __future__ import annotations

from typing import Any, BinaryIO, Literal

from rich.console import Console
from rich.table import Table
from rich.text import Text

from pipeline.render.explain import Explained
from pipeline.render.terminal import one_line, page
from transforms.enrich.why import Considered
from transforms.records import Actor, Article, Event


def show(explained: Explained, stream: BinaryIO) -> None:
    """Print what every stage found, readably."""
    with page(stream, width=110) as console:
        _show(console, explained)


def _show(console: Console, explained: Explained) -> None:
    if explained.article is not None:
        _show_article(console, explained.article)
    if explained.rejected is not None:
        rejected = explained.rejected
        console.print(
            Text(one_line(f"rejected by {rejected.stage}: {rejected.reason}. {rejected.detail}")),
            style="bold red",
            soft_wrap=True,
        )
    if explained.article is not None and explained.rejected is None:
        _show_events(console, explained.events)
        _show_considered(console, explained.considered or ())
    timings = "  ".join(f"{stage} {ms:.1f} ms" for stage, ms in explained.timings_ms.items())
    if timings:
        console.print(Text(timings, "dim"))


def _show_article(console: Console, article: Article) -> None:
    console.rule("extract", align="left")
    table = Table.grid(padding=(0, 2))
    table.add_column(style="bold")
    table.add_column(overflow="fold")
    for name, value in _article_facts(article):
        table.add_row(name, Text(one_line(str(value))))
    console.print(table)
    side: Literal["right", "left"] = "right" if console.is_terminal else "left"
    if article.title:
        console.print(Text(one_line(article.title), "bold"), justify=side)
    for paragraph in _shortened(article.body).splitlines():
        console.print(Text(one_line(paragraph)), justify=side)


def _article_facts(article: Article) -> list[tuple[str, Any]]:
    published = article.published_at.isoformat() if article.published_at else "unknown"
    if article.published_at:
        published += f" (precision {article.published_precision}, from {article.published_source}"
        published += f": {article.published_raw or '-'})"
    language = f"{article.language} (verdict {article.language_verdict}"
    language += f", Arabic share {article.arabic_share})"
    facts: list[tuple[str, Any]] = [
        ("article_id", article.article_id),
        ("url", article.canonical_url or article.url),
        ("published", published),
        ("published_on", article.published_on),
        ("publisher", article.publisher),
        ("authors", "، ".join(article.authors)),
        ("agency", article.agency),
        ("extractor", f"{article.extractor} (confidence {article.extraction_confidence})"),
        ("language", language),
        ("topics", "، ".join(f"{topic.label_ar} ({topic.score:.2f})" for topic in article.topics)),
    ]
    return [(name, value) for name, value in facts if value]


def _shortened(body: str, limit: int = 700) -> str:
    return body if len(body) <= limit else f"{body[:limit]} … ({len(body)} characters)"


def _show_events(console: Console, events: tuple[Event, ...]) -> None:
    console.rule(f"events: {len(events)}", align="left")
    for number, event in enumerate(events, 1):
        modes = f"/{'+'.join(event.modes)}" if event.modes else ""
        head = Text(f"{number}. {event.event_type}{modes}", "bold green")
        head.append(f"  {event.status}  confidence {event.confidence:.2f}", "default")
        head.append(
            f"  CAMEO {event.cameo_code}  Goldstein {event.goldstein}  rule {event.rule_id}", "dim"
        )
        console.print(head)
        table = Table.grid(padding=(0, 2))
        table.add_column(style="bold", min_width=10)
        table.add_column(overflow="fold")
        for name, value in _event_facts(event):
            table.add_row(f"   {name}", Text(one_line(value)))
        console.print(table)


def _show_considered(console: Console, words: tuple[Considered, ...]) -> None:
    if not words:
        return
    console.rule(f"considered: {len(words)} words", align="left")
    for each in words:
        place = each.trigger
        where = f"{place.field} [{place.char_start}:{place.char_end}]"
        head = Text(one_line(place.text), "bold").append(f" {where} ", "dim")
        head.append(one_line(each.outcome), "green" if each.outcome.startswith("coded") else "")
        if each.probability is not None:
            head.append(f"  {each.event_type} {each.probability:.2f}", "dim")
        console.print(head)
        signs = "; ".join(f"{one_line(sign)} {weight:+g}" for sign, weight in each.signs)
        console.print(Text(f"   {signs or 'nothing'}", "dim"))
        for role in ("actor", "recipient"):
            named = [
                f"{one_line(text)} {chance:.2f}" for r, text, chance in each.sides if r == role
            ]
            if named:
                console.print(Text(f"   {role}: {'; '.join(named)}", "dim"))


def _event_facts(event: Event) -> list[tuple[str, str]]:
    when = ""
    if event.event_date is not None:
        when = f"{event.event_date} ({event.event_date_basis}"
        when += f": {event.event_date_text})" if event.event_date_text else ")"
    place = event.place
    facts = [
        ("trigger", f"{event.trigger.text} [{event.trigger.char_start}:{event.trigger.char_end}]"),
        ("actors", "؛ ".join(_actor(actor) for actor in event.actors)),
        ("recipients", "؛ ".join(_actor(actor) for actor in event.recipients)),
        ("place", _named(place.name, place.country) if place else ""),
        ("date", when),
        ("casualties", _casualties(event)),
        ("speaker", f"{event.speaker} ({event.claim_status})" if event.speaker else ""),
        ("evidence", event.evidence[0].text if event.evidence else ""),
    ]
    return [(name, value) for name, value in facts if value]


def _actor(actor: Actor) -> str:
    return _named(actor.text or actor.name or "?", actor.country, *actor.sectors)


def _named(name: str, *codes: str | None) -> str:
    known = " ".join(filter(None, codes))
    return f"{name} ({known})" if known else name


def _casualties(event: Event) -> str:
    parts = []
    if event.fatalities_min is not None:
        parts.append(f"{_span(event.fatalities_min, event.fatalities_max)} dead")
    if event.injured_min is not None:
        parts.append(f"{_span(event.injured_min, event.injured_max)} injured")
    return ", ".join(parts)


def _span(least: int, most: int | None) -> str:
    if most is None:
        return f"at least {least}"
    return str(least) if least == most else f"{least} to {most}"
