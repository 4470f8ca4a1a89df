"""Who answers for a place by day and night: a village's player, a leader on call."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.errors import NotFound, Refused, mark
from campaigns.register.models import Place
from campaigns.register.phones import read_phone
from campaigns.register.scope import Scope, places
from campaigns.vocabulary import Level

_NAME = 30
_WITH_DUTY = (Level.COUNTY, Level.TOWNSHIP, Level.VILLAGE)


def duty_places(session: Session, scope: Scope) -> Sequence[Place]:
    """Places within ``scope`` in the order of their codes, a county before its own."""
    return places(session, scope, *_WITH_DUTY)


def get_place(session: Session, scope: Scope, code: str) -> Place:
    """The place within ``scope``. Raises NotFound."""
    found = select(Place).where(Place.code == code, *scope.where_place())
    place = session.scalar(found)
    if place is None:
        raise NotFound(mark("没有这个地方，或者不在您的范围里。"))
    return place


def set_duty(
    session: Session,
    place: Place,
    first: tuple[str, str],
    second: tuple[str, str],
) -> None:
    """Set the names and mobile numbers of the two; an empty number takes one away.

    Raises Refused for a number that takes no texts, and for the same one twice.
    """
    phones = [
        read_phone(phone) if phone.strip() else None for _, phone in (first, second)
    ]
    if phones[0] is None and phones[1] is not None:
        raise Refused(mark("先填第一个人的号码。"))
    if phones[0] is not None and phones[0] == phones[1]:
        raise Refused(mark("两个人的号码一样。第二个人请留别的号码。"))
    names = [name.strip()[:_NAME] or None for name, _ in (first, second)]
    place.duty_name, place.second_name = names
    place.duty_phone, place.second_phone = phones
    session.flush()
