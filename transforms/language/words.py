"""The letters and small words that tell Arabic from the other languages of its script.

The lists are written by hand from the grammars of the languages; nothing is taken from a corpus.
Words stand as ``weigh.tokens`` gives them: the Persian keyboard's kaf and ya made Arabic ones,
harakat off, hamza kept, since it tells Arabic أين (where) from Persian اين (this).

Weights are rough natural logarithms of how much likelier a word is in Arabic than elsewhere,
halved because neighbouring words are no independent witnesses: 1.5 and more is nearly decisive,
0.5 a hint, negative speaks against Arabic.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

_ARABIC: Final = {
    1.6: """
    في إلى الى على عن أن إن أنه إنه أنها إنها أنهم إنهم أني إني هذا هذه هذان ذلك تلك التي الذي
    الذين اللذين اللتين اللواتي هؤلاء أولئك نحن أنا أنت كانت كانوا يكون تكون ليس ليست لم لن قد لقد
    سوف ثم أو أم لكن ولكن لكنه لكنها منذ خلال عند عندما عندها حيث كما أي أين كيف كيفية ماذا لماذا
    متى هل مع ضد حول عبر أمام إزاء لدى لديه لديها قال قالت قالوا أعلن أعلنت أكد أكدت أضاف أضافت
    أوضح أشار يمكن يجب تم عليه عليها عليهم إليه إليها فيه فيها فيهم منه منها منهم عنه عنها عنهم
    معه معها معهم بها بهم لها لهم لنا لكم لدينا مما عما فيما كلما لأن لأنه بأن كأن فإن إذا إذ لولا
    أما إما إلا أيضا أجل سنوات شهور أيام أمس غدا صباح مساء بشأن بسبب بينما كذلك هكذا جميع إحدى أحد
    أول أولى ثلاثة أربعة خمسة أكثر أقل أكبر أبرز أهم نفسه نفسها غيره تجاه وفق وفقا رغم سواء أيها
    """,
    1.2: """
    مش مو مب ليش ليه شنو شنوة شنهو واش وش إيش ايش هيدا هيدي هاد هادي هادا هذي هاذي هاذا هاذ هذول هاي
    ديال ديالي ديالك ديالو ديالها ديالنا بتاع بتاعة بتاعت بتاعي عشان علشان دلوقتي ازاي إزاي كده
    كدا اللي إللي الي احنا إحنا حنا انا انت انتي انتو إنت إنتي إنتو برشا بزاف كاين كاينة ماكاينش
    متاع نتاع تاع تاعي علاش فين وين منين هنا هناك هون لازم بدي بدنا بدك بدو شو شي هيك هلق هلا
    كتير كثير حدا إيه لسه لسة راه راهي هوما هما نتا نتي غادي كيفاش وقتاش شكون حاجة فما موش ماهي
    زادة توا كيما باش غير شوية شويه بصح مليح مزيان خاص خاصك ماشي ولا معايا معاك فيك ليك ليا
    عندي عندك عنده عندها عندهم عندنا ماعندي يعني والله وهو وهي طيب خلاص زي علي إنو انو لأنو بلا
    ممكن يوم حتى لسا ليوما مكانش ماكانش يلا ياريت اشوف
    """,
    0.4: """
    من هو هي لا كان كل قبل بعد بين بعض جدا فقط عام سنة حين حينئذ بل ما غير دون تحت نحو فوق وراء
    ابن بن أبو ابو عبد الله إنشاء سيد شيخ لو اذا اي انه ليلة ربي رب حق قلب
    """,
}

# Small words by language. Those that Arabic has too stand in _DOUBTFUL and weigh less.
_FOREIGN: Final = {
    "fa": """
    از كه است اين را براي هاي هايي شده شدند مي نمي بود بودند كرد كرده كردند كند كنند كنيد كنيم
    خواهد باشد باشند نيست بوده دو وي آنها آن اگر نيز هستند هست هستم هستيم دارد دارند داشت داشته
    شود شوند شما بايد گفت گفته گويد ديگر همه هيچ وقتي بلكه هنوز كردن شدن آيا توسط درباره همين چنين
    چون چه چند بيش پيش پس در تا خود خواهم خواهيم بدست آمد آمده آقاي خانم سال يكي هر ديگري گرفت گرفته
    گرفتند داد داده دهد دهند تواند توان نام به بر روز روزها روزي زماني زمانيكه زمانيكه مانند همانند
    بدين ميان كنار سوي درون بيرون بسيار بسياري تنها كسي كساني هفته ماه ازين ازان بين‌المللي دست كشور
    بيشتر كمتر بزرگ بهتر بايستي ميشود ميكند ميكنند ميتواند نميتواند نميشود شدت خبر خوب كرديم كردم
    رفت آنان آنجا اينجا ايشان بنا بطور بعنوان براساس هرگاه هيچكس هركس خواه بايد نبايد كليه خانواده
    """,
    "ur": """
    كا كے كو سے میں نے پر اور ہے ہیں یہ وہ تھا تھی تھے كيا كر كرنے والے والی بھی تو گیا جو اس ان
    ايك هے هين نهين نہیں جس ساتھ بعد كچھ سب ليے لیے ہو ہوا ہوئے رہا رہے
    """,
    "pnb": """
    دا دے نال وچ تے نوں كون اے نیں سی ایہہ اوہ ہور كيتا وی تسی توں جے
    """,
    "skr": """
    دا دے نال وچ تے كوں ہے ہن ایہ اتے كيتے تہاݙے تساں وی ٹھیک ہئی ایں تاں
    """,
    "ps": """
    د په چې چي له سره نه كې كي يو ته هغه هغوی دی ده شو شوي وي يې ئې څخه لپاره دغه دې به چا ځکه كړي
    كړل كړه كوي كولو ول وه او پر تر لري ډېر
    """,
    "sd": """
    جو جي جا تي كان آهي آهن ته هن هي سان به ان كي وارو ٿو ٿي ٿا كيو هئي هو هئا ڪري ڪرڻ لاءِ
    لاء وٽ
    """,
    "ckb": """
    لە بە کە بۆ ئەم ئەو لەگەڵ دەکات نییە له به كه بوو هه‌ر هەر یان دوای کرد
    """,
    "ug": """
    ۋە بۇ بىر بىلەن ئۇ ئۈچۈن ئىدى بولغان دەپ ھەم ئەمەس كېيىن قىلىش
    """,
    "azb": """
    اول ايله ايلن بير بو اولاراق اولدو ايچين داها ايكي كيمي هامي سون ائله ايدي دير ديل اولان وار يوخ
    اوچون اونون اونو ايسه كي نه سيز بيز ويا گؤره گؤستر ائت ائدن ائديب اولونموش اولا بيلر لازيم
    """,
    "lki": """
    إژ أر ئه ئة إ وة وۀ ئة وةڵگة ار ژ نؤم هؤمة ایسة ئةرا ئي ارا كو هه مه
    """,
    "glk": """
    ؤ جي ره شيمه شيمئه شمه مئن ميئن ايته ىکته ايسه أي اي واسي أمرأ ديرين كؤنم خأ خأنين نۊشؤن دأن بي
    ايتا
    """,
    "mzn": """
    ره جه دله وسه هسه هسته بيه بيئه اينه ونه هاكرده هاكنين كنده اتا ته شه شما ويشته هدائن بورده بيته
    نوم ين وي سر
    """,
    "ota": """
    ايچون اولان بر ايله اولوب ايدوب دخى اوزره كبى ديمك
    """,
    "ms": """
    يڠ دان دي اد توان بوله تيدق اين ايت اونتوق كڤد اوله دڠن ددالم سباڬاي
    """,
    "ks": """
    تہٕ چھُ منٛز اکھ چھِ سٕتؠ ہُند
    """,
}
# Arabic has these too, as words of another meaning or in careless spelling.
_DOUBTFUL_WORDS: Final = """
    در بر به نه ان هن هو هي كان تا ته وي دو نام سال شو شما شد بود هر ماه خبر شدت تنها دست سوي خود
    بعنوان كولو بيه بيته تي يو بدين رفت پر تر بي سر اد
    اين بو بير كي له هما جو جا جي سان دا ده دي دل كون نال يان ار هه مه بوو كرد ايت دان توان ايله
    ولي او ره اي به تو اس نوم ين شه كر مي كيف لا د همه ديل سي كا سون چه چي ول وه يك سب ايتا وار كيا
    """
_NEUTRAL_WORDS: Final = "اول به ان له دي ده دا اي كي او لي لو سي لها سان يا بنا جو بي تي خبر"

# Endings of plurals and verbs that others write and Arabic hardly has.
FOREIGN_ENDINGS: Final = ("هاي", "هايي", "ترين", "لري", "لاري", "لارى", "سينين", "ميش", "ديلر")
# Words that look as if they had the article, or have it within a borrowed phrase.
_NO_ARTICLE_WORDS: Final = """
    البته الان الماس الفبا الزام التماس والا المللي العاده الاقوامي بالا بالاي بالاتر بالاترين
    بالاخره كالا كالاي كالاهاي فالوده بالين والدين
    """
NO_ARTICLE: Final = frozenset(_NO_ARTICLE_WORDS.split())

_KEYBOARD: Final = str.maketrans("یکےھہ", "يكےھہ")


def _variants(words: str) -> Iterator[str]:
    """Words as they stand in a text, with final ya also as alef maqsura and back."""
    for word in words.translate(_KEYBOARD).split():
        yield word
        if word[-1] == "ي" and len(word) > 1:
            yield word[:-1] + "ى"


# The light verbs of Persian; most of its sentences end in one.
_PERSIAN_PRESENT: Final = "كن شو ده گير دار نما گرد آور خواه توان رو گو باش رس ياب"
_PERSIAN_PAST: Final = "كرد شد داد گرفت داشت نمود گرديد آورد خواست توانست رفت آمد گفت رسيد يافت"


def _persian_verbs() -> Iterator[str]:
    """The forms of the light verbs, written together, without those Arabic might have."""
    for stems, endings in (
        (_PERSIAN_PRESENT, ("م", "ي", "د", "يم", "يد", "ند")),
        (_PERSIAN_PAST, ("", "م", "ي", "يم", "يد", "ند", "ه")),
    ):
        for stem in stems.split():
            for prefix in ("", "ن", "ب", "مي", "نمي"):
                for ending in endings:
                    form = prefix + stem + ending
                    if len(form) >= 5:
                        yield form


_DOUBTFUL: Final = frozenset(_variants(_DOUBTFUL_WORDS))


def _table() -> dict[str, float]:
    table = dict.fromkeys(_persian_verbs(), -1.5)
    for words in _FOREIGN.values():
        for word in _variants(words):
            table[word] = -0.4 if word in _DOUBTFUL else -1.5
    for weight, words in sorted(_ARABIC.items()):
        for word in _variants(words):
            table[word] = weight if word not in _DOUBTFUL else 0.2
    # The Persian keyboard has no alef maqsura, so these stand for two words each.
    table |= {"علي": 0.4, "الي": 1.2}
    return table | dict.fromkeys(_NEUTRAL_WORDS.split(), 0.0)


WEIGHTS: Final[Mapping[str, float]] = _table()

# Languages by the letters that tell them apart, the most telling ones; for naming, not judging.
LETTERS: Final[Mapping[str, str]] = {
    "fa": "پچژگ",
    "ur": "ٹڈڑںےہھ",
    "pnb": "ٹڈڑںےہھ",
    "skr": "ݨݙڄٻڳںےہھڑ",
    "ps": "ټډړږښګڼۍځڅې",
    "sd": "ڄٿڦڳڱٻڀڏڍڌڪڙڃڇٺٽڻ",
    "ckb": "ێۆڕڵەڤ",
    "lki": "ۀۊڵێةإؤ",
    "ug": "ېۇۈۋۆەڭىئ",
    "azb": "ؤۇگچ",
    "glk": "ؤۊˇأۋ",
    "mzn": "گچ",
    "ota": "گڭ",
    "ms": "ڠڤڽݢۏ",
    "ks": "ٲٳۆۄؠٕ",
}
NAMES: Final[Mapping[str, frozenset[str]]] = {
    language: frozenset(_variants(words)) for language, words in _FOREIGN.items()
}

# Function words, and after the bar letters, of languages in Latin script.
_LATIN: Final = {
    "en": "the of and to in is that for was with it on as are this by from not have has said |",
    "fr": "le la les des du et est une dans que pour qui sur pas au aux avec ce il en un | éèêàç",
    "es": "el la los las del es una en que por con para se su al lo como más no un | ñóí¿",
    "de": "der die das und ist ein eine in den von zu mit auf für nicht im dem des sie | ßäöü",
    "it": "il la di che un una per non con del della gli le sono da nel al anche in | òìù",
    "pt": "os as do da dos das um uma em que para com não no na por ao mais | ãõ",
    "nl": "de het een en van is in dat op te voor met niet zijn aan er ook door | ĳ",
    "tr": "ve bir bu için ile olarak da de daha çok olan gibi ama değil ise kadar ne | ığşöüç",
    "az": "və bir bu üçün ilə olaraq da də daha çox olan kimi amma deyil isə qədər | əığşöüç",
    "id": "yang dan di untuk dengan dari pada ini itu tidak adalah akan dalam ke oleh |",
    "so": "waa iyo oo ka ku ay uu soo ah waxaa waxay kale |",
    "sw": "ya wa na kwa ni katika za la kuwa yake hiyo |",
    "ku": "li di bi ji ku yê ya de ên jî ew wê ser bû | êî",
    "sv": "och att det som en på är av för med den till inte om ett har | å",
}
LATIN: Final[Mapping[str, frozenset[str]]] = {
    language: frozenset(words.split()[:-1]) | frozenset(words.partition("|")[2].strip())
    for language, words in _LATIN.items()
}
# Words enough to know running English or French within Arabic.
QUOTED: Final = LATIN["en"] | LATIN["fr"]
