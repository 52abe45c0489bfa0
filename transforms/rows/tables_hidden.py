"""Hidden tables: what the program keeps for itself, beside the tables that people ask.

Fingerprints can always be made anew from the articles; commits and takedowns cannot.
"""

from __future__ import annotations

from typing import Final

from transforms.rows.columns import PROVENANCE_COLUMNS, Table, column

# Kept, and made again when missing: decision 0036.
FINGERPRINTS: Final = Table(
    "_fingerprints",
    ("article_id",),
    "event_time",
    (
        column("article_id", "STRING", "The article.", "المقال.", required=True),
        column("page_id", "STRING", "Its page.", "صفحته.", required=True),
        column("norm_hash", "STRING", "As in articles.", "كما في المقالات.", required=True),
        column("published_at", "TIMESTAMP", "As in articles.", "كما في المقالات."),
        column("published_on", "DATE", "As in articles.", "كما في المقالات."),
        column("modified_at", "TIMESTAMP", "As in articles.", "كما في المقالات."),
        column("fetched_at", "TIMESTAMP", "As in articles.", "كما في المقالات."),
        column("event_time", "TIMESTAMP", "As in articles.", "كما في المقالات."),
        column("publisher", "STRING", "As in articles.", "كما في المقالات."),
        column("agency", "STRING", "As in articles.", "كما في المقالات."),
        column(
            "guid",
            "STRING",
            "As in articles, when it can name an entry.",
            "كما في المقالات، إن صلح اسما لمدخل.",
        ),
        column(
            "version",
            "INT64",
            "How the hashes were made; those of another version are made anew.",
            "إصدار طريقة حساب البصمات، وما كان من إصدار آخر يعاد حسابه.",
            required=True,
        ),
        column("tokens", "INT64", "Words of the body.", "عدد كلمات المتن.", required=True),
        column(
            "keys",
            "BYTES",
            "Sampled hashes of word runs (little-endian uint64), by which copies meet.",
            "عينة من بصمات تتابعات الكلمات، بها تلتقي النسخ.",
        ),
        column(
            "shingles",
            "BYTES",
            "Hashes of the word 3-grams in text order (little-endian uint32).",
            "بصمات ثلاثيات الكلمات بترتيب النص.",
        ),
        column("words", "BYTES", "Hashes of the word stems, sorted.", "بصمات جذوع الكلمات."),
        column("names", "BYTES", "Those of names.", "ما كان منها أسماء."),
        column("numbers", "BYTES", "Those of numbers.", "ما كان منها أعدادا."),
        *PROVENANCE_COLUMNS,
    ),
    "One row per article version: its fingerprint, by which copies are found without its text.",
    "سطر لكل نسخة مقال: بصمتها التي تُعرف بها النسخ المكررة دون نصها.",
)

# Which bundles were taken in: decision 0040.
COMMITS: Final = Table(
    "_commits",
    ("bundle_id",),
    "settled_at",
    (
        column("bundle_id", "STRING", "The bundle.", "الحزمة.", required=True),
        column(
            "commit_id",
            "STRING",
            "The commit that took it in.",
            "عملية الإيداع التي ضمتها.",
            required=True,
        ),
        column("settled_at", "TIMESTAMP", "When it was taken in.", "وقت ضمها.", required=True),
        *PROVENANCE_COLUMNS,
    ),
    "One row per bundle that was folded into the tables: one that is delivered again counts once.",
    "سطر لكل حزمة ضُمت إلى الجداول، فلا تُحسب مرتين إن سُلّمت مرتين.",
)

# Takedowns: decision 0041.
REMOVED: Final = Table(
    "_removed",
    ("kind", "value"),
    None,
    (
        column(
            "kind",
            "STRING",
            "What was taken down.",
            "نوع المسحوب.",
            required=True,
            values=("page", "article"),
        ),
        column("value", "STRING", "Its page_id or article_id.", "معرّفه.", required=True),
        column("removed_at", "TIMESTAMP", "When.", "وقت السحب.", required=True),
        *PROVENANCE_COLUMNS,
    ),
    "One row per takedown: what it names is never stored again.",
    "سطر لكل سحب: ما يسميه لا يُخزن ثانية.",
)
