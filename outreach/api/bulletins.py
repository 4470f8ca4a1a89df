"""Texts, as written and as spoken."""

from __future__ import annotations

from sqlalchemy.orm import Session

from campaigns.bulletins import listing
from campaigns.bulletins.models import Bulletin, BulletinVersion
from campaigns.errors import mark
from outreach.access import Action
from outreach.api import shapes
from outreach.api.operations import operation
from outreach.api.paging import listed
from outreach.web.gate import acting
from outreach.web.own_bulletins import opened


@operation(
    "get",
    "/bulletins",
    Action.READ_BULLETINS,
    mark("看文稿"),
    query=shapes.Page,
    answers=shapes.Bulletins,
)
def list_bulletins(session: Session, asked: shapes.Page) -> shapes.Bulletins:
    """The last version of each text within one's categories, in the order of ids."""
    found = listing.ids_after(
        session,
        asked.after,
        categories=acting().categories,
        limit=asked.limit + 1,
    )
    return listed(shapes.Bulletins, found, asked, lambda n: _shown(*opened(session, n)))


@operation(
    "get",
    "/bulletins/{bulletin_id}",
    Action.READ_BULLETINS,
    mark("看一篇文稿"),
    answers=shapes.Bulletin,
)
def read_bulletin(session: Session, bulletin_id: int) -> shapes.Bulletin:
    """One text in its forms."""
    return _shown(*opened(session, bulletin_id))


def _shown(bulletin: Bulletin, version: BulletinVersion) -> shapes.Bulletin:
    until = version.valid_until
    return shapes.Bulletin(
        id=bulletin.id,
        version_id=version.id,
        number=version.number,
        title=bulletin.title,
        urgency=version.urgency,
        state=version.state,
        sms_text=version.sms_text,
        spoken_text=version.spoken_text,
        easy_read=list(version.easy_read),
        valid_until=until.isoformat() if until else None,
    )
