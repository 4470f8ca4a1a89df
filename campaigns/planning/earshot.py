"""Which villages' loudspeakers a campaign uses."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_, select
from sqlalchemy.orm import Session

from campaigns.audience.rules import Rule
from campaigns.register.models import Place
from campaigns.register.unit import current_unit
from campaigns.vocabulary import Level


def villages_of(session: Session, rule: Rule) -> list[tuple[str, str]]:
    """Code of each village and of its township, in the order of the codes.

    A rule without places is heard in the whole county: a loudspeaker cannot choose
    people, only villages.
    """
    found = (
        select(Place.code, Place.parent)
        .where(Place.level == Level.VILLAGE, Place.valid_to.is_(None))
        .where(_places(rule, current_unit(session).place_code))
        .order_by(Place.code)
    )
    return [(code, parent or "") for code, parent in session.execute(found)]


def _places(rule: Rule, county: str) -> ColumnElement[bool]:
    if not rule.townships and not rule.villages:
        return Place.code.startswith(county, autoescape=True)
    return or_(Place.parent.in_(rule.townships), Place.code.in_(rule.villages))
