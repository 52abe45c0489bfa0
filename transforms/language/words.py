"""What tells Arabic from the other languages of its script: letters and small words.

Lists are written by hand from the grammars of the languages; nothing is taken from a corpus.
Words are given as they look after ``fold``: keyboard variants of kaf and ya made one, marks off,
hamza kept, since it tells Arabic أين (where) from Persian این (this).
"""

from __future__ import annotations

import re
from typing import Final

# Persian and Arabic keyboards write these letters with other code points: no evidence.
_KEYBOARD: Final = str.maketrans(
    {
        "ی": "ي",
        "ک": "ك",
        "ى": "ي",
        "ـ": None,
        "\u200c": " ",
        "\u200d": None,
        "\u200f": None,
        "\u200e": None,
    }
)
_MARKS: Final = re.compile("[\u064b-\u065f\u0670\u0610-\u061a\u06d6-\u06ed]+")


def fold(text: str) -> str:
    """Take off marks and join the keyboard variants of kaf and ya; nothing else."""
    return _MARKS.sub("", text.translate(_KEYBOARD))


# Letters that Arabic, its dialects and its loan words never use.
STRONG: Final = re.compile(
    "["
    "ٹڈڑںےۓہۂھۀ"  # Urdu, Punjabi
    "ټډړږښګڼۍځڅ"  # Pashto
    "ڄٿڦڳڱٻڀڏڍڌڪڙڃڇٺٽ"  # Sindhi
    "ݨݙېۇۈۋۆەێڕڵۉۊۏݩݔ"  # Saraiki, Uyghur, Kurdish, Gilaki
    "ؤ\u02c7"[1:]  # the caron of Gilaki spelling
    + "]"
)
# Letters of Persian and its neighbours that dialects and loan words use too: weak.
WEAK: Final = re.compile("[پچژگ]")


def _words(text: str) -> frozenset[str]:
    return frozenset(fold(text).split())


ARABIC: Final = _words(
    """
    في من على إلى الى عن أن إن ان أنه إنه أنها هذا هذه ذلك تلك الذي التي الذين اللذين اللتين
    هو هي نحن أنا أنت هؤلاء كان كانت يكون تكون ليس ليست لم لن لا قد لقد سوف ثم أو أم بل لكن
    ولكن حتى منذ بعد قبل بين خلال عند عندما حيث كما كل بعض غير أي أين كيف ماذا لماذا متى هل
    مع ضد حول دون نحو عبر لدى فوق تحت أمام وراء قال وقال أعلن أكد وأكد أضاف وأضاف يمكن يجب تم
    وفي ومن وعلى وإلى وعن وأن وإن وهو وهي وكان وكانت وقد ولم ولن ولا فإن بأن لأن كأن وذلك
    به بها له لها لهم عليه عليها فيه فيها منه منها عنه عنها إليه إليها عليهم فيهم منهم معه
    مما عما بما فيما كلما لما ما إذا إذ لو لولا أما إما أيضا جدا فقط يوم اليوم أمس عام سنة شهر
    مش ده دي دا اللي إللي احنا عشان بتاع هيدا هيدي هاد هادي ديال واش شنو شو ليش وين هون هناك
    باش برشا بزاف كاين ماشي متاع علاش فين هاذا هذي هاذي إيه ازاي زي كده دلوقتي لسه مافي ماهي
    التعديل الصفحة صفحة عبد ابن بن أبو ابو والله الله يا أيها
    """
)
# Small words of the others, without those that Arabic shares (هم, ما, من, با, تا, خود ...).
FOREIGN: Final = (
    _words(
        """
    از كه است در اين را براي هاي هايي شد شده مي نمي بود كرد كرده كند كنند كنيد خواهد باشد نيست
    بوده يك دو سه وي ايشان آنها آن اگر چون ولي نيز هستند هست دارد دارند داشت داشته شود شوند
    شما مورد بايد گفت گفته ديگر همه هر چه هيچ پس پيش بر وقتي اما بلكه سپس همچنين هنوز كردن شدن
    آيا او اي باز روي توسط درباره بدون زير همين چنين بيش كار سال روز بار نام رده
    كا كي كے كو سے مين نے پر اور هے هين يه وه تها تهي تهے كيا كر كرنے والے والي بهي تو هو گيا جو
    دا دي دے نال وچ تے نون كون
    د په چې چي او له سره نه كې كي يو ته هغه دي ده شو شوي وي هم يې دا څخه لپاره
    جو جي جا ۾ ۽ تي كي كان آهي هن سان به ان هو
    لە بە كە ئەم بۆ و لەگەڵ
    ئه بؤ له كه ئو ار ژ وه ار أر نۀ
    اول ايله بير بو اولاراق اولدو ايچين داها ايكي كيمي هامي سون ائله
    اي ته ره سه جه وسه دري هسه بيه اينه ايشان هنه بزه
    """
    )
    - ARABIC
)
AL: Final = re.compile("^[وفبك]{0,2}ال.{2,}|^[وف]?لل.{2,}")
# Spelling that only Arabic has: ta marbuta at the end, hamza on or under an alef.
SPELLING: Final = re.compile("ة$|[أإ]|اً$|ؤ[^ ]|آت$")
