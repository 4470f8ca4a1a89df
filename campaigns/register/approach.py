"""How to meet a person, for those who may not know why: kind words, no diagnosis."""

from __future__ import annotations

from campaigns.errors import mark
from campaigns.register.models import Member
from campaigns.vocabulary import Category

_DEAF_BLIND = Category.HEARING.bit | Category.VISUAL.bit
HOW = {
    "approach.touch": mark("敲门、喊话都不知道：请熟人去，轻拍手臂，在手心里写字。"),
    "approach.write": mark("敲门听不到：先发短信，带纸笔，晃手电筒。"),
    "approach.speak": mark("先报姓名，读给他听，让他扶着您的手臂走。"),
    "approach.slow": mark("慢慢说，一次一件事，等他回答。"),
    "approach.family": mark("找家人一起；熟人去，声音轻。也单独和本人说几句。"),
    "approach.call": mark("先打电话说好时间；要走远时带车，两个人去。"),
    "approach.visit": mark("上门去；要走远时带车，两个人去。"),
}
"""What each code means at a door (msgids)."""

_ANYTHING = ("approach.write", "approach.speak", "approach.slow", "approach.family")


def approach(member: Member) -> list[str]:
    """Codes of words such as ``approach.write``, the most helpful first.

    Where nobody knows the components of several, all that may help.
    """
    has = member.categories
    if not has and member.category is Category.MULTIPLE:
        return [*_ANYTHING]
    found = []
    if has & _DEAF_BLIND == _DEAF_BLIND:
        found.append("approach.touch")
    elif has & Category.HEARING.bit:
        found.append("approach.write")
    elif has & Category.VISUAL.bit:
        found.append("approach.speak")
    if has & Category.SPEECH.bit:
        found.append("approach.slow")
    if has & (Category.INTELLECTUAL.bit | Category.PSYCHOSOCIAL.bit):
        found += ["approach.slow", "approach.family"]
    if has & Category.PHYSICAL.bit or not found:
        found.append("approach.call" if member.phone else "approach.visit")
    return list(dict.fromkeys(found))


def how_to_meet(member: Member) -> list[str]:
    """The sentences (msgids) of ``approach``."""
    return [HOW[code] for code in approach(member)]
