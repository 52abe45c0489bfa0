"""Function words the phrase grammar goes by, folded."""

from __future__ import annotations

from typing import Final

from transforms.text.arabic import normalise_text


def _folded(words: str) -> frozenset[str]:
    return frozenset(normalise_text(words).split())


IN: Final = _folded("في داخل")
OF: Final = _folded("من لدى عن")
IN_NAME_OF: Final = _folded("باسم بلسان")
# After one of these a complement with ل belongs to the head: القوات التابعة للحكومة.
BELONGING: Final = _folded("التابعة التابع التابعين التابعون تابعة تابع تابعين")
# Words after which a nisba in the singular is a noun: قتل فلسطيني, إصابة إسرائيلي.
VICTIM_OF: Final = _folded(
    "قتل مقتل يقتل استشهاد استشهد أصيب إصابة جرح اعتقال اعتقل يعتقل خطف اختطاف اختطف وفاة اغتيال "
    "إعدام طعن دهس محاكمة ترحيل مليون مليوني ألف ألفي مئة ومقتل وإصابة واعتقال"
)
# Words after which an indefinite adjective-like word is a noun: قال صحفي.
BEFORE_NOUN: Final = _folded(
    "قال ذكر أفاد أكد أعلن هو من على إلى مع عن ضد بين أن إن كل أي أول أحد غير هناك بأن كان وكان "
    "أصيب لقي فجر أطلق أقدم نفذ هاجم اتهم بينهم عشر عشرة عشرون عشرين ثلاثون ثلاثين أربعون أربعين "
    "خمسون خمسين ستون ستين سبعون سبعين ثمانون ثمانين تسعون تسعين"
)
# Parts that join the parts of a person's name.
NAME_LINKS: Final = _folded("بن ابن بنت أبو أبي أبا آل ولد عبد دي دا فان فون ال")
