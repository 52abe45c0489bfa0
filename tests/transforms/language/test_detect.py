"""Arabic stays, its neighbours go, mixes are called mixes, and nothing is too odd to answer."""

from __future__ import annotations

import threading

import pytest
from growth import assert_linear
from hypothesis import example, given, settings
from hypothesis import strategies as st

from transforms.language import detect_language
from transforms.language.detect import _cheapest, _sample
from transforms.language.weigh import tokens, weigh

ARABIC = (
    "قال وزير الخارجية إن المحادثات التي جرت أمس في العاصمة كانت مثمرة، "
    "وأضاف أن الجانبين اتفقا على "
    "مواصلة الحوار خلال الأسابيع المقبلة من أجل التوصل إلى حل دائم للأزمة."
)
PERSIAN = (
    "وزیر امور خارجه گفت که گفتگوهایی که دیروز در پایتخت انجام شد سازنده "
    "بود و دو طرف توافق کردند "
    "که در هفته‌های آینده نیز به مذاکره ادامه دهند تا راه حلی برای این بحران پیدا شود."
)
ENGLISH = (
    "The foreign minister said that the talks which were held in the capital on Monday had been "
    "useful and that both sides agreed to continue them in the coming weeks."
)
NEIGHBOURS = {
    "fa": PERSIAN,
    "ur": "وزیر خارجہ نے کہا ہے کہ کل دارالحکومت میں ہونے والی بات چیت مفید رہی "
    "اور دونوں فریق آئندہ "
    "ہفتوں میں بھی مذاکرات جاری رکھیں گے۔",
    "ps": "د بهرنيو چارو وزير وويل چې پرون په پلازمېنه کې خبرې اترې ګټورې وې او "
    "دواړه خواوې به په راتلونکو "
    "اونيو کې هم خبرو ته دوام ورکړي.",
    "ckb": "وەزیری دەرەوە ڕایگەیاند کە گفتوگۆکانی دوێنێ لە پایتەخت بەسوود بوون و "
    "هەردوو لا بڕیاریان دا کە "
    "لە هەفتەکانی داهاتوودا بەردەوام بن.",
    "sd": "پرڏيهي وزير چيو ته ڪالهه گاديءَ جي هنڌ ۾ ٿيل ڳالهيون ڪارآمد هيون ۽ "
    "ٻئي ڌريون ايندڙ هفتن ۾ "
    "به ڳالهيون جاري رکنديون.",
    "ug": "تاشقى ئىشلار مىنىستىرى تۈنۈگۈن پايتەختتە ئۆتكۈزۈلگەن سۆھبەتنىڭ "
    "ئۈنۈملۈك بولغانلىقىنى ۋە "
    "ئىككى تەرەپنىڭ كېلەر ھەپتىدە داۋاملاشتۇرىدىغانلىقىنى ئېيتتى.",
    "he": "שר החוץ אמר כי השיחות שנערכו אתמול בבירה היו מועילות.",
    "en": ENGLISH,
    "fr": "Le ministre a dit que les discussions qui ont eu lieu dans la capitale ont été utiles.",
    "tr": "Dışişleri bakanı dün başkentte yapılan görüşmelerin yararlı olduğunu "
    "söyledi ve bir daha "
    "görüşmek için anlaştıklarını belirtti.",
    "az": "Xarici işlər naziri dünən paytaxtda keçirilən görüşlərin faydalı olduğunu və davam "
    "edəcəyini bildirdi.",
    "ru": "Министр иностранных дел сказал, что вчерашние переговоры в столице были полезными.",
    "el": "Ο υπουργός είπε ότι οι συνομιλίες ήταν χρήσιμες.",
}
UNDECIDED = "ريال مدريد ميلان يوفنتوس"
DIALECTS = [
    "احنا مش عارفين ليه الحكومة عملت كده دلوقتي",
    "شو صار معكن مبارح؟ ليش ما اجيتو عالبيت",
    "واش راك خويا؟ كاين بزاف ديال الناس هنا",
    "برشا عباد خرجو للشارع البارح على خاطر الغلاء",
    "وين رايحين يا جماعة شنو هالزحمة",
]


@pytest.mark.parametrize("cut", [45, 120, 1000])
def test_arabic_is_kept_at_every_length(cut: int) -> None:
    found = detect_language(ARABIC[:cut])
    assert (found.verdict, found.language, found.arabic_share) == ("ar", "ar", 1.0)


@pytest.mark.parametrize("text", DIALECTS)
def test_dialects_are_arabic(text: str) -> None:
    assert detect_language(text).verdict == "ar"


@pytest.mark.parametrize("cut", [60, 1000])
@pytest.mark.parametrize("language", NEIGHBOURS)
def test_others_are_kept_out_and_named(language: str, cut: int) -> None:
    found = detect_language(NEIGHBOURS[language][:cut])
    assert (found.verdict, found.language) == ("other", language)
    assert found.arabic_share == 0.0


def test_keyboards_and_ornament_do_not_matter() -> None:
    persian_keyboard = ARABIC.translate(str.maketrans("يك", "یک"))
    assert detect_language(persian_keyboard).verdict == "ar"
    arabic_keyboard = PERSIAN.translate(str.maketrans("یک", "يك"))
    assert detect_language(arabic_keyboard).verdict == "other"
    assert detect_language("مـــرحـــبـــا بكم في الــعــراق").verdict == "ar"
    assert detect_language("قَالَ الوَزِيرُ إِنَّ الأَمْرَ انْتَهَى").verdict == "ar"
    assert detect_language("ﻗﺎﻝ ﺍﻟﻮﺯﻳﺮ ﺇﻥ ﺍﻟﻤﺤﺎﺩﺛﺎﺕ ﺍﻧﺘﻬﺖ ﺃﻣﺲ").verdict == "ar"
    assert detect_language("ههههههه والله ضحكتني ياخي").verdict == "ar"


@pytest.mark.parametrize("foreign", [PERSIAN, ENGLISH, NEIGHBOURS["ur"]])
@pytest.mark.parametrize("share", [1, 2, 3])
def test_pages_that_mix_languages_are_mixed(foreign: str, share: int) -> None:
    foreign = f"{foreign} {foreign}"[: len(ARABIC)]
    text = f"{ARABIC} " * 2 * share + f"\n{foreign}" * 2 * (4 - share)
    found = detect_language(text)
    assert found.verdict == "mixed"
    assert abs(found.arabic_share - share / 4) < 0.15


@pytest.mark.parametrize(
    "quote",
    [
        "«The Economist»",
        "(World Health Organization)",
        "«Liberté, égalité, fraternité»",
        "وأضاف بالإنجليزية: «we will never give up».",
        "قال حافظ: «الا یا ایها الساقی ادر کأسا و ناولها».",
        "رابط: https://example.org/the/of/and/to/in/this/that?is=not&for=you",
        "user.name@example.org @someone_or_other",
    ],
)
def test_a_name_or_quote_in_arabic_stays_arabic(quote: str) -> None:
    found = detect_language(f"{ARABIC} {quote} {ARABIC}", title="خبر عاجل")
    assert (found.verdict, found.language) == ("ar", "ar")


def test_brands_in_a_title_stay_arabic() -> None:
    assert (
        detect_language("", title="شركة آبل تطلق هاتف iPhone 15 Pro Max في السعودية").verdict
        == "ar"
    )


def test_an_arabic_saying_in_persian_stays_persian() -> None:
    text = f"{PERSIAN} او گفت: «إن الله مع الصابرين». {PERSIAN}"
    assert detect_language(text).verdict == "other"


def test_words_without_spaces_between_them_stay_arabic() -> None:
    assert detect_language("الصفحةالرئيسية تعرض آخر أخبار المدينةالقديمة").verdict == "ar"


def test_the_title_counts_as_text() -> None:
    assert detect_language("", title=ARABIC).verdict == "ar"
    assert detect_language(ENGLISH, title="خبر عاجل").verdict == "other"


@pytest.mark.parametrize("text", ["", " \n\t", "123 ٤٥٦ !؟", "😀😀", "\u200f\u200c\u0651", "ـــ"])
def test_text_without_letters_is_other(text: str) -> None:
    found = detect_language(text)
    assert (found.verdict, found.language, found.arabic_share) == ("other", "und", 0.0)
    assert found.reason == "no letters"


def test_what_words_do_not_tell_langdetect_decides() -> None:
    found = detect_language(UNDECIDED)
    assert "langdetect" in found.reason
    assert found.arabic_share in {0.0, 1.0}
    assert detect_language(UNDECIDED) == found


@pytest.mark.parametrize("title", ["مليار دولار", "ريال مدريد", "بودكاست", "نيمار ميسي مبابي"])
def test_a_few_names_are_thought_to_be_arabic(title: str) -> None:
    assert detect_language("", title=title).verdict == "ar"


def test_a_script_without_a_name_is_und() -> None:
    assert detect_language("ᚠᚢᚦ ᚨᚱᚲ ᚷᚹᚺ").language == "und"


def test_long_texts_are_sampled_and_bounded() -> None:
    text = f"{ARABIC}\n" * 20_000
    assert len(_sample(text, 1_500)) <= 1_510
    assert _sample("abc", 1_500) == "abc"
    assert detect_language(text).verdict == "ar"
    assert detect_language("ا" * 3_000_000).arabic_share in {0.0, 1.0}
    assert_linear(lambda n: detect_language("ا" * n), 3_000_000)
    half = f"{ARABIC}\n" * 500 + f"{ENGLISH}\n" * 500
    assert detect_language(half).verdict == "mixed"


def test_languages_sentence_by_sentence_are_mixed_in_long_texts() -> None:
    text = f"{ARABIC}\n{ARABIC}\n{PERSIAN}\n" * 30
    found = detect_language(text)
    assert found.verdict == "mixed"
    assert abs(found.arabic_share - 2 / 3) < 0.12


def test_the_cheapest_cut_pays_for_its_changes() -> None:
    assert _cheapest([1.0, 1.0, -2.0, 1.0, 1.0]) == [True] * 5
    long_insert = [2.0] * 4 + [-2.0] * 4 + [2.0] * 4
    assert _cheapest(long_insert) == [True] * 4 + [False] * 4 + [True] * 4
    assert _cheapest([-1.0] * 5 + [1.0] * 5) == [False] * 5 + [True] * 5


@pytest.mark.parametrize(
    ("word", "least", "most"),
    [
        ("المدينة", 1.0, 3.0),
        ("وبالمدينة", 0.5, 3.0),
        ("يكتبون", 0.3, 2.0),
        ("ماعندها", 0.5, 2.0),
        ("مافهمتش", 0.3, 2.0),
        ("بالاترين", -2.0, 0.0),
        ("ميخواهند", -2.0, -0.5),
        ("كيفيت", -2.0, -0.3),
        ("كتابهاي", -2.0, -0.3),
        ("ؤزل", -2.0, -0.3),
        ("پارك", -2.0, -0.3),
        ("قلبيۓ", -2.0, -0.3),
        ("ئادەم", -3.0, -2.0),
        ("دةست", -3.0, -2.0),
        ("گۊل", -3.0, -2.0),
        ("the", -2.0, -1.0),
        ("word", -1.5, -0.5),
        ("Word", -0.2, 0.0),
    ],
)
def test_words_weigh_what_their_shape_tells(word: str, least: float, most: float) -> None:
    assert least <= weigh(word)[0] <= most


def test_the_non_joiner_speaks_against_arabic() -> None:
    (joined,) = tokens("می\u200cشود")
    assert weigh(joined)[0] <= -1.0
    (loose,) = tokens("\u200cالمدينة\u200c")
    assert weigh(loose)[0] > 1.0
    assert tokens("\u200cا\u200c\u200c \u200c") == ["ا"]


@settings(max_examples=300)
@given(
    st.text(max_size=400)
    | st.text(st.characters(min_codepoint=0x0600, max_codepoint=0x08FF), max_size=400),
    st.text(max_size=50),
)
@example("\ud800 \udfff", "\x00")
@example("\u200c", "\u200c\u200c")
@example("<" * 500, "&" * 500)
@example("ة", "ئ")
def test_nothing_raises_and_the_answer_is_sound(text: str, title: str) -> None:
    found = detect_language(text, title=title)
    assert found.verdict in {"ar", "mixed", "other"}
    assert 0.0 <= found.arabic_share <= 1.0
    assert found.language
    assert found == detect_language(text, title=title)


def test_threads_that_start_at_once_agree() -> None:
    texts = [*NEIGHBOURS.values(), ARABIC, UNDECIDED, "Xyz abc", *DIALECTS]
    expected = [detect_language(text) for text in texts]
    answers: list[list[object]] = []
    barrier = threading.Barrier(8)

    def work() -> None:
        barrier.wait()
        answers.append([detect_language(text) for text in texts])

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [expected] * 8
