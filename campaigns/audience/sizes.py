"""How many a segment's people a text or a call reaches, kept from when it was counted.

Counting goes through the register; a list of segments shows what is kept instead.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from campaigns.audience.models import SegmentSize
from campaigns.audience.selection import SegmentCount
from campaigns.orm import insert
from campaigns.register.scope import Scope


def keep(
    session: Session, segment_id: int, scope: Scope, found: SegmentCount, now: datetime
) -> None:
    """Keep what was ``found`` for all who see the people of ``scope``."""
    counted = {
        "people": found.total,
        "reachable": found.reachable,
        "counted_at": now,
    }
    new = insert(session, SegmentSize).values(
        segment_id=segment_id, **_of(scope), **counted
    )
    keys = ["segment_id", "place", "categories"]
    session.execute(new.on_conflict_do_update(index_elements=keys, set_=counted))


def kept(session: Session, scope: Scope) -> dict[int, SegmentSize]:
    """By segment id, what was last counted in exactly this ``scope``."""
    found = select(SegmentSize).filter_by(**_of(scope))
    return {each.segment_id: each for each in session.scalars(found)}


def forget(session: Session, segment_id: int) -> None:
    """Drop what was counted by a rule that does not hold any more."""
    session.execute(delete(SegmentSize).where(SegmentSize.segment_id == segment_id))


def _of(scope: Scope) -> dict[str, str | int]:
    return {"place": ",".join(scope.places), "categories": scope.categories}
