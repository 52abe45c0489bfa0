"""The scoreboard of incidents: reports of several outlets over days, grouped.

Measured on stories written for this project (``data/stories_*.toml``) in two ways: over gold
codings, which says how good the grouping is by itself (``*_grouping_*``), and over what the coder
makes of the texts (``*_whole_*``). All stories of a half are grouped together. Figures:

* ``precision``, ``recall``, ``f1``: B-cubed (Bagga and Baldwin 1998) over mentions: of the mentions
  that share an incident with one, the share that tell the same thing; of those that tell the same
  thing, the share that share its incident; means over mentions.
* ``found``: mentions that the coder codes at all. ``f1`` is of those; in ``f1_of_all`` one that it
  misses stands alone, so that its whole incident is recalled the less.
* ``final_toll``: incidents with casualties told by several reports of which the latest toll is the
  final one: the dead, or the injured where nobody was killed.
* ``event_key_f1``: what equal event keys alone reach.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from pipeline.evaluation.base import Case, Figure, SuiteReport
from pipeline.evaluation.stories import Half, Incident, Mention, Stories, path_of, read_stories
from transforms.enrich import code_events
from transforms.records import DEFAULT_CONFIDENCE
from transforms.rows.rows import Provenance, Row, event_row
from transforms.settle import assign_incidents, report_of
from transforms.settle.same_incident import family_of

NAME = "incidents"
_BAR: Final = 0.90
_TOLL_BAR: Final = 0.85
_RUN: Final = Provenance("evaluate", "", datetime(2000, 1, 1, tzinfo=UTC))
_WORDS, _EVIDENCE, _SENTENCE, _ONLY = 4, 3, 2, 1  # how an event answers a mention, the best first


@dataclass(frozen=True, slots=True)
class Grouped:
    """Mentions beside the incidents that they were grouped into.

    Attributes:
        gold: for each mention the incident it tells.
        made: for each the incident it was grouped into; None where the coder missed it.
        keys: the event key of each; None where the coder missed it, or nobody made one.
        rows: the events of each incident made.
    """

    gold: Sequence[str]
    made: Sequence[str | None]
    keys: Sequence[str | None]
    rows: Mapping[str, Sequence[Row]]


def run(_data: Path) -> SuiteReport:
    """Measure on the stories of this package; nothing below ``data`` is read."""
    figures: list[Figure] = []
    cases: list[Case] = []
    halves: tuple[Half, ...] = ("held_out", "tuning")
    for half in halves:
        stories = read_stories(half)
        grouping = group_gold(stories)
        whole = group_coded(stories)
        found, wrong = _figures(half, stories, grouping, whole)
        figures += found
        cases += wrong
    content = b"".join(path_of(half).read_bytes() for half in halves)
    return SuiteReport(NAME, tuple(figures), tuple(cases), hashlib.sha256(content).hexdigest()[:16])


def group_gold(stories: Stories) -> Grouped:
    """Group the mentions of stories as they are coded by hand."""
    rows = [dict(mention.row) for mention in stories.mentions]
    return _grouped(stories, rows, [row["event_id"] for row in rows])


def group_coded(stories: Stories) -> Grouped:
    """Group what the coder makes of the reports."""
    coded = {each.article_id: list(_sure_rows(each)) for each in stories.articles}
    rows = [row for each in coded.values() for row in each]
    return _grouped(stories, rows, answers(stories.mentions, coded))


def _sure_rows(article: Any) -> Iterator[Row]:
    for event in code_events(article):
        if event.status == "asserted" and event.confidence >= DEFAULT_CONFIDENCE:
            yield event_row(event, _RUN)


def _grouped(stories: Stories, rows: Sequence[Row], ids: Sequence[str | None]) -> Grouped:
    incidents = assign_incidents(report for row in rows if (report := report_of(row)))
    members: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        members[incidents[row["event_id"]]].append(row)
    made = [None if each is None else incidents[each] for each in ids]
    keys = {row["event_id"]: row.get("event_key") for row in rows}
    gold = [mention.incident for mention in stories.mentions]
    return Grouped(gold, made, [keys.get(each or "") for each in ids], members)


def answers(mentions: Sequence[Mention], coded: Mapping[str, Sequence[Row]]) -> list[str | None]:
    """Find for each mention the event that tells it, one event for one mention.

    Args:
        mentions: what the reports tell.
        coded: the events of each report, by article id.

    Returns:
        Event ids; None for a mention without an event of its family that stands on its words, in
        its sentence, or is the only one of its family where the report tells nothing else of it.
    """
    families = Counter((each.article.article_id, _family(each)) for each in mentions)
    taken: set[str] = set()
    found: list[str | None] = []
    for mention in mentions:
        key = mention.article.article_id, _family(mention)
        fitting = [
            (_nearness(mention, row, only=families[key] == 1), row["confidence"], row["event_id"])
            for row in coded[key[0]]
            if family_of(row["event_type"]) == key[1] and row["event_id"] not in taken
        ]
        best = max(fitting, default=(0, 0.0, ""))
        found.append(best[2] if best[0] else None)
        taken.add(best[2])
    return found


def _family(mention: Mention) -> str:
    return family_of(mention.row["event_type"])


def _nearness(mention: Mention, row: Row, *, only: bool) -> int:
    """How well an event stands where a mention does; 0 for not at all."""
    trigger = row["trigger"]
    if _touch(mention.field, mention.words, trigger):
        return _WORDS
    if any(_touch(mention.field, mention.words, each) for each in row["evidence"]):
        return _EVIDENCE
    if _touch(mention.field, mention.sentence, trigger):
        return _SENTENCE
    return _ONLY if only else 0


def _touch(field: str, span: tuple[int, int], other: Mapping[str, Any]) -> bool:
    same = bool(other["field"] == field)
    return same and other["char_start"] < span[1] and span[0] < other["char_end"]


def b_cubed(gold: Sequence[str], made: Sequence[str | None]) -> tuple[float, float, float]:
    """Hold two groupings of the same mentions against each other.

    Args:
        gold: for each mention the group it belongs to.
        made: for each the group it was put into; None is a group of its own.

    Returns:
        Precision, recall and F1.

    >>> [round(each, 2) for each in b_cubed(["a", "a", "b"], ["1", "1", "1"])]
    [0.56, 1.0, 0.71]
    """
    together = Counter(zip(gold, made, strict=True))
    right, put = Counter(gold), Counter(made)
    precision = recall = 0.0
    for known, group in zip(gold, made, strict=True):
        shared = 1 if group is None else together[known, group]
        precision += shared / (1 if group is None else put[group])
        recall += shared / right[known]
    precision, recall = precision / max(1, len(gold)), recall / max(1, len(gold))
    return precision, recall, 2 * precision * recall / max(1e-9, precision + recall)


def latest_toll(rows: Iterable[Row]) -> tuple[int | None, int | None]:
    """Return the dead and the injured that the latest reports of an incident give.

    As ``v_incidents`` does: the latest report that gives a number; of two told at once the greater.
    """
    found: list[int | None] = []
    known = list(rows)
    for what in ("fatalities", "injured"):
        given = [
            (row["event_time"], row[f"{what}_max"] or row[f"{what}_min"] or 0, row)
            for row in known
            if row[f"{what}_min"] is not None or row[f"{what}_max"] is not None
        ]
        row = max(given, key=lambda each: each[:2], default=(None, None, None))[2]
        low = None if row is None else row[f"{what}_min"]
        found.append(low if low is not None or row is None else row[f"{what}_max"])
    return found[0], found[1]


def tolls(stories: Stories, grouped: Grouped) -> list[tuple[Incident, int | None, bool]]:
    """Judge the final toll of every incident with casualties that several reports tell.

    Returns:
        The incident, the number that was made of it, and whether it is right.
    """
    told = Counter(grouped.gold)
    judged = []
    for incident in stories.incidents:
        if told[incident.name] < 2 or (incident.dead is None and incident.hurt is None):
            continue
        pairs = zip(grouped.gold, grouped.made, strict=True)
        groups = Counter(made for gold, made in pairs if gold == incident.name and made)
        dead = hurt = None
        if groups:
            dead, hurt = latest_toll(grouped.rows[max(groups, key=lambda g: (groups[g], g))])
        wanted, got = (incident.hurt, hurt) if incident.dead is None else (incident.dead, dead)
        judged.append((incident, got, got == wanted))
    return judged


def _figures(
    half: Half, stories: Stories, grouping: Grouped, whole: Grouped
) -> tuple[list[Figure], list[Case]]:
    """The figures of a half; those of the tuning half are in sample and have no bars."""
    counts = half == "held_out"
    end = "" if counts else "_in_sample"
    figures: list[Figure] = []
    cases: list[Case] = []

    def put(name: str, value: float, n: int, bar: float | None = None) -> None:
        figures.append(Figure(f"{name}{end}", value, n, bar if counts else None))

    for way, grouped in (("grouping", grouping), ("whole", whole)):
        gold, made = _found(grouped)
        precision, recall, f1 = b_cubed(gold, made)
        put(f"{way}_f1", f1, len(gold), _BAR)
        put(f"{way}_precision", precision, len(gold))
        put(f"{way}_recall", recall, len(gold))
        judged = tolls(stories, grouped)
        right = sum(fits for *_, fits in judged)
        put(f"{way}_final_toll", right / max(1, len(judged)), len(judged), _TOLL_BAR)
        cases += [
            Case(f"{way}:{each.name}", f"{each.dead} dead, {each.hurt} hurt", str(got), 0.5)
            for each, got, fits in judged
            if not fits
        ]
        cases += [Case(f"{way}:{name}", "one incident", said) for name, said in _split(grouped)]
    mentions = len(whole.gold)
    put("whole_found", len(_found(whole)[0]) / max(1, mentions), mentions)
    put("whole_f1_of_all", b_cubed(whole.gold, whole.made)[2], mentions)
    keys = [key for key in whole.keys if key is not None]
    put("whole_event_key_f1", b_cubed(_found(whole)[0], keys)[2], len(keys))
    return figures, cases


def _found(grouped: Grouped) -> tuple[list[str], list[str | None]]:
    """The mentions that were coded."""
    pairs = [pair for pair in zip(grouped.gold, grouped.made, strict=True) if pair[1] is not None]
    return [gold for gold, _ in pairs], [made for _, made in pairs]


def _split(grouped: Grouped) -> Iterator[tuple[str, str]]:
    """The incidents that were taken for several."""
    groups: dict[str, Counter[str]] = defaultdict(Counter)
    for gold, made in zip(*_found(grouped), strict=True):
        groups[gold][made or ""] += 1
    for name, counts in groups.items():
        if len(counts) > 1:
            yield name, f"{len(counts)} of {', '.join(map(str, counts.values()))} reports"
