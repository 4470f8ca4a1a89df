"""Messages, receipts, and what villages played."""

from __future__ import annotations

from sqlalchemy import select
from sqlalchemy.orm import Session

from campaigns.delivery import looking
from campaigns.delivery.models import Receipt as Row
from campaigns.errors import mark
from campaigns.fieldwork import village_pages
from campaigns.vocabulary import MessageState
from outreach.access import Action, scope
from outreach.api import shapes
from outreach.api.operations import operation
from outreach.api.paging import listed
from outreach.web.campaign_check import found
from outreach.web.gate import acting


@operation(
    "get",
    "/campaigns/{campaign_id}/messages",
    Action.LIST_RECIPIENTS,
    mark("看每个人收到没有（遮盖）"),
    query=shapes.MessagesAsked,
    answers=shapes.Messages,
)
def list_messages(
    session: Session, asked: shapes.MessagesAsked, campaign_id: int
) -> shapes.Messages:
    """A campaign's texts to people within one's scope."""
    found(session, campaign_id)
    names = {state.name.lower(): int(state) for state in MessageState}
    if asked.state and asked.state not in names:
        return shapes.Messages(items=[])
    rows = looking.people(
        session,
        campaign_id,
        scope=scope(acting()),
        state=names[asked.state] if asked.state else None,
        township=asked.township or "",
        after=asked.after,
        limit=asked.limit + 1,
    )
    return listed(shapes.Messages, rows, asked, _shown)


@operation(
    "get",
    "/messages/{message_id}",
    Action.LIST_RECIPIENTS,
    mark("看一条发送记录（遮盖）"),
    answers=shapes.Message,
)
def read_message(session: Session, message_id: int) -> shapes.Message:
    """One text to one phone."""
    found(session, looking.campaign_of(session, message_id))
    return _shown(looking.get_person(session, message_id, scope(acting())))


@operation(
    "get",
    "/messages/{message_id}/receipts",
    Action.READ_RECEIPTS,
    mark("看通道的回执"),
    query=shapes.Page,
    answers=shapes.Receipts,
)
def list_receipts(
    session: Session, asked: shapes.Page, message_id: int
) -> shapes.Receipts:
    """What the provider reported about one message, in order of arrival."""
    looking.get_person(session, message_id, scope(acting()))
    query = (
        select(Row)
        .where(Row.message_id == message_id, Row.id > asked.after)
        .order_by(Row.id)
        .limit(asked.limit + 1)
    )
    rows = list(session.scalars(query))
    return listed(shapes.Receipts, rows, asked, _reported)


@operation(
    "get",
    "/campaigns/{campaign_id}/announcements",
    Action.READ_FIELDWORK,
    mark("看各村播出情况"),
    query=shapes.Page,
    answers=shapes.Announcements,
)
def list_announcements(
    session: Session, asked: shapes.Page, campaign_id: int
) -> shapes.Announcements:
    """A campaign's villages within one's places."""
    found(session, campaign_id)
    places = scope(acting()).places
    rows = sorted(
        (
            row
            for row in village_pages.for_places(session, places, campaign_id)
            if row.announcement_id > asked.after
        ),
        key=lambda row: row.announcement_id,
    )
    return listed(shapes.Announcements, rows, asked, _played)


def _shown(row: looking.PersonRow) -> shapes.Message:
    return shapes.Message(
        id=row.message_id,
        name=row.name,
        phone=row.phone,
        addressee=row.addressee,
        township=row.township,
        village=row.village,
        state=row.state.name.lower(),
        reason=row.reason,
        at=row.at,
    )


def _reported(row: Row) -> shapes.Receipt:
    known = {int(state): state.name.lower() for state in MessageState}
    return shapes.Receipt(
        id=row.id,
        provider=row.provider,
        part=row.part,
        state=known.get(row.state, ""),
        reason=row.reason,
        code=row.code,
        received_at=row.received_at,
    )


def _played(row: village_pages.VillageRow) -> shapes.Announcement:
    return shapes.Announcement(
        id=row.announcement_id,
        campaign_id=row.campaign_id,
        village=row.village,
        village_name=row.village_name,
        township=row.township,
        state=row.state,
        downloaded_at=row.downloaded_at,
        played_at=row.played_at,
        plays=row.plays,
        missed_reason=row.missed_reason,
    )
