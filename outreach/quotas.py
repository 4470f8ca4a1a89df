"""How often a day a role may do what the table of rights counts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from sqlalchemy.orm import Session

from campaigns.errors import Refused, mark
from campaigns.shanghai import day_of, midnight
from outreach import audit
from outreach.access import Acting, Action, cell_of
from outreach.audit import AuditRow

_LOOKED_AT = 200
"""Of a person's last deeds; a quota is far below it."""
_SEEN = mark("今天已经看了 %(n)s 次，到了上限。明天再看，或请县残联的同事看。")


def spend(  # noqa: PLR0913 - who, what, and how the record tells it
    session: Session,
    acting: Acting,
    action: Action,
    deed: str,
    *,
    counts: Callable[[AuditRow], bool] = bool,
    sentence: str = _SEEN,
    now: datetime,
) -> None:
    """Raises Refused, with ``sentence``, where today's ``deed`` reached the quota.

    The record of deeds is what is counted: there is nothing else to keep in step.
    """
    if left(session, acting, action, deed, counts=counts, now=now) == 0:
        raise Refused(sentence, n=_quota(acting, action))


def left(  # noqa: PLR0913 - the same question
    session: Session,
    acting: Acting,
    action: Action,
    deed: str,
    *,
    counts: Callable[[AuditRow], bool] = bool,
    now: datetime,
) -> int | None:
    """How often this person may still do it today; None where it is not counted."""
    quota = _quota(acting, action)
    if quota is None:
        return None
    begin = midnight(day_of(now))
    done = audit.latest(session, _LOOKED_AT, action=deed, user_id=acting.user_id)
    return max(0, quota - sum(row.at >= begin and counts(row) for row in done))


def _quota(acting: Acting, action: Action) -> int | None:
    return cell_of(acting.role, action).quota if acting.role else None
