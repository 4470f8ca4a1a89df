"""What was revealed to a person for a reason stays in sight for five minutes.

The record of deeds is what is asked: there is nothing else to keep, to end or to steal.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.orm import Session

from outreach import audit
from outreach.access import Acting

LASTS = timedelta(minutes=5)
_LOOKED_AT = 20
"""Of a person's last looks at one member; five minutes hold fewer."""


def standing(
    session: Session, acting: Acting, member_id: int, now: datetime
) -> dict[str, datetime]:
    """Fields of a member that this very sign-in may still see, each until when."""
    rows = audit.latest(
        session,
        _LOOKED_AT,
        action="reveal",
        subject=f"member:{member_id}",
        user_id=acting.user_id,
    )
    mine = (row for row in reversed(rows) if row.details.get("visit") == acting.visit)
    ends = {
        field: row.at + LASTS for row in mine for field in row.details.get("fields", ())
    }
    return {field: end for field, end in ends.items() if now < end}
