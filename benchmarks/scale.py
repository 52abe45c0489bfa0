"""What 100,000 and 1,000,000 articles a day need, worked out from ``scale.toml``.

``python -m benchmarks.scale`` prints the tables of docs/scale.md; ``--write docs/scale.md`` puts
them into the page, between their marks. Nothing is measured here: ``benchmarks.sizes`` does that.
"""

from __future__ import annotations

import argparse
import math
import re
import tomllib
from pathlib import Path
from typing import Any, Final

SIZES: Final = (100_000, 1_000_000)  # articles a day
_DATA: Final = Path(__file__).with_name("scale.toml")
_MARK: Final = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end -->)", re.DOTALL)
_GB: Final = 1e9
_HOURS: Final = 730.0  # of a month
_DAYS: Final = 30.0


class Scale:
    """The figures, and what follows from them.

    Args:
        data: as ``scale.toml`` has it.
    """

    def __init__(self, data: dict[str, Any]) -> None:
        """Plan with the greater of what was measured."""
        self.measured = data["measured"]
        self.assumed = data["assumed"]
        self.prices = data["price"]
        self._usd = {each["id"]: each["usd"] for each in self.prices}

    def planned(self, name: str) -> float:
        """The greatest of what was measured of a figure."""
        return max(float(each[name]) for each in self.measured.values() if name in each)

    def stored(self, form: int) -> float:
        """Bytes of an article in all tables: 1 in Parquet, 2 as BigQuery counts."""
        kinds = [each["tables"] for each in self.measured.values() if "tables" in each]
        return sum(max(float(each[table][form]) for each in kinds) for table in kinds[0])

    def cpu(self, articles: int) -> float:
        """Core seconds a day: pages, launcher, crawl."""
        parts = ("worker_ms", "launcher_ms")
        each = sum(map(self.planned, parts)) + self.assumed["fetch_ms"]
        return articles * each / 1000

    def cores(self, articles: int, factor: float = 1.0) -> int:
        """Cores for the busiest hour, whole ones, two at least."""
        mean = self.cpu(articles) * factor / 86_400
        return max(2, math.ceil(mean * self.assumed["peak"] / self.assumed["use"]))

    def window(self, articles: int) -> float:
        """Bytes that a commit compares with: of the articles of the days near its own."""
        each = self.planned("light") + self.planned("keys")
        return self.assumed["window_days"] * articles * each

    def commit(self, articles: int) -> float:
        """Bytes that BigQuery bills for what a commit looks up."""
        every = self.assumed["kept_days"] * articles * self.planned("light")
        return self.window(articles) + every

    def memory(self, articles: int) -> float:
        """Gigabytes of one machine."""
        more = self.cores(articles) - 2
        base = self.assumed["base_gb"] + more * self.assumed["worker_gb"]
        return float(base + self.window(articles) / _GB)

    def rented(self, articles: int) -> int:
        """Cores to rent for one machine: those it needs, or those its memory comes with."""
        by_memory = math.ceil(self.memory(articles) / self.assumed["gb_a_core"])
        return max(self.cores(articles), by_memory)

    def money(self, articles: int) -> dict[str, dict[str, float]]:
        """Dollars a month by way and by what is paid for."""
        usd, a = self._usd, self.assumed
        files = articles * self.stored(1) * a["kept_days"] / _GB * usd["bucket"]
        packed = articles * self.planned("page_packed") * a["kept_days"] / _GB * usd["bucket"]
        bundles = articles / a["pages_a_bundle"] * a["files_a_bundle"]
        written = bundles * _DAYS / 1000 * usd["writes"]
        kept = {"rows": files, "archive": packed}
        on_flink = self.cores(articles, a["engine"]) + 1  # and one that leads them
        return {
            "one machine": {"cores": self.rented(articles) * _HOURS * usd["vm"], **kept},
            "Flink on rented machines": {
                "cores": on_flink * _HOURS * usd["vm"], **kept, "writes": written,
            },
            "Dataflow, a job an hour": {
                **self._batch(articles), **kept, "writes": written,
            },
            "Dataflow, a stream": {
                **self._stream(articles), **kept, "writes": written,
            },
        }  # fmt: skip

    def _batch(self, articles: int) -> dict[str, float]:
        """A month of jobs of Dataflow, and of the launcher that waits for each."""
        usd, a = self._usd, self.assumed
        cores = self.cores(articles, a["engine"])
        working = self.cpu(articles) * a["engine"] / a["use"] / 3600
        starting = a["jobs"] * a["start_minutes"] / 60 * cores
        hours = (working + starting) * _DAYS
        waited = (working + starting) / cores * _DAYS
        hour = usd["batch_core"] + a["gb_a_core"] * usd["memory"] + a["disk_gb"] * usd["disk"]
        return {
            "cores": hours * hour,
            "shuffle": articles * a["shuffled"] * _DAYS / _GB * usd["shuffle"],
            "launcher": waited * (2 * usd["run_core"] + 4 * usd["run_memory"]),
        }

    def _stream(self, articles: int) -> dict[str, float]:
        """A month of workers that are never let go."""
        usd, a = self._usd, self.assumed
        hour = usd["streaming_core"] + a["gb_a_core"] * usd["memory"] + a["disk_gb"] * usd["disk"]
        return {
            "cores": self.cores(articles, a["engine"]) * _HOURS * hour,
            "shuffle": articles * a["shuffled"] * _DAYS / _GB * usd["engine_data"],
        }

    def bigquery(self, articles: int, minutes: int) -> dict[str, float]:
        """Dollars a month for rows in BigQuery instead of files, by minutes between commits."""
        rows = articles * self.stored(2) * self.assumed["kept_days"] / _GB * self._usd["rows"]
        read = self.commit(articles) * 1440 / minutes * _DAYS
        return {"rows": rows, "commits": read / (1000 * _GB) * self._usd["query"]}

    def queued(self, articles: int) -> float:
        """Dollars a month for pages that come through a queue: in, and out again."""
        data = 2 * articles * self.planned("page_packed") * _DAYS
        return float(data / (1000 * _GB) * self._usd["queue"])


def load() -> Scale:
    """Read the figures that stand beside this module."""
    return Scale(tomllib.loads(_DATA.read_text(encoding="utf-8")))


def _table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(each)} |\n" for each in lines)


def _number(value: float, unit: str = "") -> str:
    """Two figures that count, so that nobody takes an estimate for a bill."""
    if value:
        digits = 1 - math.floor(math.log10(abs(value)))
        value = round(value, digits)
    text = f"{value:,.0f}" if value >= 10 or value == 0 else f"{value:.2g}"
    return f"{text}{unit}"


def measured(scale: Scale) -> str:
    """What was measured, and what is planned with."""
    kinds = ("generated", "real", "pages")
    names = {
        "words": "words of a body", "page": "bytes of a page",
        "page_packed": "the same, packed in the archive", "worker_ms": "ms of CPU in its process",
        "launcher_ms": "ms of CPU of launching, staging and settling, in any process",
        "settling_ms": "of them, settling",
        "own_ms": "of them, in the launcher's own process",
        "inbox": "bytes in the inbox", "light": "bytes a commit reads of every article kept",
        "keys": "and of those within seven days",
    }  # fmt: skip
    rows = [
        [about, *(f"{scale.measured[kind].get(name, '')}" for kind in kinds),
         f"{scale.planned(name):g}"]
        for name, about in names.items()
    ]  # fmt: skip
    for table in scale.measured["generated"]["tables"]:
        told = [scale.measured[kind]["tables"][table] for kind in kinds[:2]]
        cells = [f"{rows_:g} rows: {parquet} / {counted}" for rows_, parquet, counted in told]
        most = f"{max(each[1] for each in told)} / {max(each[2] for each in told)}"
        rows.append([f"`{table}`: bytes in Parquet / in BigQuery", *cells, "", most])
    total = f"{scale.stored(1):g} / {scale.stored(2):g}"
    rows.append(["all tables", "", "", "", total])
    return _table(["an article", "generated", "real texts", "real pages", "planned with"], rows)


def needs(scale: Scale) -> str:
    """What a day needs."""
    lines = {
        "core hours a day": lambda n: _number(scale.cpu(n) / 3600),
        "cores for the busiest hour": lambda n: str(scale.cores(n)),
        "cores on an engine": lambda n: str(scale.cores(n, scale.assumed["engine"]) + 1),
        "memory of one machine": lambda n: _number(scale.memory(n), " GB"),
        "of it, what a commit compares with": lambda n: _number(scale.window(n) / _GB, " GB"),
        "network in": lambda n: _number(n * scale.planned("page") / _GB, " GB a day"),
        "inbox, if settled once a day": lambda n: _number(n * scale.planned("inbox") / _GB, " GB"),
        "rows in Parquet": lambda n: _number(n * scale.stored(1) / _GB, " GB a day"),
        "the same in BigQuery": lambda n: _number(n * scale.stored(2) / _GB, " GB a day"),
        "archive": lambda n: _number(n * scale.planned("page_packed") / _GB, " GB a day"),
        "BigQuery reads for a commit": lambda n: _number(scale.commit(n) / _GB, " GB"),
    }
    head = ["", *(f"{size:,} articles a day" for size in SIZES)]
    return _table(head, [[name, *map(tell, SIZES)] for name, tell in lines.items()])


def money(scale: Scale) -> str:
    """What a month costs."""
    rows = []
    bills = [scale.money(size) for size in SIZES]
    for way in bills[0]:
        cells = []
        for bill in bills:
            parts = ", ".join(f"{name} {_number(usd)}" for name, usd in bill[way].items())
            cells.append(f"**{_number(sum(bill[way].values()))}** ({parts})")
        rows.append([way, *cells])
    for minutes in (60, 5):
        cells = []
        for size in SIZES:
            bill = scale.bigquery(size, minutes)
            parts = ", ".join(f"{name} {_number(usd)}" for name, usd in bill.items())
            cells.append(f"{_number(sum(bill.values()))} ({parts})")
        rows.append([f"rows in BigQuery, `--settle {minutes}`, instead of files", *cells])
    queued = [_number(scale.queued(size)) for size in SIZES]
    rows.append(["pages brought through Pub/Sub, packed, beside", *queued])
    head = ["dollars a month", *(f"{size:,} articles a day" for size in SIZES)]
    return _table(head, rows)


def prices(scale: Scale) -> str:
    """The list prices that were taken."""
    rows = [
        [each["what"], f"{each['usd']:.8f}".rstrip("0").rstrip("."), each["unit"], each["place"],
         f"[page]({each['page']})", each["as_of"], each["seen"]]
        for each in scale.prices
    ]  # fmt: skip
    return _table(["what", "dollars", "for each", "where", "Google's page", "as of", "seen"], rows)


TABLES: Final = {"measured": measured, "needs": needs, "money": money, "prices": prices}


def filled(text: str, scale: Scale) -> str:
    """A page with its tables worked out again, between ``<!-- table: NAME -->`` and the end."""
    return _MARK.sub(lambda found: f"{found[1]}\n{TABLES[found[2]](scale)}\n{found[3]}", text)


def main() -> None:
    """Print the tables, or write them into a page."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", type=Path, metavar="PAGE")
    page = parser.parse_args().write
    scale = load()
    if page is None:
        print("\n".join(make(scale) for make in TABLES.values()))
    else:
        page.write_text(filled(page.read_text(encoding="utf-8"), scale), encoding="utf-8")


if __name__ == "__main__":
    main()
