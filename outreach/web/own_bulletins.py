"""The one door to a bulletin: an association opens those of its own categories."""

from __future__ import annotations

from sqlalchemy.orm import Session

from campaigns.bulletins import drafting
from campaigns.bulletins.models import Bulletin, BulletinVersion
from campaigns.errors import NotFound, mark
from outreach.web.gate import acting


def opened(session: Session, bulletin_id: int) -> tuple[Bulletin, BulletinVersion]:
    """A bulletin of one's own categories, and its last version. Raises NotFound."""
    bulletin = drafting.get_bulletin(session, bulletin_id)
    own = acting().categories
    if own and not bulletin.categories & own:
        raise NotFound(mark("没有这篇文稿，可能已经删除。"))
    return bulletin, drafting.current_version(session, bulletin_id)
