"""The tables of the machinery: sightings, dead letters, requests and the feed registry."""

from __future__ import annotations

from typing import Final

from transforms.rejects import REASONS
from transforms.rows.columns import PROVENANCE_COLUMNS, Table, column

APPEARANCES: Final = Table(
    "appearances",
    ("feed_url", "guid"),
    "first_seen_at",
    (
        column("feed_url", "STRING", "The feed that listed it.", "الخلاصة.", required=True),
        column(
            "guid",
            "STRING",
            "The entry's own id; its URL when the feed gives none.",
            "معرّف المدخلة، أو رابطها إن لم تعطِ الخلاصة معرّفاً.",
            required=True,
        ),
        column(
            "article_id",
            "STRING",
            "The article it became; NULL when it became none.",
            "المقال الذي صارت إليه، وفارغ إن لم تصر مقالاً.",
        ),
        column("page_id", "STRING", "The page it links to.", "الصفحة التي تشير إليها."),
        column("url", "STRING", "The link as the feed gives it.", "الرابط كما في الخلاصة."),
        column(
            "position",
            "INT64",
            "Its place in the feed at the latest sighting; 0 is the top.",
            "موضعها في الخلاصة عند آخر ظهور، والأعلى 0.",
        ),
        column(
            "text_id",
            "STRING",
            "Hash of what the entry said at the latest sighting; another hash is another text.",
            "بصمة نص المدخلة عند آخر ظهور، وتغيّرها يعني تغيّر النص.",
        ),
        column("first_seen_at", "TIMESTAMP", "First sighting.", "أول ظهور.", required=True),
        column("last_seen_at", "TIMESTAMP", "Latest sighting.", "آخر ظهور.", required=True),
        *PROVENANCE_COLUMNS,
    ),
    "One row per entry a feed has listed, with its first and latest sighting.",
    "سطر لكل مدخلة ظهرت في خلاصة، مع أول ظهور وآخره.",
)

DEAD_LETTERS: Final = Table(
    "dead_letters",
    ("dead_letter_id",),
    "failed_at",
    (
        column(
            "dead_letter_id",
            "STRING",
            "hash(stage, reason, URL or content).",
            "بصمة المرحلة والسبب والرابط أو المحتوى.",
            required=True,
        ),
        column("stage", "STRING", "The stage that rejected it.", "المرحلة الرافضة.", required=True),
        column(
            "reason",
            "STRING",
            "Why, from a closed list.",
            "السبب، من قائمة مغلقة.",
            required=True,
            values=REASONS,
        ),
        column("detail", "STRING", "The case in words.", "تفصيل الحالة."),
        column(
            "retriable",
            "BOOL",
            "Whether another try may succeed without anything having been mended.",
            "هل قد تنجح إعادة المحاولة دون إصلاح شيء.",
            required=True,
        ),
        column("attempts", "INT64", "How many runs it failed in.", "عدد المحاولات.", required=True),
        column("url", "STRING", "The URL it is about.", "الرابط المعني."),
        column("feed_url", "STRING", "The feed it came from.", "الخلاصة التي جاء منها."),
        column(
            "source_id",
            "STRING",
            "The id a prefetched document came with, untouched.",
            "المعرّف الذي جاءت به الوثيقة المجلوبة سلفاً.",
        ),
        column(
            "payload",
            "STRING",
            "JSON text that names the input again, for rasd replay.",
            "نص JSON يعيّن المُدخل من جديد، لأجل rasd replay.",
        ),
        column("raw_ref", "STRING", "Where the response is archived.", "موضع الأصل في الأرشيف."),
        column("failed_at", "TIMESTAMP", "First failure.", "وقت أول إخفاق.", required=True),
        column("resolved_at", "TIMESTAMP", "When a replay succeeded.", "وقت نجاح الإعادة."),
        column("resolved_run_id", "STRING", "The run that did it.", "التشغيلة التي عالجته."),
        *PROVENANCE_COLUMNS,
    ),
    "One row per element that could not go on: why, and enough to try it again.",
    "سطر لكل عنصر تعذرت متابعته: سببه وما يكفي لإعادة المحاولة.",
)

FETCH_LOG: Final = Table(
    "fetch_log",
    ("url", "purpose", "started_at"),
    "started_at",
    (
        column("url", "STRING", "The URL requested.", "الرابط المطلوب.", required=True),
        column("final_url", "STRING", "The URL after redirects.", "الرابط بعد التحويلات."),
        column(
            "purpose",
            "STRING",
            "What it was requested for.",
            "غرض الطلب.",
            required=True,
            values=("feed", "article", "robots", "sitemap"),
        ),
        column("started_at", "TIMESTAMP", "Start of the request.", "بدء الطلب.", required=True),
        column("elapsed_ms", "INT64", "How long it took, in ms.", "مدته بالميلي ثانية."),
        column("status", "INT64", "HTTP status of the last hop.", "رمز حالة HTTP الأخير."),
        column(
            "outcome",
            "STRING",
            "ok, not_modified, an alarm such as soft_empty, or a reject reason.",
            "النتيجة: ok أو not_modified أو إنذار أو سبب رفض.",
            required=True,
        ),
        column("bytes", "INT64", "Decoded bytes of the body.", "بايتات المحتوى بعد فك الضغط."),
        column("etag", "STRING", "The validator ETag, as sent.", "قيمة ETag كما وردت."),
        column("last_modified", "STRING", "Last-Modified, as sent.", "Last-Modified كما وردت."),
        column("items_total", "INT64", "Entries in the feed.", "عدد مدخلات الخلاصة."),
        column("items_new", "INT64", "Entries never seen before.", "عدد الجديد منها."),
        column("retry_after_s", "INT64", "Retry-After, in seconds.", "مهلة إعادة الطلب بالثواني."),
        column(
            "robots",
            "STRING",
            "What a robots.txt says to us: its rules that hold for this program, and no others.",
            "ما يقوله ملف robots.txt لنا: القواعد التي تسري على هذا البرنامج دون سواها.",
        ),
        *PROVENANCE_COLUMNS,
    ),
    "One row per HTTP request, whatever came of it.",
    "سطر لكل طلب HTTP أياً كانت نتيجته.",
)

FEEDS: Final = Table(
    "feeds",
    ("feed_url",),
    None,
    (
        column("feed_url", "STRING", "The feed's URL.", "رابط الخلاصة.", required=True),
        column("publisher", "STRING", "The organisation behind it.", "الجهة الناشرة."),
        column("country", "STRING", "ISO 3166 alpha-3.", "بلدها، رمز ISO من ثلاثة أحرف."),
        column("language", "STRING", "ISO 639 code.", "رمز لغتها."),
        column("category", "STRING", "What it is about.", "تصنيفها."),
        column("tz", "STRING", "Zone of times without one.", "المنطقة الزمنية لأوقاتها."),
        column("poll_seconds", "INT64", "Seconds between polls.", "الثواني بين طلب وآخر."),
        column("health", "STRING", "Outcome of the latest poll.", "نتيجة آخر طلب."),
        column("due_at", "TIMESTAMP", "When to ask it again.", "موعد طلبها من جديد."),
        column(
            "state",
            "STRING",
            "JSON: validators and counters that the next poll goes on from; can be lost.",
            "بصيغة JSON: ما يكمل منه الطلب التالي، ويمكن فقده.",
        ),
        *PROVENANCE_COLUMNS,
    ),
    "The registry of feeds as last seen.",
    "سجل الخلاصات كما شوهدت آخر مرة.",
)
