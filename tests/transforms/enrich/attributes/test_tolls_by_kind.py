"""The kinds of words by which news tells how many died, each with its siblings."""

from __future__ import annotations

from typing import Final

import pytest
from coded import coded

from transforms.enrich.attributes.casualties import toll_of, tolls

# Kind -> sentence, the least number of dead and of injured that it tells.
KINDS: Final = {
    "verbs of dying with a sign or with persons behind them": [
        ("قضى سبعة عمال تحت الأنقاض.", 7, None),
        ("قضوا برصاص القناصة، وهم أربعة شبان.", 4, None),
        ("قضى الطبيب برصاص مجهولين.", 1, None),
        ("قضى ستة أعوام في المنفى.", None, None),
        ("قضى القاضي بحبس ثلاثة رجال إثر هجوم.", None, None),
    ],
    "verbs that the lists lack": [
        ("فارق شرطيان الحياة في المستشفى.", 2, None),
        ("فإن تسعين شخصا فارقوا الحياة.", 90, None),
        ("هلك خمسة من المهاجمين.", 5, None),
        ("هلكت عجوز وحفيدها.", 2, None),
        ("قال إن سبعة أعوان حرس سقطوا برصاص مسلحين.", 7, None),
        ("مزق اللغم أجساد ثلاثة رعاة.", 3, None),
    ],
    "verbs whose pronoun is who died": [
        ("أطلق النار على الخباز فأرداه.", 1, None),
        ("طعنوا الحارس وذبحوه.", 1, None),
        ("حاصروا الشقيقين وأعدموهما.", 2, None),
    ],
    "victims and lives": [
        ("راح ستة حراس ضحية كمين.", 6, None),
        ("وقع أربعة صيادين ضحايا لغم.", 4, None),
        ("راح ضحية الهجوم ثلاثة تجار.", 3, None),
        ("أزهق القصف أرواح ثمانية.", 8, None),
    ],
    "losses": [
        ("خسرت الكتيبة تسعة من مقاتليها.", 9, None),
        ("فقدت القوة ستة من عناصرها.", 6, None),
        ("خسر الفريق ثلاث مباريات.", None, None),
    ],
    "masdars": [
        ("رصدت المنظمة تصفية أحد عشر أسيرا.", 11, None),
        ("أعلن الجيش تحييد سبعة مسلحين.", 7, None),
        ("تصفية ناشط وشقيقه في منزلهما.", 2, None),
        ("وفاة طفل وإصابة شقيقته.", 1, 1),
    ],
    "persons whom no number counts": [
        ("قُتل أخوه وابنتا عمه.", 3, None),
        ("قُتلت معلمة وزوجها وطفلتاهما.", 4, None),
        ("مقتل السائق ومعاونه.", 2, None),
        ("اغتيل القاضي سامر حداد وسائقه وحارس.", 3, None),
        ("قُتل عمدة القرية ونجله وحارساه.", 4, None),
    ],
    "parts of those counted": [
        ("قُتل تسعة، بينهم طفلتان، في الغارة.", 9, None),
        ("أصيب ستة بينهم امرأتان.", None, 6),
        ("استشهاد ستة بينهم سيدتان وإصابة أحد عشر بجروح.", 6, 11),
        ("سقوط أربعة عشر من مقاتليها في الكمين.", 14, None),
    ],
    "who lies there": [
        ("سقط شاب صريعا أمام منزله.", 1, None),
        ("أوقعت القنبلة شرطية قتيلة وأربعة جرحى.", 1, 4),
        ("خلف الهجوم قتيلا وجريحا.", 1, 1),
        ("خلف الهجوم قتيلين وثمانية جرحى.", 2, 8),
        ("سقط خمسة صرعى.", 5, None),
    ],
    "bodies": [
        ("عُثر على جثث أربعة من المخطوفين.", 4, None),
        ("وصلت إلى المستشفى عشرات الجثامين.", 20, None),
        ("انتشل المسعفون جثتين.", 2, None),
    ],
    "the dead of two sides": [
        ("قُتل 26 ممن كانوا في الموكب و18 من رجال الأمن.", 44, None),
        ("سقط أربعون قتيلا من المتمردين وثلاثة من الجنود.", 43, None),
        ("مقتل ستة من المهاجمين واعتقال ثلاثة من أنصارهم.", 6, None),
    ],
    "numbers and what they count": [
        ("بلغ عدد الجرحى واحدا وعشرين.", None, 21),
        ("حصدت القذائف 14 قتيلا.", 14, None),
        ("مصرع متظاهر واحد وتوقيف 46 آخرين.", 1, None),
        ("أوقعت الغارة خمس إصابات.", None, 5),
        ("لقي عامل مصرعه وأصيب آخران.", 1, 2),
        ("فقضى ثلاثة أشخاص وجُرح 34.", 3, 34),
    ],
}


@pytest.mark.parametrize(
    ("text", "dead", "hurt"),
    [case for cases in KINDS.values() for case in cases],
)
def test_tolls_are_read_by_kind(text, dead, hurt) -> None:
    found = coded(text)
    told = tolls(found.annotations, found.sentence)
    first = [toll_of(told, found.sentence, found.sentence.first, kind) for kind in ("dead", "hurt")]
    assert [toll and toll.size[0] for toll in first] == [dead, hurt]
