"""A page's deed in the record of deeds, by whoever this request is from."""

from __future__ import annotations

from typing import Any

from flask_login import current_user
from sqlalchemy.orm import Session

from outreach import audit
from outreach.web.gate import acting, now


def noted(session: Session, deed: str, subject: str = "", **details: Any) -> None:  # noqa: ANN401 - ids and figures
    """Append ``deed`` in the caller's transaction; ``details`` name no person.

    A village's link has no account: its deeds are nobody's.
    """
    me = acting() if current_user.is_authenticated else None
    if me and me.token:
        details["token"] = me.token
    audit.note(
        session,
        deed,
        subject,
        user_id=me.user_id if me else None,
        role=(me.role or "") if me else "",
        details=details,
        now=now(),
    )
