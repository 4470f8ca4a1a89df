"""Who is told, and visited, first when minutes count."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, case

from campaigns.audience.conditions import needs_guardian
from campaigns.register.models import Member
from campaigns.vocabulary import Category

DEAF, WITH_GUARDIAN, ALONE, REST = range(4)


def urgent_order(now: datetime) -> ColumnElement[int]:
    """0 who hears no siren, 1 who needs another, 2 living alone, 3 everybody else."""
    deaf = Member.categories.op("&")(Category.HEARING.bit) != 0
    return case(
        (deaf, DEAF),
        (needs_guardian(now), WITH_GUARDIAN),
        (Member.living_alone, ALONE),
        else_=REST,
    )
