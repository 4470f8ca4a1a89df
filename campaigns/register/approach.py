"""How to meet a person, for those who may not know why: kind words, no diagnosis."""

from __future__ import annotations

from campaigns.register.models import Member
from campaigns.vocabulary import Category


def approach(member: Member) -> list[str]:
    """Codes of words such as ``approach.write``, the most helpful first."""
    has = member.categories
    found = []
    if has & Category.HEARING.bit:
        found.append("approach.write")
    if has & Category.VISUAL.bit:
        found.append("approach.speak")
    if has & Category.SPEECH.bit:
        found.append("approach.slow")
    if has & (Category.INTELLECTUAL.bit | Category.PSYCHOSOCIAL.bit):
        found += ["approach.slow", "approach.family"]
    if has & Category.PHYSICAL.bit or not found:
        found.append("approach.call" if member.phone else "approach.visit")
    return list(dict.fromkeys(found))
