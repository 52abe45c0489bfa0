"""Own rules and names as tests bring them: invented throughout."""

from __future__ import annotations

from transforms.enrich.own import OwnTables

VIGIL = """\
type = "PROTEST"

[words]
verbs = ["أنار ينير"]
nouns = ["شمعة شموع"]

[[rule]]
id = "my.vigil"
modes = ["demo"]
triggers = ["v:أنار .. n:شمعة"]
slots = { "ضد" = "recipient" }
yes = ["أنار الطلاب الشموع أمام البرلمان."]
no = ["اشترى الطلاب الشموع من السوق."]
"""
NAMES = """\
kind\tnames\tcountry\tsectors\tfrom\tto\tadmin1\tlat\tlon\tprecision
person\tسمير المثالي|المثالي\tEGY\tLEG\t2015\t2020-01-09
person\tسمير المثالي\tEGY\tGOV\t2020-01-10
organisation\tكتائب المثال|~المثال\tYEM\tREB
place\tساحة المثال\tLBN\t\t\t\tبيروت\t33.89\t35.50\tcity
"""


def own(rules: str = "", names: str = "") -> OwnTables:
    """Own tables of one file each."""
    return OwnTables((("my.toml", rules),) if rules else (), (("my.tsv", names),) if names else ())
