"""The tables of texts: articles, their verified pairs, and the clusters the pairs make."""

from __future__ import annotations

from typing import Final

from transforms.rows.columns import PROVENANCE_COLUMNS, Table, array, column

DUPLICATE_KINDS: Final = ("exact", "near", "contained", "revision")

TOPIC_FIELDS: Final = (
    column("code", "STRING", "The code of the media topic.", "رمز الموضوع.", required=True),
    column("label_ar", "STRING", "Its Arabic label.", "اسمه بالعربية."),
    column("label_en", "STRING", "Its English label.", "اسمه بالإنجليزية."),
    column("score", "FLOAT64", "How strongly the text is about it, 0 to 1.", "قوته، من 0 إلى 1."),
)

IDENTITY: Final = (
    column(
        "article_id",
        "STRING",
        "hash(page_id, content_hash): one per version of a page.",
        "معرّف المقال، بصمة للصفحة ومحتواها: واحد لكل نسخة من الصفحة.",
        required=True,
    ),
    column(
        "source_id",
        "STRING",
        "The id a prefetched document came with, untouched.",
        "المعرّف الذي جاءت به الوثيقة المجلوبة سلفاً، كما هو.",
    ),
    column(
        "page_id",
        "STRING",
        "hash(canonical URL, or file: and the content hash): one per page, whatever its versions.",
        "معرّف الصفحة: واحد للصفحة مهما تعددت نسخها.",
        required=True,
    ),
    column(
        "url",
        "STRING",
        "The URL the page was read from, after redirects; file: and a hash for a file without one.",
        "العنوان الذي قُرئت منه الصفحة بعد التحويلات، أو file: وبصمة لملف لا عنوان له.",
    ),
    column(
        "canonical_url",
        "STRING",
        "The URL reduced to the form all its variants share.",
        "العنوان بعد ردّه إلى صيغة واحدة تجمع كل صوره.",
    ),
    column(
        "feed_url",
        "STRING",
        "The feed of the earliest sighting; NULL when no feed listed the page.",
        "رابط الخلاصة التي ظهر فيها أولاً، وفارغ إن لم يرد في خلاصة.",
    ),
    column("publisher", "STRING", "The organisation that published it.", "الجهة الناشرة."),
    column(
        "publisher_country",
        "STRING",
        "The publisher's country, ISO 3166 alpha-3.",
        "بلد الناشر، رمز ISO 3166 من ثلاثة أحرف.",
    ),
    column("guid", "STRING", "The id its feed gave it.", "المعرّف الذي أعطته إياه الخلاصة."),
)

TEXT: Final = (
    column("title", "STRING", "The headline; NULL when there is none.", "العنوان الرئيس، إن وُجد."),
    column(
        "body",
        "STRING",
        "The text as stored; all offsets count code points of it. One paragraph a line.",
        "نص المقال كما حُفظ، وإليه تعود كل المواضع بعدّ الرموز. كل فقرة في سطر.",
        required=True,
    ),
    column(
        "summary",
        "STRING",
        "The abstract the publisher gave (feed or page).",
        "الملخص كما كتبه الناشر.",
    ),
    array("authors", "STRING", "Names in the byline.", "أسماء الكتّاب."),
    column(
        "agency",
        "STRING",
        "The news agency whose wire copy it is.",
        "وكالة الأنباء التي نُقل عنها النص.",
    ),
    column(
        "dateline",
        "STRING",
        "The place at the head of the text, as written.",
        "المكان المذكور في صدر الخبر، كما كُتب.",
    ),
)

TIMES: Final = (
    column(
        "published_at",
        "TIMESTAMP",
        "When it was published; midnight UTC of the civil date when only a day or month is known.",
        "وقت النشر، ومنتصف الليل بالتوقيت العالمي إن لم يُعرف إلا اليوم أو الشهر.",
    ),
    column(
        "published_on",
        "DATE",
        "The civil day it was published on where the publisher writes, which relative dates of the "
        "text count from; the first of the month when only that is known.",
        "يوم النشر بتقويم بلد الناشر، ومنه تُحسب تواريخ النص النسبية.",
    ),
    column(
        "published_precision",
        "STRING",
        "How exact published_at is.",
        "دقة وقت النشر.",
        values=("second", "minute", "day", "month"),
    ),
    column(
        "published_source",
        "STRING",
        "Where published_at was read.",
        "من أين أُخذ وقت النشر.",
        required=True,
        values=("feed", "jsonld", "meta", "html", "url", "text", "none"),
    ),
    column("published_raw", "STRING", "The date as written.", "تاريخ النشر كما كُتب."),
    column("modified_at", "TIMESTAMP", "When it was last changed.", "وقت آخر تعديل."),
    column("fetched_at", "TIMESTAMP", "When the page was fetched.", "وقت جلب الصفحة."),
    column(
        "event_time",
        "TIMESTAMP",
        "published_at, at most a day after fetched_at; else fetched_at; else NULL.",
        "وقت النشر بما لا يتجاوز الجلب بأكثر من يوم، وإلا فوقت الجلب، وإلا ففارغ.",
    ),
)

ANALYSIS: Final = (
    column("language", "STRING", "ISO 639 code of the text's language.", "رمز لغة النص."),
    column(
        "language_verdict",
        "STRING",
        "Arabic, Arabic mixed with another language, or other.",
        "الحكم على اللغة: عربي أو مختلط أو غير ذلك.",
        values=("ar", "mixed", "other"),
    ),
    column(
        "arabic_share",
        "FLOAT64",
        "Share of the text that is Arabic, 0 to 1.",
        "حصة العربية من النص، من 0 إلى 1.",
    ),
    column(
        "content_hash",
        "STRING",
        "hash(title, newline, body as stored).",
        "بصمة العنوان والنص كما حُفظا.",
        required=True,
    ),
    column(
        "norm_hash",
        "STRING",
        "The same after Arabic normalisation; equal in exact duplicates.",
        "البصمة بعد توحيد الكتابة العربية، وتتساوى في المكرر تماماً.",
        required=True,
    ),
    array(
        "topics",
        "STRUCT",
        "IPTC Media Topics, the strongest first.",
        "موضوعات المقال وفق IPTC، أقواها أولاً.",
        fields=TOPIC_FIELDS,
    ),
    column(
        "extractor",
        "STRING",
        "What took the text out of the page; feed when the body is the feed's summary, jsonld when "
        "the text stands only in what the page declares of itself.",
        "الأداة التي استخرجت النص، وfeed إن كان النص ملخص الخلاصة، وjsonld إن لم يرد النص إلا فيما "
        "تصرح به الصفحة عن نفسها.",
        required=True,
    ),
    column(
        "extraction_confidence",
        "FLOAT64",
        "How sure the extractor is, 0 to 1; at most 0.5 where little says that the page is an "
        "article.",
        "ثقة الاستخراج، من 0 إلى 1؛ ولا تتجاوز 0.5 إن قلّ ما يدل على أن الصفحة مقال.",
    ),
    column(
        "raw_ref",
        "STRING",
        "Where the response lies in the raw archive.",
        "موضع الاستجابة الأصلية في الأرشيف الخام.",
    ),
    column("http_status", "INT64", "The response's status code.", "رمز استجابة الخادم."),
    column("encoding", "STRING", "The encoding the bytes were read in.", "ترميز قراءة الصفحة."),
)

ARTICLES: Final = Table(
    "articles",
    ("article_id",),
    "event_time",
    (*IDENTITY, *TEXT, *TIMES, *ANALYSIS, *PROVENANCE_COLUMNS),
    "One row per version of an article: its text and what follows from the document alone.",
    "سطر لكل نسخة من مقال: نصه وما يُستنبط من الوثيقة وحدها.",
)

CLUSTERS: Final = Table(
    "clusters",
    ("article_id",),
    "date",
    (
        column("article_id", "STRING", "The article.", "المقال.", required=True),
        column(
            "cluster_id",
            "STRING",
            "The article_id of the cluster's head; its own for a head.",
            "معرّف رأس المجموعة، وهو معرّف المقال نفسه إن كان رأساً.",
            required=True,
        ),
        column(
            "duplicate_kind",
            "STRING",
            "How it stands to the article in duplicate_of; NULL for the head.",
            "صلته بالمقال المكرر عنه، وفارغ لرأس المجموعة.",
            values=DUPLICATE_KINDS,
        ),
        column(
            "duplicate_of",
            "STRING",
            "The article_id it is a copy or a version of; NULL for the head.",
            "معرّف المقال الذي هو تكرار له، وفارغ لرأس المجموعة.",
        ),
        column(
            "revision",
            "INT64",
            "Which version of its page it is, counted from 1.",
            "ترتيبه بين نسخ صفحته، ابتداءً من 1.",
            required=True,
        ),
        *PROVENANCE_COLUMNS,
    ),
    "Where each article stands among all copies and versions known so far; recomputed as more "
    "comes in.",
    "موقع كل مقال بين نسخه وتكراراته المعروفة حتى الآن، ويُعاد حسابه كلما جاء جديد.",
)

DUPLICATES: Final = Table(
    "duplicates",
    ("article_a", "article_b"),
    "date",
    (
        column(
            "article_a",
            "STRING",
            "The smaller article_id of the pair.",
            "أصغر معرّفَي الزوج.",
            required=True,
        ),
        column(
            "article_b",
            "STRING",
            "The greater article_id of the pair.",
            "أكبر معرّفَي الزوج.",
            required=True,
        ),
        column(
            "kind",
            "STRING",
            "Equal after normalisation, near, one contained in the other, or versions of a page.",
            "نوع التكرار: تام، أو قريب، أو أحدهما ضمن الآخر، أو نسختان من صفحة.",
            required=True,
            values=DUPLICATE_KINDS,
        ),
        column(
            "jaccard",
            "FLOAT64",
            "Shared word 3-grams over all of both, 0 to 1.",
            "نسبة المشترك من ثلاثيات الكلمات إلى مجموعها في النصين.",
            required=True,
        ),
        column(
            "containment",
            "FLOAT64",
            "Shared word 3-grams over those of the shorter text, 0 to 1.",
            "نسبة المشترك من ثلاثيات الكلمات إلى ما في أقصر النصين.",
            required=True,
        ),
        column(
            "day_gap",
            "FLOAT64",
            "Days between their event times; NULL when one has none.",
            "عدد الأيام بين وقتيهما، وفارغ إن غاب وقت أحدهما.",
        ),
        column(
            "same_publisher",
            "BOOL",
            "Whether one publisher published both; NULL when one is unknown.",
            "هل ناشرهما واحد، وفارغ إن جُهل أحدهما.",
        ),
        column(
            "origin_agency",
            "STRING",
            "The agency whose copy both carry.",
            "الوكالة التي نقل عنها المقالان.",
        ),
        *PROVENANCE_COLUMNS,
    ),
    "One row per verified pair of articles within seven days; nothing is ever deleted for it.",
    "سطر لكل زوج تحقق تكراره خلال سبعة أيام، ولا يُحذف مقال بسببه.",
)
