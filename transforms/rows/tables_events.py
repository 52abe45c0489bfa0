"""The table of coded events (PLOVER 2.0, with the CAMEO code beside it)."""

from __future__ import annotations

from typing import Final

from transforms.rows.columns import PROVENANCE_COLUMNS, Column, Table, array, column, struct

EVENT_TYPES: Final = (
    "AGREE",
    "CONSULT",
    "SUPPORT",
    "CONCEDE",
    "COOPERATE",
    "AID",
    "RETREAT",
    "REQUEST",
    "ACCUSE",
    "REJECT",
    "THREATEN",
    "PROTEST",
    "SANCTION",
    "MOBILIZE",
    "COERCE",
    "ASSAULT",
)
TEXT_FIELDS: Final = ("title", "body")


def span_fields(*, required: bool) -> tuple[Column, ...]:
    """Return the fields that place a stretch of text; a required span is always there."""
    return (
        column(
            "field",
            "STRING",
            "The article's column the offsets count in.",
            "عمود المقال الذي تعود إليه المواضع.",
            required=required,
            values=TEXT_FIELDS,
        ),
        column(
            "char_start",
            "INT64",
            "First code point of it, from 0.",
            "موضع أول رمز، ابتداءً من 0.",
            required=required,
        ),
        column(
            "char_end",
            "INT64",
            "One past its last code point.",
            "الموضع التالي لآخر رمز.",
            required=required,
        ),
    )


SPAN_TEXT: Final = column(
    "text", "STRING", "The words as written.", "الكلمات كما وردت.", required=True
)

ACTOR_FIELDS: Final = (
    column("name", "STRING", "Its name in full; NULL when unknown.", "اسمه كاملاً، إن عُرف."),
    column("text", "STRING", "The words that name it.", "الكلمات التي ذُكر بها."),
    column("country", "STRING", "ISO 3166 alpha-3.", "بلده، رمز ISO من ثلاثة أحرف."),
    array("sectors", "STRING", "PLOVER sectors (GOV, MIL, REB ...).", "قطاعاته وفق PLOVER."),
    *span_fields(required=False),
)

PLACE_FIELDS: Final = (
    column("name", "STRING", "Its name in full.", "اسمه كاملاً.", required=True),
    column("text", "STRING", "The words that name it.", "الكلمات التي ذُكر بها.", required=True),
    column("country", "STRING", "ISO 3166 alpha-3.", "بلده، رمز ISO من ثلاثة أحرف."),
    column("admin1", "STRING", "Province or governorate.", "المحافظة أو الولاية."),
    column("lat", "FLOAT64", "Latitude in degrees.", "خط العرض بالدرجات."),
    column("lon", "FLOAT64", "Longitude in degrees.", "خط الطول بالدرجات."),
    column("geonames_id", "INT64", "Its id at GeoNames.", "معرّفه في GeoNames."),
    column("precision", "STRING", "city, admin1, region or country.", "دقته: مدينة أو ما فوقها."),
    *span_fields(required=False),
)

EVIDENCE_FIELDS: Final = (
    SPAN_TEXT,
    *span_fields(required=True),
    column("paragraph", "INT64", "Paragraph, from 0.", "رقم الفقرة، من 0.", required=True),
)

WHAT: Final = (
    column(
        "event_id",
        "STRING",
        "hash(article_id, event_type, trigger field and span).",
        "معرّف الحدث: بصمة للمقال والنوع وموضع اللفظ الدال.",
        required=True,
    ),
    column(
        "event_key",
        "STRING",
        "Equal for mentions of one event: type, date, countries and place; event_id when undated "
        "or without any country.",
        "يتساوى في ذِكر الحدث الواحد: النوع والتاريخ والبلدان والمكان.",
        required=True,
    ),
    column("article_id", "STRING", "The article that reports it.", "المقال الناقل.", required=True),
    column(
        "event_type",
        "STRING",
        "One of the 16 PLOVER types.",
        "نوع الحدث من أنواع PLOVER الستة عشر.",
        required=True,
        values=EVENT_TYPES,
    ),
    array("modes", "STRING", "PLOVER modes of the type.", "أنماط الحدث وفق PLOVER."),
    array("contexts", "STRING", "PLOVER contexts.", "سياقات الحدث وفق PLOVER."),
    column(
        "status",
        "STRING",
        "Whether the text asserts it, expects it, supposes it, denies it or recalls it.",
        "حال الحدث في النص: مثبت أو منتظر أو مفترض أو منفي أو سابق.",
        required=True,
        values=("asserted", "future", "hypothetical", "negated", "historical"),
    ),
    column(
        "quad_plover",
        "STRING",
        "Quad class after PLOVER: verbal or material, cooperation or conflict.",
        "الصنف الرباعي وفق PLOVER: قولي أو مادي، تعاون أو صراع.",
        required=True,
    ),
    column("quad_gdelt", "STRING", "Quad class as GDELT counts it.", "الصنف الرباعي وفق GDELT."),
    column("cameo_code", "STRING", "The nearest CAMEO code.", "أقرب رمز CAMEO."),
    column("cameo_root", "STRING", "Its first two digits.", "أول رقمين من رمز CAMEO."),
    column("goldstein", "FLOAT64", "Goldstein scale, -10 to 10.", "مقياس غولدستين، من -10 إلى 10."),
    column("plover_score", "FLOAT64", "PLOVER's own intensity.", "شدة الحدث وفق PLOVER."),
)

WHO_AND_WHERE: Final = (
    array("actors", "STRUCT", "Who did it.", "الفاعلون.", fields=ACTOR_FIELDS),
    array("recipients", "STRUCT", "Whom it was done to.", "المتلقون.", fields=ACTOR_FIELDS),
    struct("place", "Where it happened.", "مكان الحدث.", PLACE_FIELDS),
)

WHEN: Final = (
    column(
        "event_date",
        "DATE",
        "The civil date it happened on; the first day of a longer period.",
        "تاريخ الحدث، أو أول يوم من المدة إن طالت.",
    ),
    column("event_date_start", "DATE", "First day it may have been.", "أول يوم محتمل."),
    column("event_date_end", "DATE", "Last day it may have been.", "آخر يوم محتمل."),
    column("event_date_precision", "STRING", "How exact the date is.", "دقة تاريخ الحدث."),
    column(
        "event_date_basis",
        "STRING",
        "Written out, counted from the day of publication, or that day itself.",
        "أساس التاريخ: صريح أو نسبي أو تاريخ الوثيقة.",
        values=("explicit", "relative", "document"),
    ),
    column("event_date_text", "STRING", "The words that give it.", "الكلمات الدالة عليه."),
)

EFFECT: Final = (
    column("fatalities_min", "INT64", "At least so many killed.", "أدنى عدد للقتلى."),
    column("fatalities_max", "INT64", "At most so many killed.", "أقصى عدد للقتلى."),
    column("injured_min", "INT64", "At least so many injured.", "أدنى عدد للجرحى."),
    column("injured_max", "INT64", "At most so many injured.", "أقصى عدد للجرحى."),
)

HOW: Final = (
    struct(
        "trigger",
        "The words that tell of the event.",
        "اللفظ الدال على الحدث.",
        (SPAN_TEXT, *span_fields(required=True)),
        required=True,
    ),
    array(
        "evidence",
        "STRUCT",
        "The clauses that report it, in the order of the text.",
        "الجمل التي ورد فيها الحدث، بترتيب النص.",
        fields=EVIDENCE_FIELDS,
    ),
    column("speaker", "STRING", "Who is quoted as saying so.", "من نُقل عنه الخبر."),
    column("claim_status", "STRING", "How the report is vouched for.", "درجة إسناد الخبر."),
    column(
        "confidence",
        "FLOAT64",
        "Calibrated, 0 to 1; 0.5 is the default threshold.",
        "الثقة بعد المعايرة، من 0 إلى 1، والحد المعتاد 0.5.",
        required=True,
    ),
    column("rule_id", "STRING", "The rule that coded it.", "القاعدة التي رمّزته.", required=True),
    column(
        "coder_version",
        "STRING",
        "The version of the coder; what follows a + names own rules and names by their content.",
        "إصدار المرمِّز، وما بعد علامة + يدل على القواعد والأسماء الخاصة بمحتواها.",
        required=True,
    ),
    column("event_time", "TIMESTAMP", "That of its article.", "وقت مقاله (event_time)."),
)

EVENTS: Final = Table(
    "events",
    ("event_id",),
    "event_time",
    (*WHAT, *WHO_AND_WHERE, *WHEN, *EFFECT, *HOW, *PROVENANCE_COLUMNS),
    "One row per event an article reports, with the words that show it.",
    "سطر لكل حدث يذكره مقال، مع الكلمات الدالة عليه.",
)

INCIDENTS: Final = Table(
    "incidents",
    ("event_id",),
    "date",
    (
        column("event_id", "STRING", "The event.", "الحدث.", required=True),
        column(
            "incident_id",
            "STRING",
            "The event_id of the incident's first report; its own for that one.",
            "معرّف أول خبر عن الواقعة، وهو معرّف الحدث نفسه إن كان الأول.",
            required=True,
        ),
        *PROVENANCE_COLUMNS,
    ),
    "Which asserted events at or above the default confidence tell one thing that happened, "
    "whatever the day and outlet of the report; recomputed as more comes in.",
    "أي الأحداث المثبتة تروي واقعة واحدة مهما اختلف يوم الخبر وناقله، ويُعاد حسابه كلما جاء جديد.",
)
